/** How many messages may still be sent: real ones cost money and ring somebody's phone. */
export class Purse {
  #left;
  sent = 0;

  constructor(most) {
    this.#left = most;
  }

  get isEmpty() {
    return this.#left < 1;
  }

  pay(messages) {
    this.sent += messages;
    this.#left -= messages;
  }
}
