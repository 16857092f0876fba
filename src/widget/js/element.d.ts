import type { Channel, ClosedReason, MfaErrorDetail, Phase } from "./index.js";

/** What is known of an interaction. All of it is there as soon as there is one, and none before. */
export interface MfaCodeProgress {
  /** By which way the token was sent. */
  readonly channel: Channel;
  /** Tries left, 0 to 20. Within one interaction it never rises. */
  readonly attemptsLeft: number;
  /** Characters of the token, 4 to 20. */
  readonly tokenLength: number;
  /** Whether it may have letters. */
  readonly allowAlphas: boolean;
  /** Seconds until the token expires, 0 to 604,800, as of this snapshot. */
  readonly expiresIn: number;
}

/** Before there is an interaction. */
type NoProgress = { readonly [name in keyof MfaCodeProgress]?: never };

/**
 * What the entry stands at: a snapshot that does not count down, read `state` again for another.
 * `phase` tells what else is there. Never the token, the number or the id.
 *
 * @example
 * ```ts
 * const { state } = document.querySelector("mfa-code")!;
 * switch (state.phase) {
 *   case "idle": return "Ask for a code.";
 *   case "sending": case "verifying": return "One moment …";
 *   case "entering": return `Good for ${state.expiresIn} seconds.`;
 *   case "rejected": return `${state.attemptsLeft} tries left.`;
 *   case "closed": return state.reason === "expired" ? "Too late." : "Ask for a new code.";
 *   case "verified": return "Done.";
 *   case "offline": return "No answer came.";
 *   default: state satisfies never;
 * }
 * ```
 */
export type MfaCodeState =
  | NoProgress & {
    readonly phase: "idle";
    readonly reason?: never;
    /** Seconds until a token may be asked for; not known until the module is there. */
    readonly resendIn?: number;
  }
  | MfaCodeProgress & {
    readonly phase: "entering" | "verifying" | "rejected";
    readonly reason?: never;
    /** Seconds until another token may be asked for; 0 is now. */
    readonly resendIn: number;
  }
  // Of an earlier token, or of none; confirmed or closed on another page.
  | (MfaCodeProgress | NoProgress) & {
    readonly phase: "sending" | "offline" | "verified";
    readonly reason?: never;
    /** Seconds until another token may be asked for; 0 is now. */
    readonly resendIn: number;
  }
  | (MfaCodeProgress | NoProgress) & {
    readonly phase: "closed";
    /** Why no further attempt can succeed. */
    readonly reason: ClosedReason;
    /** Seconds until another token may be asked for; 0 is now. */
    readonly resendIn: number;
  };

/**
 * The element's own events. All of them bubble and are composed, so `document` hears them too. None
 * has the token, the number or the id.
 *
 * @example
 * ```ts
 * document.addEventListener("mfa-error", ({ detail }) => {
 *   if (detail.kind === "rate_limited") console.warn("wait", detail.retryAfter ?? 60, "seconds");
 * });
 * ```
 */
export interface MfaCodeEventMap {
  /** The state changed. */
  "mfa-statechange": CustomEvent<{ readonly from: Phase; readonly to: Phase }>;
  /** A token is on its way. */
  "mfa-sent": CustomEvent<{ readonly channel: Channel }>;
  /**
   * The field holds a whole token. `api` is a script of the page that set the field's value, or an
   * interaction that began while it was full. Cancel it, and nothing is verified.
   */
  "mfa-complete": CustomEvent<{
    readonly source: "typing" | "paste" | "autofill" | "webotp" | "api";
  }>;
  /** Before the request. Cancel it, and it is not made. */
  "mfa-verify": CustomEvent<{ readonly [name: string]: never }>;
  /**
   * The token was right. Without a receipt where the endpoint gives none, or where another tab has
   * it.
   */
  "mfa-verified": CustomEvent<{ readonly receipt?: string }>;
  /** The token was wrong. Tries left, 0 to 19; at 0 `mfa-closed` follows. */
  "mfa-rejected": CustomEvent<{ readonly attemptsLeft: number }>;
  /** No further attempt can succeed. */
  "mfa-closed": CustomEvent<{ readonly reason: ClosedReason }>;
  /** There is no result. `retryAfter` is in seconds. */
  "mfa-error": CustomEvent<MfaErrorDetail>;
}

