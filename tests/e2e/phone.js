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
    const token = await this.latestToken();
    const last = token.at(-1) === "7" ? "3" : "7";
    return token.slice(0, -1) + last;
  }
}
