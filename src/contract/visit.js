import { setTimeout as wait } from "node:timers/promises";

import { DEFAULTS } from "./wire.js";
import { isSuccess, told } from "./wire-request.js";

export const NO_TOKEN = "the right token is not known: give --emulator or --ask";
const NO_MONEY = "it may send one more message than is allowed: see --messages and --yes";

/** One run: the page, the phone, what may be spent, and what was found. */
export class Visit {
  #ids = new Set();

  constructor({ page, phone, purse, verdicts, secrets, options, say }) {
    Object.assign(this, { page, phone, purse, verdicts, secrets, options, say });
  }

  /**
   * A start that may send a message, paid for. `undefined` where there is nothing left to pay with:
   * the rules named are then not checked.
   */
  async start(what, rules, request) {
    if (this.purse.isEmpty) {
      for (const rule of rules) this.verdicts.unchecked(rule, NO_MONEY);
      return undefined;
    }
    const { answer, sent } = await this.phone.during(() => this.page.start(what, request));
    // Where nobody sees what is sent, each new id is a message.
    const isNew = isSuccess(answer) && !this.#ids.has(answer.json?.id);
    this.#ids.add(answer.json?.id);
    this.purse.pay(sent?.length ?? Number(isNew));
    this.secrets.add(answer.json?.id, answer.json?.receipt);
    return { answer, sent };
  }

  /** A start that is to send a message: waits while the endpoint says so, and not too long. */
  async begin(what, rules, request) {
    for (let round = 0; ; round += 1) {
      const begun = await this.start(what, rules, request);
      if (begun?.answer.status !== 429 || round === 3) return begun;
      const seconds = Number(begun.answer.headers["retry-after"] ?? NaN);
      if (!(seconds <= this.options.patience)) return begun;
      this.say(`waiting ${seconds} s, as the endpoint asks (429)`);
      await wait(seconds * 1000 + 50);
    }
  }

  /** A start that must be refused, and send nothing. A limit shows nothing about the rule. */
  async turnedAway(rule, what, request) {
    const begun = await this.start(what, [rule], request);
    if (!begun) return;
    const { answer, sent } = begun;
    if (answer.status === 429 && !sent?.length) {
      this.verdicts.unchecked(rule, "the endpoint's limit answered first (429)");
      return;
    }
    const came = `${what}: ${told(answer)}${sent?.length ? ", and a message was sent" : ""}`;
    const away = answer.status >= 400 && answer.status < 500 && !sent?.length;
    this.verdicts.judge(rule, away, "4xx, and no message", came);
  }
}

/** An interaction that the endpoint has begun, and what its tokens look like. */
export class Begun {
  constructor({ answer, sent }, token) {
    const told = answer.json ?? {};
    this.id = told.id;
    this.sent = sent;
    this.token = token;
    this.length = within(told.token_length, 4, 20) ?? token?.length ?? DEFAULTS.token_length;
    this.alphas = told.allow_alphas === true;
    this.attempts = within(told.max_attempts, 1, 20);
  }

  /** A token of the right form that is wrong, another one each time. */
  wrong(nth) {
    const guess = String(nth).padStart(this.length, "0");
    return guess === this.token ? guess.replace(/.$/, "7").replace(/^0/, "9") : guess;
  }
}

const within = (value, least, most) =>
  Number.isInteger(value) && value >= least && value <= most ? value : undefined;