/** All that can be heard at the element: its own events, and those of every HTML element. */
export interface MfaCodeElementEventMap extends HTMLElementEventMap, MfaCodeEventMap {}

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
  | "not_loaded" | "unreachable" | "unreachable_kept" | "back_online" | "unavailable" | "rate_limited"
  | "rate_limited_for" | "channel_unavailable" | "number_refused" | "sign_in_again"
  | "misconfigured" | "config" | "second" | "seconds" | "minutes";

/** The plural categories of Unicode's CLDR; a language uses some of them, `other` always. */
export type PluralCategory = "zero" | "one" | "two" | "few" | "many" | "other";

/**
 * Words instead of those of the language. Where a text has a number `{n}` it can be one for each
 * plural category of the language, `other` among them.
 *
 * @example
 * ```ts
 * document.querySelector("mfa-code")!.strings = {
 *   send_sms: "Send it",
 *   minutes: { one: "{n} minute", other: "{n} minutes" },
 * };
 * ```
 */
export type MfaCodeStrings = {
  [name in MfaCodeStringName]?:
    | string
    | ({ readonly [category in PluralCategory]?: string } & { readonly other: string });
};

/**
 * `<mfa-code>`: asks for a token, takes it in, verifies it and hands the form a receipt. In it
 * stands the page's own `<input>`, or one that it makes.
 *
 * Each attribute has a property here that reads and writes it; `verify` is the exception, being a
 * method. A text is `null` when its attribute is absent, and a value out of its range is reported
 * by an `mfa-error` of kind `config` when a token is asked for; nothing is clamped.
 *
 * @example
 * ```html
 * <form action="/login/code" method="post">
 *   <mfa-code endpoint="/mfa" ticket="…" name="mfa" required>
 *     <label for="code">Security code</label>
 *     <input id="code" name="token" autocomplete="one-time-code" inputmode="numeric" dir="ltr">
 *   </mfa-code>
 *   <button>Continue</button>
 * </form>
 * ```
 */
export class MfaCodeElement extends HTMLElement {
  /**
   * Registers the element; a name that is taken is left alone.
   * @param tag The name; `mfa-code` by default.
   * @param registry The page's own by default.
   * @returns The class that it was called on.
   */
  static define(tag?: string, registry?: CustomElementRegistry): typeof MfaCodeElement;
  static readonly formAssociated: true;
  static readonly observedAttributes: readonly string[];

