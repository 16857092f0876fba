// What a page may not write: each line below such a comment is refused, or the comment is.

import { MfaCodeElement, isMfaError, start, verify } from "mfa-code";
import type { ErrorKind, Interaction, MfaCodeEventMap, MfaCodeState, StartOptions, VerifyResult } from "mfa-code";

const never = (nothing: never): never => { throw nothing; };

export function options(): StartOptions[] {
  return [
    // @ts-expect-error without an endpoint there is nobody to ask
    {},
    // @ts-expect-error there is no such channel
    { endpoint: "/mfa", channel: "fax" },
    // @ts-expect-error a length is a number
    { endpoint: "/mfa", tokenLength: "6" },
    // @ts-expect-error in JavaScript it is camelCase
    { endpoint: "/mfa", token_length: 6 },
    // @ts-expect-error the guide's own slip is no option
    { endpoint: "/mfa", allowAlpha: true },
    // @ts-expect-error a page has no credential
    { endpoint: "/mfa", apiToken: "PT…" },
  ];
}

export async function functions(interaction: Interaction): Promise<void> {
  // @ts-expect-error a code is a text: 012345 is no number
  await verify(interaction, 123456);
  // @ts-expect-error what was started, not its id
  await verify(interaction.id, "123456");
  // @ts-expect-error there is no such way
  await start({ endpoint: "/mfa" }, "sms");
  const result = await verify(interaction, "123456");
  // @ts-expect-error only a verified token has a receipt
  console.log(result.receipt);
  // @ts-expect-error it is a word, not a flag
  if (result.success) return;
  // @ts-expect-error there is no such outcome
  if (result.status === "expired") return;
}

export function caught(error: unknown): void {
  // @ts-expect-error whatever was caught may be anything
  console.log(error.kind);
  if (!isMfaError(error)) return;
  // @ts-expect-error there is no such kind
  if (error.kind === "timeout") return;
  // @ts-expect-error it was told, and stays so
  error.kind = "network";
}

export function forgets(result: VerifyResult, kind: ErrorKind, { phase }: MfaCodeState): string {
  switch (result.status) {
    case "verified": case "rejected": break;
    // @ts-expect-error closed is left out
    default: never(result);
  }
  switch (kind) {
    case "network": case "not_understood": case "load": case "unavailable": case "rate_limited": break;
    case "channel_unavailable": case "number_refused": case "ticket_expired": case "invalid_token":
    case "config": case "misconfigured": break;
    // @ts-expect-error crash is left out
    default: never(kind);
  }
  switch (phase) {
    case "idle": case "sending": case "entering": case "verifying": case "verified": case "rejected":
    case "closed": break;
    // @ts-expect-error offline is left out
    default: never(phase);
  }
  return "";
}

export function states(state: MfaCodeState): unknown[] {
  // @ts-expect-error it is a snapshot
  state.phase = "idle";
  if (state.phase === "idle") {
    // @ts-expect-error nothing is known of an interaction that there is not
    return [state.expiresIn.toFixed()];
  }
  if (state.phase === "verified") {
    // @ts-expect-error confirmed in another tab, it may be absent
    return [state.attemptsLeft.toFixed()];
  }
  // @ts-expect-error the token is told to nobody
  return [state.token];
}

export function element(it: MfaCodeElement): void {
  // @ts-expect-error there is no such channel
  it.channel = "fax";
  // @ts-expect-error both at once, with a space between
  it.channels = "sms,call";
  // @ts-expect-error a flag is a boolean
  it.required = "required";
  // @ts-expect-error read only
  it.state = { phase: "idle" };
  // @ts-expect-error there is no such text
  it.strings = { send_fax: "Fax me" };
  // @ts-expect-error plural forms need one for all other numbers
  it.strings = { wrong: { one: "1 try" } };
  // @ts-expect-error as a property it is the method
  it.verify = "submit";
  // @ts-expect-error there is no such channel
  void it.start("email");
  // @ts-expect-error that is what mfa-closed says
  it.addEventListener("mfa-rejected", ({ detail }) => detail.reason);
  // @ts-expect-error the token is told to nobody
  document.addEventListener("mfa-complete", ({ detail }) => detail.token);
  // @ts-expect-error there is no such source
  document.addEventListener("mfa-complete", ({ detail }) => detail.source === "keyboard");
}

export const event = (
  // @ts-expect-error there is no such event
  it: MfaCodeEventMap["mfa-success"],
): unknown => it;
