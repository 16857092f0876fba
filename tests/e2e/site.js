// The demo as a process of its own, on a free port, and the emulator inside it.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Phone } from "./phone.js";

const BUILT = fileURLToPath(new URL("../../target/debug/mfa-demo", import.meta.url));

/** The people of the demo, as its password page tells them. */
export const PEOPLE = {
  mara: { password: "north-pier-lantern", number: "+12025550143", name: "Mara Lindqvist" },
  tomas: { password: "seven-salt-gulls", number: "+12025550178", name: "Tomás Ferreira" },
};

const key = () => randomBytes(32).toString("base64");

export class Site {
  #process;
  // The same after a restart, as a site's own keys would be.
  #keys = { MFA_SEALING_KEYS: key(), MFA_RECEIPT_KEYS: key() };
  url;
  /** What it wrote, for whoever looks why it failed. */
  said = "";

  static async opens() {
    const site = new Site();
    await site.#runs(0);
    return site;
  }

  async #runs(port) {
    const program = process.env.MFA_DEMO ?? BUILT;
    if (!existsSync(program)) {
      throw new Error(`there is no ${program}; build it with \`cargo build -p mfa-demo\``);
    }
    const environment = { ...process.env, ...this.#keys, PORT: String(port) };
    this.#process = spawn(program, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    this.#process.stderr.on("data", (text) => (this.said += text));
    const started = Promise.race([
      this.#tellsItsUrl(),
      once(this.#process, "exit").then(() => Promise.reject(new Error(`the demo ended: ${this.said}`))),
    ]);
    this.url = await started;
  }

  async #tellsItsUrl() {
    for await (const line of createInterface({ input: this.#process.stdout })) {
      this.said += `${line}\n`;
      const url = /ready: (http:\S+)\//.exec(line);
      if (url) return url[1];
    }
    return new Promise(() => {});
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  phoneOf(person) {
    return new Phone(this.url, PEOPLE[person].number);
  }

  /** The next requests to an upstream route go wrong; see `POST /_emulator/faults`. */
  async breaks(route, how) {
    await this.#emulator("POST", "/faults", { route, ...how });
  }

  /** Time passes for the proxy and the upstream, and not for the page. */
  async passes(seconds) {
    await this.#emulator("POST", "/clock", { advance: seconds });
  }

  /** The upstream knows nothing any more of what it sent. */
  async forgets() {
    await this.#emulator("DELETE", "");
  }

  async #emulator(method, route, body) {
    const answer = await fetch(`${this.url}/_emulator${route}`, { method, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} /_emulator${route}: ${await answer.text()}`);
  }

  /** It hangs: it takes connections, and answers nothing. */
  hangs() {
    this.#process.kill("SIGSTOP");
    // On a busy machine it goes on until it is its turn to stop.
    const stat = `/proc/${this.#process.pid}/stat`;
    while (existsSync(stat) && !/\) [Tt] /.test(readFileSync(stat, "utf8")));
  }

  goesOn() {
    this.#process.kill("SIGCONT");
  }

  /** It dies, and every connection with it. */
  async dies() {
    const dead = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await dead;
  }

  /** It comes back at the same address. */
  async comesBack() {
    await this.#runs(this.port);
  }

  async closes() {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) await this.dies();
  }
}