  /** Base URL of the site's own endpoint, e.g. `/mfa`. Without it nothing is sent. */
  get endpoint(): string | null;
  set endpoint(url: string | null | undefined);
  /** The sealed statement of who is signing in, from the site's backend. */
  get ticket(): string | null;
  set ticket(sealed: string | null | undefined);
  /** The number in E.164 form, e.g. `+15557788999`, where the endpoint lets the visitor name it. */
  get to(): string | null;
  set to(number: string | null | undefined);
  /** The way that is put first; without it, the first of `channels`. */
  get channel(): string | null;
  set channel(first: Channel | null | undefined);
  /** What is offered, the preferred first, `sms call` by default. The endpoint's list goes before. */
  get channels(): string | null;
  set channels(offered: Channel | "sms call" | "call sms" | null | undefined);
  /** The id of an interaction that the site's backend has started; nothing is sent. Read once. */
  get interaction(): string | null;
  set interaction(id: string | null | undefined);
  /**
   * Characters of the token: a whole number from 4 to 20. For endpoints that do not state it; 6 if
   * neither does. The guide's `token_length`.
   */
  get tokenLength(): string | null;
  set tokenLength(characters: string | number | null | undefined);
  /**
   * Letters, A to Z and a to z, beside digits. For endpoints that do not state it. The guide's
   * `allow_alphas`.
   */
  get allowAlphas(): boolean;
  set allowAlphas(allow: boolean);
  /**
   * Tries, the first one among them: a whole number from 1 to 20. For endpoints that do not state
   * it; 3 if neither does. The guide's `max_attempts`.
   */
  get maxAttempts(): string | null;
  set maxAttempts(tries: string | number | null | undefined);
  /**
   * Seconds that the token is good for: a whole number from 0 to 604,800. For endpoints that do not
   * state it; 3,600 if neither does. The guide's `valid_for`.
   */
  get validFor(): string | null;
  set validFor(seconds: string | number | null | undefined);
  /** Under this name the form posts the element's value: the receipt, once there is one. */
  get name(): string | null;
  set name(name: string | null | undefined);
  /** Paints the slots in groups, e.g. `3 3`; what does not add up to the length is ignored. */
  get groups(): string | null;
  set groups(lengths: string | null | undefined);
  /** Asks for a token at once, by the first way. Read once, when the element comes to life. */
  get autostart(): boolean;
  set autostart(ask: boolean);
  /** Submits the form once the token is verified. */
  get autosubmit(): boolean;
  set autosubmit(submit: boolean);
  /** The form cannot be submitted before the token is verified. */
  get required(): boolean;
  set required(required: boolean);
  /** Takes nothing from the visitor; answers under way still count. */
  get disabled(): boolean;
  set disabled(disabled: boolean);
  /** The field takes no input. */
  get readonly(): boolean;
  set readonly(readonly: boolean);
  /** Paints `•` for each character. */
  get mask(): boolean;
  set mask(mask: boolean);

  /** Words instead of the built-in ones, by their names; `null` by default. */
  get strings(): MfaCodeStrings | null;
  set strings(words: MfaCodeStrings | null | undefined);
  /** Sent with each request, such as a CSRF token; `null` by default. */
  get headers(): HeadersInit | null;
  set headers(headers: HeadersInit | null | undefined);
  /** What the entry stands at; `{ phase: "idle" }` until the module is there. */
  get state(): MfaCodeState;

  /** What the form posts for the element; empty while there is nothing. */
  get value(): string;
  /** The element's name, as of any custom form control. */
  get type(): string;
  /** As of any form control, and so are the next six; what is set is the attribute, an id. */
  get form(): HTMLFormElement | null;
  set form(id: string | null | undefined);
  /** The labels of the element, which lead to the field. */
  get labels(): NodeList;
  get validity(): ValidityState;
  get validationMessage(): string;
  get willValidate(): boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;

  /**
   * Asks for a token, and resolves with `state` once no request is under way. What the endpoint
   * answers is in there and in the events, never a rejection. During the cooldown nothing is sent.
   * @param channel By which way; the preferred one by default.
   * @throws {TypeError} the channel is none; nothing was sent
   */
  start(channel?: Channel): Promise<MfaCodeState>;
  /**
   * Asks for another token; otherwise as {@link start}.
   * @param channel By which way; that of the last token by default.
   * @throws {TypeError} the channel is none; nothing was sent
   */
  resend(channel?: Channel): Promise<MfaCodeState>;
  /**
   * Verifies what the field holds, as Enter does, and resolves with `state` once no request is
   * under way. What is not a whole token is not sent. What is set is the attribute of this name.
   */
  get verify(): () => Promise<MfaCodeState>;
  set verify(when: "complete" | "submit" | "form" | null | undefined);
  /** Starts over: the field is empty, the request ended. The cooldown stays. */
  reset(): void;
  /** Focuses the field. */
  focus(options?: FocusOptions): void;

  addEventListener<K extends keyof MfaCodeElementEventMap>(
    type: K,
    listener: (this: MfaCodeElement, event: MfaCodeElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof MfaCodeElementEventMap>(
    type: K,
    listener: (this: MfaCodeElement, event: MfaCodeElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "mfa-code": MfaCodeElement;
  }
  /** They bubble: to any element, to `document` and to `window`. */
  interface GlobalEventHandlersEventMap extends MfaCodeEventMap {}
  /** They are composed: a shadow root around the element hears them too. */
  interface ShadowRootEventMap extends MfaCodeEventMap {}
}
