import { createInterface } from "node:readline";
import { Writable } from "node:stream";

import { send } from "./wire-request.js";

/** Reads the emulator's outbox: knows every token, and what was sent to whom. */
export class Outbox {
  #url;
  #secrets;
  /** Whether it can say that nothing was sent. */
  sees = true;

  constructor(emulator, secrets) {
    this.#url = new URL("/_emulator/outbox", emulator);
    this.#secrets = secrets;
  }

  /** Everything that was delivered, newest first. */
  async deliveries() {
    const { status, json } = await send(this.#url, { method: "GET", headers: { Accept: "application/json" } });
    if (status !== 200 || !Array.isArray(json)) throw new Error("--emulator: no outbox of mfa-emulator is there");
    for (const { token, to } of json) {
      this.#secrets.add(token);
      this.#secrets.addNumber(to);
    }
    return json;
  }

  /** What a request has sent, beside its answer. */
  async during(request) {
    const before = new Set((await this.deliveries()).map(({ id }) => id));
    const answer = await request();
    const sent = (await this.deliveries()).filter(({ id }) => !before.has(id));
    return { answer, sent };
  }

  tokenOf([delivery]) {
    return delivery?.token;
  }
}

/** Somebody at the terminal types in what arrives. */
export class Person {
  #secrets;
  #lines;
  sees = false;

  constructor(secrets) {
    this.#secrets = secrets;
  }

  async during(request) {
    return { answer: await request(), sent: undefined };
  }

  async tokenOf() {
    process.stderr.write("The token that has arrived (not shown; empty to go on without): ");
    this.#lines ??= lines();
    const { value } = await this.#lines.next();
    process.stderr.write("\n");
    const token = value?.trim();
    this.#secrets.add(token);
    return token || undefined;
  }

  /** A terminal that is read from keeps the program from ending. */
  async ends() {
    await this.#lines?.return();
    process.stdin.destroy();
  }
}

/** Lines of standard input, which are not echoed. */
async function* lines() {
  const silent = new Writable({ write: (_, __, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY });
  try {
    yield* reader;
  } finally {
    reader.close();
  }
}

/** Nobody: what needs the right token is not checked. */
export class NoPhone {
  sees = false;

  async during(request) {
    return { answer: await request(), sent: undefined };
  }

  tokenOf() {
    return undefined;
  }
}
