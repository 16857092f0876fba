import { flood, newTries, used } from "./checks/afterwards.js";
import { atTheDoor } from "./checks/door.js";
import { everyAnswer } from "./checks/every-answer.js";
import { guessing, second } from "./checks/guessing.js";
import { rightToken, starting } from "./checks/starting.js";

/**
 * The whole visit. What must be turned away comes first, so that it is not a limit that turns it
 * away; what locks the visitor out comes last.
 */
export async function run(visit) {
  const { page, phone, verdicts } = visit;
  const before = phone.sees ? (await phone.deliveries()).map(({ id }) => id) : [];
  await atTheDoor(visit);
  const first = await starting(visit);
  if (first) {
    const verified = await rightToken(visit, first);
    used(visit, verified?.second);
    const next = await second(visit, first);
    if (next) {
      await guessing(visit, next, verified);
      await newTries(visit);
      await flood(visit);
    }
  }
  const sent = phone.sees ? (await phone.deliveries()).filter(({ id }) => !before.includes(id)) : [];
  const tokens = phone.sees ? sent.map(({ token }) => token) : [first?.token].filter(Boolean);
  everyAnswer(visit, tokens, sent.map(({ to }) => to));
  verdicts.ends(first ? "the run did not come so far" : "no interaction could be started");
  return verdicts.list(page.isKnown);
}
