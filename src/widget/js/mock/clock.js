/** The time that a mock has: it stops while an answer is held, and jumps over a wait. */

const { now } = globalThis.Date;

/** What it is ahead of the browser's, in milliseconds; behind, if it is negative. */
let ahead = 0;
let stoppedAt;
const held = new Set();

export const time = () => stoppedAt ?? now() + ahead;

/** The seconds are over at once. */
export function skip(seconds) {
  if (stoppedAt) stoppedAt += seconds * 1000;
  else ahead += seconds * 1000;
}

/** Keeps an answer back until `release`; returns the way to drop it. */
export function hold(answer) {
  stoppedAt ??= time();
  held.add(answer);
  return () => drop(answer);
}

/** Gives all answers that are held, and time goes on. */
export function release() {
  for (const answer of [...held]) {
    drop(answer);
    answer();
  }
}

function drop(answer) {
  if (!held.delete(answer) || held.size > 0) return;
  ahead = stoppedAt - now();
  stoppedAt = undefined;
}
