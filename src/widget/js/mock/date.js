/** What the module of a mock has in the place of the browser's `Date`. The build puts it there. */
import { time } from "./clock.js";

export const Date = class extends globalThis.Date {
  static now() {
    return time();
  }
};
