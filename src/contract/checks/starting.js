// The first message: what is told of it, its repeat, and its resend.

import { randomUUID } from "node:crypto";

import { Begun, NO_TOKEN } from "../visit.js";
import { isSuccess, told } from "../wire-request.js";
import { CHANNELS, DEFAULTS, RANGES } from "../wire.js";

/** The interaction to go on with, or nothing. */
export async function starting(visit) {
  const { page, phone, verdicts } = visit;
  const key = randomUUID();
  const begun = await visit.begin("first", ["start-answer"], { key });
  if (!begun) return undefined;
  const { answer, sent } = begun;
  const { id, success } = answer.json ?? {};
  const isStarted = isSuccess(answer) && typeof id === "string" && id !== "" && success === true;
  verdicts.judge("start-answer", isStarted, "2xx, JSON with id (a text) and success: true", told(answer));
  if (!isStarted) return undefined;
  config(visit, answer.json);
  if (phone.sees && sent.length !== 1) {
    verdicts.broken("start-answer", "one message", `${sent.length} messages in the emulator's outbox`);
  }

  await repeated(visit, key, answer);
  const resent = await resend(visit, id);
  const last = resent ?? begun;
  return new Begun(last, await phone.tokenOf(last.sent ?? []));
}

function config({ verdicts }, said) {
  const wrong = [];
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = said[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < least || value > most) wrong.push(`${name} from ${least} to ${most}`);
  }
  for (const name of ["allow_alphas", "origin_bound"]) {
    if (said[name] !== undefined && typeof said[name] !== "boolean") wrong.push(`${name} true or false`);
  }
  if (said.to !== undefined && typeof said.to !== "string") wrong.push("to a text");
  if (said.channel !== undefined && !CHANNELS.includes(said.channel)) wrong.push("channel sms or call");
  const { channels } = said;
  const areChannels = Array.isArray(channels) && channels.every((channel) => CHANNELS.includes(channel));
  if (channels !== undefined && !areChannels) wrong.push("channels a list of sms and call");
  if (said.summary !== undefined && typeof said.summary?.title !== "string") wrong.push("summary with a title");
  verdicts.judge("config-range", wrong.length === 0, wrong.join("; "), "something else");

  const length = said.token_length ?? DEFAULTS.token_length;
  const bits = length * Math.log2((said.allow_alphas ?? DEFAULTS.allow_alphas) ? 36 : 10);
  verdicts.judge("length", bits >= 19.9, "20 bits or more", `${Math.floor(bits)} bits`);
  const life = said.valid_for;
  const came = Number.isInteger(life) ? `${life} s` : `nothing told: ${DEFAULTS.valid_for} s apply`;
  verdicts.judge("lifetime", Number.isInteger(life) && life <= 600, "valid_for of 600 at most", came);
}

async function repeated(visit, key, first) {
  const again = await visit.start("the same again", ["idempotent-start"], { key });
  if (!again) return;
  const { answer, sent } = again;
  const isSame = isSuccess(answer) && answer.json?.id === first.json.id;
  const came = `${isSame ? "the first answer" : `${told(answer)}${isSuccess(answer) ? ", another id" : ""}`}` +
    (sent?.length ? ", and a second message" : "");
  visit.verdicts.judge("idempotent-start", isSame && !sent?.length, "the first answer, and no message", came);
}

/** The interaction of the resend, where it was not held back. */
async function resend(visit, previous) {
  const begun = await visit.start("resend at once", ["cooldown"], { body: visit.page.wish({ previous }) });
  if (!begun) return undefined;
  const { answer, sent } = begun;
  const came = `${told(answer)}${sent?.length ? ", and a message" : ""}`;
  visit.verdicts.judge("cooldown", answer.status === 429 && !sent?.length, "429, and no message", came);
  return isSuccess(answer) && typeof answer.json?.id === "string" ? begun : undefined;
}

/** One wrong token, then the right one, three times over: once, again, and by another request. */
export async function rightToken(visit, interaction) {
  const { page, verdicts, secrets } = visit;
  const { id, token } = interaction;
  if ((interaction.attempts ?? DEFAULTS.max_attempts) > 1) {
    const answer = await page.verify(id, interaction.wrong(1), "wrong token");
    judgeWrong(verdicts, answer);
  }
  if (!token) {
    for (const rule of ["right-token", "once"]) verdicts.unchecked(rule, NO_TOKEN);
    return undefined;
  }
  const key = randomUUID();
  const answer = await page.verify(id, token, "right token", { key });
  const { success, receipt } = answer.json ?? {};
  secrets.add(receipt);
  const isRight = isSuccess(answer) && success === true;
  verdicts.judge("right-token", isRight, "200 with success: true", said(answer));
  if (!isRight) return undefined;

  const again = await page.verify(id, token, "right token, the same again", { key });
  const isSame = isSuccess(again) && again.json?.success === true;
  verdicts.judge("idempotent-verify", isSame, "the first answer", `the repeat of a success: ${said(again)}`);

  const second = await page.verify(id, token, "right token, a second time");
  const isClosed = second.status === 404;
  verdicts.judge("once", isClosed, "404", said(second));
  return { receipt, second: isClosed ? second : undefined };
}

/** The status, and whether it was a success. */
export function said(answer) {
  const { success } = answer.json ?? {};
  return typeof success === "boolean" ? `${answer.status} with success: ${success}` : told(answer);
}

export function judgeWrong(verdicts, answer) {
  const isWrong = answer.status === 200 && answer.json?.success === false;
  return verdicts.judge("wrong-token", isWrong, "200 with success: false", said(answer));
}
