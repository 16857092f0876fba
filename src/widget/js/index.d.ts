/** How a token reaches the person: a text message or a voice call. */
export type Channel = "sms" | "call";

/** Why no further attempt on an interaction can succeed. */
export type ClosedReason = "expired" | "exhausted" | "used" | "unknown";

/** Where the entry stands; also `data-state` and `:state()` of the element. */
export type Phase =
  | "idle" | "sending" | "entering" | "verifying" | "verified" | "rejected" | "closed" | "offline";

/** What `start` needs. Ranges and defaults are those of SignalWire's MFA guide. */
export interface StartOptions {
  /** Base URL of the site's own endpoint, e.g. `/mfa`. */
  endpoint: string;
  /** `sms` by default. */
  channel?: Channel;
  /** The sealed statement of who is signing in, from the site's backend. */
  ticket?: string;
  /** The number in E.164 form, where the endpoint lets the visitor name it. */
  to?: string;
  /** The `id` of the interaction that this one follows. */
  previous?: string;
  /** 4 to 20 characters; for endpoints that do not state it. Default 6. */
  tokenLength?: number;
  /** Letters too; for endpoints that do not state it. Default false. */
  allowAlphas?: boolean;
  /** 1 to 20 tries; for endpoints that do not state it. Default 3. */
  maxAttempts?: number;
  /** 0 to 604,800 seconds; for endpoints that do not state it. Default 3,600. */
  validFor?: number;
  /** A UUID. Repeat it when the answer was lost, and no second message is sent. */
  idempotencyKey?: string;
  /** Further headers, such as a CSRF token. */
  headers?: HeadersInit;
}

/** A token is on its way; hand this to `verify`. */
export interface Interaction {
  endpoint: string;
  id: string;
  channel: Channel;
  /** Where the token was sent, masked unless the visitor typed it. */
  to?: string;
  tokenLength: number;
  allowAlphas: boolean;
  maxAttempts: number;
  /** Seconds from the answer on. */
  validFor: number;
  /** Seconds until another token may be asked for. */
  resendAfter: number;
}

export interface VerifyOptions {
  /** Another endpoint than the interaction's. */
  endpoint?: string;
  /** A UUID. Repeat it when the answer was lost, and no attempt is spent twice. */
  idempotencyKey?: string;
  headers?: HeadersInit;
}

/** A wrong code is a result, not an exception. */
export type VerifyResult =
  | { status: "verified"; receipt?: string }
  | { status: "rejected"; attemptsLeft?: number }
  | { status: "closed"; reason: ClosedReason };

/** What went wrong between the page and the endpoint. */
export type ErrorKind =
  | "channel_unavailable" | "config" | "crash" | "invalid_token" | "load" | "misconfigured" | "network"
  | "not_understood" | "number_refused" | "rate_limited" | "ticket_expired" | "unavailable";

/** What `start` and `verify` reject with when there is no result. */
export interface MfaError extends Error {
  kind: ErrorKind;
  retryable: boolean;
  /** Seconds. */
  retryAfter?: number;
}

/**
 * Asks the endpoint to send a token.
 * @throws {MfaError} no token was sent, or whether one was is not known (`kind: "network"`)
 * @throws {TypeError} an option is missing or out of range; nothing was sent
 */
export function start(options: StartOptions): Promise<Interaction>;

/**
 * Asks the endpoint whether the token is right. A token that the interaction's config forbids
 * never leaves the page (`kind: "invalid_token"`).
 * @throws {MfaError} there is no verdict
 */
export function verify(
  interaction: Interaction, token: string, options?: VerifyOptions,
): Promise<VerifyResult>;

/** What the entry stands at. Never the token, the number or the id. */
export interface MfaCodeState {
  readonly phase: Phase;
  readonly channel?: Channel;
  readonly reason?: ClosedReason;
  readonly attemptsLeft?: number;
  readonly tokenLength?: number;
  readonly allowAlphas?: boolean;
  /** Seconds. */
  readonly expiresIn?: number;
  /** Seconds. */
  readonly resendIn?: number;
}

