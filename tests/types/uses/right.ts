// What a page may write. It is compiled and never run.

import "mfa-code/define";
import "mfa-code/inline";
import german from "mfa-code/locales/de";
import {
  MfaCodeElement, isMfaError, start, verify,
  type Channel, type ClosedReason, type ErrorKind, type Interaction, type MfaCodeEventMap, type MfaCodeState,
  type MfaCodeStringName, type MfaCodeStrings, type MfaError, type Phase, type StartOptions,
  type VerifyOptions, type VerifyResult,
} from "mfa-code";

/** Every way out of a switch is taken. */
const never = (nothing: never): never => { throw nothing; };

export function said(result: VerifyResult): string {
  switch (result.status) {
    case "verified": return result.receipt ?? "no receipt";
    case "rejected": return String(result.attemptsLeft?.toFixed());
    case "closed": {
      const reason: ClosedReason = result.reason;
      return reason;
    }
    default: return never(result);
  }
}

export function told(kind: ErrorKind): string {
  switch (kind) {
    case "network": case "not_understood": case "load": case "unavailable": case "rate_limited": return "again";
    case "channel_unavailable": case "number_refused": case "ticket_expired": case "invalid_token":
    case "config": case "misconfigured": case "crash": return "no";
    default: return never(kind);
  }
}

export function waits(error: MfaError): number {
  if (!error.retryable) {
    const without: undefined = error.retryAfter;
    return without ?? 0;
  }
  return error.retryAfter ?? 1;
}

export function shown(state: MfaCodeState): string {
  // Of a state that is not looked into, everything may be absent.
  const channel: Channel | undefined = state.channel;
  switch (state.phase) {
    case "idle": return String(state.resendIn ?? 0);
    case "sending": case "offline": case "verified": return state.channel ? String(state.expiresIn + state.resendIn) : "";
    case "entering": case "verifying": case "rejected": return state.attemptsLeft.toFixed() + state.tokenLength;
    case "closed": return state.reason + channel;
    default: return never(state);
  }
}

export async function functions(ticket: string | undefined, form: HTMLFormElement): Promise<string> {
  const options: StartOptions = { endpoint: "/mfa", ticket, to: form.getAttribute("data-to"), validFor: 600 };
  const interaction: Interaction = await start(options);
  const again: VerifyOptions = { idempotencyKey: crypto.randomUUID(), headers: new Headers({ "x-csrf": "1" }) };
  try {
    // Of an interaction that the backend started, these four are enough.
    await verify({ endpoint: "/mfa", id: "i", tokenLength: 6, allowAlphas: false }, "123456");
    return said(await verify(interaction, "123456", again));
  } catch (error) {
    if (!isMfaError(error)) throw error;
    const kind: ErrorKind = error.kind;
    return error.message + error.stack + kind;
  }
}

export function element(found = document.querySelector("mfa-code")!): void {
  const made: MfaCodeElement = document.createElement("mfa-code");
  found satisfies MfaCodeElement;
  made.tokenLength = 8;
  made.tokenLength = "8";
  made.channels = "call sms";
  made.channel = null;
  made.required = true;
  const length: string | null = made.tokenLength;
  made.strings = { ...german, wait: `in {time}${length}`, wrong: { one: "{n} try", other: "{n} tries" } };
  made.headers = { "x-csrf": "1" };
  void made.start("call").then((state) => state.phase satisfies Phase);
  made.focus({ preventScroll: true });
  MfaCodeElement.define("my-code", customElements).define();
  customElements.define("own-code", class extends MfaCodeElement {});
}

export function events(found: MfaCodeElement, root: ShadowRoot): void {
  const heard = (event: MfaCodeEventMap["mfa-rejected"]): void => console.log(event.detail.attemptsLeft.toFixed());
  // They bubble, and leave every shadow root.
  document.addEventListener("mfa-rejected", heard);
  window.addEventListener("mfa-rejected", heard);
  document.body.addEventListener("mfa-rejected", heard);
  root.addEventListener("mfa-rejected", heard);
  found.addEventListener("mfa-rejected", heard, { once: true });
  found.removeEventListener("mfa-rejected", heard);
  found.addEventListener("mfa-error", function ({ detail }) {
    if (detail.kind === "rate_limited") console.log(detail.retryAfter?.toFixed());
    void this.resend();
  });
  found.addEventListener("mfa-verified", ({ detail: { receipt } }) => receipt?.length);
  found.addEventListener("mfa-complete", (event) => event.detail.source === "webotp" && event.preventDefault());
  found.addEventListener("click", ({ clientX }) => clientX.toFixed());
  found.addEventListener("of-the-page", { handleEvent: ({ type }) => console.log(type) });
}

export const names: Record<MfaCodeStringName, unknown> = german;
export const words: MfaCodeStrings = { label: "Code" };
