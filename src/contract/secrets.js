/**
 * Everything that must never be printed. What is said is composed of statuses and names, so there
 * should be nothing to take out; this is the second lock.
 */
export class Secrets {
  #known = new Set();

  add(...values) {
    for (const value of values) {
      if (typeof value !== "string" || value.length < 4) continue;
      this.#known.add(value);
      if (encodeURIComponent(value) !== value) this.#known.add(encodeURIComponent(value));
    }
  }

  /** A number, also as its digits alone. */
  addNumber(number) {
    if (typeof number === "string") this.add(number, number.replace(/\D/g, ""));
  }

  hide(text) {
    const longestFirst = [...this.#known].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((said, secret) => said.replaceAll(secret, "[hidden]"), text);
  }
}