/** The element's own events; all of them bubble and are composed. */
export interface MfaCodeEventMap {
  "mfa-statechange": CustomEvent<{ from: Phase; to: Phase }>;
  "mfa-sent": CustomEvent<{ channel: Channel }>;
  /** The field holds a whole token. Cancel it, and nothing is verified. */
  "mfa-complete": CustomEvent<{ source: "typing" | "paste" | "autofill" | "webotp" | "api" }>;
  /** Before the request. Cancel it, and it is not made. */
  "mfa-verify": CustomEvent<Record<string, never>>;
  /** Without a receipt where the endpoint gives none, or where another tab has it. */
  "mfa-verified": CustomEvent<{ receipt?: string }>;
  "mfa-rejected": CustomEvent<{ attemptsLeft: number }>;
  "mfa-closed": CustomEvent<{ reason: ClosedReason }>;
  "mfa-error": CustomEvent<{ kind: ErrorKind; retryable: boolean; retryAfter?: number }>;
}

/** The names of the words; what each says and when is in `docs/element.md`. */
export type MfaCodeStringName =
  | "label" | "send_sms" | "send_call" | "again_sms" | "again_call" | "instead_sms"
  | "instead_call" | "retry" | "wait" | "read_back" | "hint_digits" | "hint_alphas" | "until"
  | "lookalikes" | "required" | "sending_sms" | "sending_call" | "sent_sms" | "sent_again_sms"
  | "sent_call" | "phone" | "late" | "late_call" | "expires_in" | "filled" | "verifying"
  | "verified" | "elsewhere" | "empty" | "capital" | "wrong" | "wrong_last" | "too_short_digits"
  | "too_short_alphas" | "dropped_digits" | "dropped_alphas" | "dropped_surplus_digits"
  | "dropped_surplus_alphas" | "dropped_ambiguous" | "dropped_nothing_digits"
  | "dropped_nothing_alphas" | "expired" | "exhausted" | "used" | "unknown" | "ask_first"
  | "unreachable" | "unreachable_kept" | "back_online" | "unavailable" | "rate_limited"
  | "rate_limited_for" | "channel_unavailable" | "number_refused" | "sign_in_again"
  | "misconfigured" | "config" | "second" | "seconds" | "minutes";

/**
 * Words instead of those of the language. Where a text has a number `{n}` it can be one for each
 * plural category of the language, `other` among them.
 */
export type MfaCodeStrings = Partial<
  Record<MfaCodeStringName, string | Partial<Record<Intl.LDMLPluralRule, string>>>
>;

/** `<mfa-code>`: asks for a token, takes it in, verifies it and hands the form a receipt. */
export class MfaCodeElement extends HTMLElement {
  /** Registers the element; a name that is taken is left alone. */
  static define(tag?: string, registry?: CustomElementRegistry): typeof MfaCodeElement;
  /** Base URL of the site's own endpoint, e.g. `/mfa`. */
  endpoint: string | null;
  ticket: string | null;
  to: string | null;
  /** The channel offered first. */
  channel: string | null;
  /** `"sms call"`, in the order of preference. */
  channels: string | null;
  /** The id of an interaction that the site's backend has started. */
  interaction: string | null;
  /** 4 to 20; for endpoints that do not state it. */
  tokenLength: string | null;
  allowAlphas: boolean;
  /** 1 to 20; for endpoints that do not state it. */
  maxAttempts: string | null;
  /** 0 to 604,800 seconds; for endpoints that do not state it. */
  validFor: string | null;
  name: string | null;
  /** Paints the slots in groups, e.g. `"3 3"`. */
  groups: string | null;
  autostart: boolean;
  autosubmit: boolean;
  required: boolean;
  disabled: boolean;
  readonly: boolean;
  /** Paints `•` for each character. */
  mask: boolean;
  /** Words instead of the built-in ones, by their names. */
  strings: MfaCodeStrings | null;
  /** Headers for the endpoint, such as a CSRF token. */
  headers: HeadersInit | null;
  readonly state: MfaCodeState;
  readonly form: HTMLFormElement | null;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  /** Asks for a token; resolves once the endpoint has answered. */
  start(channel?: Channel): Promise<MfaCodeState>;
  /** Asks for another one. */
  resend(channel?: Channel): Promise<MfaCodeState>;
  /** Verifies what the field holds, as Enter does; resolves once there is an answer. */
  verify(): Promise<MfaCodeState>;
  /** Starts over. */
  reset(): void;
  checkValidity(): boolean;
  reportValidity(): boolean;
  addEventListener<K extends keyof MfaCodeEventMap>(
    type: K, listener: (this: MfaCodeElement, event: MfaCodeEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string, listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "mfa-code": MfaCodeElement;
  }
}
