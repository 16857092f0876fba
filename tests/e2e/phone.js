// A person's phone, as the emulator's outbox has it.

export class Phone {
  #outbox;

  constructor(site, number) {
    this.#outbox = `${site}/_emulator/outbox?to=${encodeURIComponent(number)}`;
  }

  /** Everything that came in, newest first. */
  async deliveries() {
    return (await fetch(this.#outbox)).json();
  }

  async count() {
    return (await this.deliveries()).length;
  }

  async latest() {
    const [newest] = await this.deliveries();
    if (!newest) throw new Error("the phone has received nothing");
    return newest;
  }

  async latestToken() {
    return (await this.latest()).token;
  }

  /** A code of the right form that is not the right one. */
  async wrongToken() {
    const [wrong] = await this.wrongTokens(1);
    return wrong;
  }

  /** Different ones of them, at most four. */
  async wrongTokens(count) {
    const token = await this.latestToken();
    const last = ["7", "3", "1", "2", "4"].filter((digit) => digit !== token.at(-1));
    return last.slice(0, count).map((digit) => token.slice(0, -1) + digit);
  }
}
