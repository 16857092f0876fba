import { RULES, levelOf } from "./rules.js";

/**
 * What was found of each rule. One probe that fails breaks its rule, however many others pass; a
 * rule that no probe reached is not checked.
 */
export class Verdicts {
  #found = new Map(RULES.map(({ name }) => [name, { passed: 0, broken: [], why: [] }]));

  #of(name) {
    const found = this.#found.get(name);
    if (!found) throw new Error(`there is no rule ${name}`);
    return found;
  }

  passed(name) {
    this.#of(name).passed += 1;
  }

  broken(name, expected, came) {
    this.#of(name).broken.push({ expected, came });
  }

  /** Breaks the rule unless it holds. */
  judge(name, holds, expected, came) {
    if (holds) this.passed(name);
    else this.broken(name, expected, came);
    return holds;
  }

  unchecked(name, why) {
    this.#of(name).why.push(why);
  }

  /** Why the rest was not reached, for every rule without a verdict yet. */
  ends(why) {
    for (const found of this.#found.values()) {
      if (!found.passed && !found.broken.length && !found.why.length) found.why.push(why);
    }
  }

  list(known) {
    return RULES.map((rule) => {
      const { passed, broken, why } = this.#of(rule.name);
      const level = levelOf(rule, known);
      const { name, kind, what, advice } = rule;
      if (broken.length) {
        const state = level === "MUST" ? "FAIL" : "warning";
        return { name, level, kind, state, what, broken: broken.slice(0, 3), advice };
      }
      if (passed) return { name, level, kind, state: "pass", what };
      return { name, level, kind, state: "not checked", what, why: why[0] ?? "nothing came that shows it" };
    });
  }
}
