/**
 * `start` and `verify`: a token by text message or call, asked for and checked at the site's own
 * endpoint; and the class of `<mfa-code>`, which does both and asks for the code.
 *
 * Importing this registers nothing and needs no DOM, so a server can. The words, ranges and
 * defaults are those of SignalWire's guide, "How to Build Multi-Factor Authentication Applications
 * with SignalWire". What an endpoint has to answer is in `docs/contract.md`.
 *
 * @packageDocumentation
 */

export {
  MfaCodeElement,
  type MfaCodeElementEventMap,
  type MfaCodeEventMap,
  type MfaCodeProgress,
  type MfaCodeState,
  type MfaCodeStringName,
  type MfaCodeStrings,
  type PluralCategory,
} from "./element.js";

/**
 * How a token reaches the person: a text message or a voice call. SignalWire's guide, "Requesting a
 * token via SMS" and "… via voice".
 */
export type Channel = "sms" | "call";

/**
 * Why no further attempt on an interaction can succeed:
 *
 * - `expired`: `valid_for` has passed;
 * - `exhausted`: `max_attempts` wrong tokens;
 * - `used`: it has been verified once, perhaps in another tab;
 * - `unknown`: one of these, or no such interaction. SignalWire answers 404 to all four causes (the
 *   guide, "Possible return values"); an endpoint that keeps no books cannot tell them apart.
 */
export type ClosedReason = "expired" | "exhausted" | "used" | "unknown";

/**
 * Where the entry stands; also `data-state` and `:state()` of the element.
 *
 * - `idle`: nothing has been asked for;
 * - `sending`: the endpoint was asked for a token;
 * - `entering`: a token is on its way or has come;
 * - `verifying`: the endpoint was asked whether the token is right;
 * - `verified`: it was right; only a reset leads away;
 * - `rejected`: it was wrong, and there are tries left;
 * - `closed`: no further attempt can succeed; a new token can be asked for;
 * - `offline`: no answer came; trying again repeats the same request, under the same key.
 */
export type Phase =
  | "idle" | "sending" | "entering" | "verifying" | "verified" | "rejected" | "closed" | "offline";

/** What `start` needs. `null` and `undefined` count as absent. */
export interface StartOptions {
  /** Base URL of the site's own endpoint, e.g. `/mfa`. Never SignalWire's: the page has no credential. */
  endpoint: string;
  /** By which way; `sms` by default. */
  channel?: Channel | null | undefined;
  /** The sealed statement of who is signing in, from the site's backend. */
  ticket?: string | null | undefined;
  /** The number in E.164 form, e.g. `+15557788999`, where the endpoint lets the visitor name it. */
  to?: string | null | undefined;
  /** On a resend, the `id` of the interaction that this one follows. */
  previous?: string | null | undefined;
  /**
   * Characters of the token: a whole number from 4 to 20, 6 by default. For endpoints that do not
   * state it. The guide's `token_length`.
   */
  tokenLength?: number | null | undefined;
  /**
   * Whether the token has letters, A to Z and a to z, beside digits; `false` by default. For
   * endpoints that do not state it. The guide's `allow_alphas`.
   */
  allowAlphas?: boolean | null | undefined;
  /**
   * Tries, the first one among them: a whole number from 1 to 20, 3 by default. For endpoints that
   * do not state it. The guide's `max_attempts`.
   */
  maxAttempts?: number | null | undefined;
  /**
   * Seconds that the token is good for: a whole number from 0 to 604,800 (a week), 3,600 by
   * default. For endpoints that do not state it. The guide's `valid_for`.
   */
  validFor?: number | null | undefined;
  /**
   * A UUID; a fresh one by default. Repeat it when the answer was lost (`kind: "network"`), and the
   * first answer comes again: no second message is sent.
   */
  idempotencyKey?: string | null | undefined;
  /** Further headers, such as a CSRF token. */
  headers?: HeadersInit | null | undefined;
}

/** A token is on its way; hand this to {@link verify}. Plain data: it can be kept as JSON. */
export interface Interaction {
  /** Where it was asked for. */
  endpoint: string;
  /** What the endpoint calls it. Whoever has it can try codes: not for logs. */
  id: string;
  /** By which way the token was sent; the endpoint's word goes before what was asked for. */
  channel: Channel;
  /** Where the token was sent, masked unless the visitor typed it; absent if the endpoint does not say. */
  to?: string;
  /** Characters of the token, 4 to 20. */
  tokenLength: number;
  /** Whether it may have letters. */
  allowAlphas: boolean;
  /** Tries, the first one among them, 1 to 20. */
  maxAttempts: number;
  /** Seconds from the answer on, 0 to 604,800. */
  validFor: number;
  /** Seconds from the answer on until another token may be asked for; 30 if the endpoint does not say. */
  resendAfter: number;
}

/** What else `verify` can be told. `null` and `undefined` count as absent. */
export interface VerifyOptions {
  /** Another endpoint than the interaction's. */
  endpoint?: string | null | undefined;
  /**
   * A UUID; a fresh one by default. Repeat it when the answer was lost (`kind: "network"`), and the
   * first answer comes again: no try is spent twice.
   */
  idempotencyKey?: string | null | undefined;
  /** Further headers, such as a CSRF token. */
  headers?: HeadersInit | null | undefined;
}

/**
 * What the endpoint says of a token. A wrong one is a result, not an exception.
 *
 * - `verified`: it was right. `receipt` is for the site's backend, which redeems it, once and soon
 *   (our proxy's is good for 120 seconds); where the endpoint gives none, nothing here is proof;
 * - `rejected`: it was wrong. `attemptsLeft`, 0 to 19, is absent where the endpoint does not count;
 * - `closed`: no further attempt can succeed. Ask for another token.
 *
 * @example
 * ```ts
 * const result = await verify(interaction, code);
 * switch (result.status) {
 *   case "verified": return submit(result.receipt);
 *   case "rejected": return say(`Wrong. ${result.attemptsLeft ?? "A few"} tries left.`);
 *   case "closed": return say(result.reason === "expired" ? "Too late." : "Ask for a new code.");
 *   default: result satisfies never;
 * }
 * ```
 */
export type VerifyResult =
  | { status: "verified"; receipt?: string }
  | { status: "rejected"; attemptsLeft?: number }
  | { status: "closed"; reason: ClosedReason };

/**
 * Why there is no result, in the words of the `mfa-error` event and of {@link MfaError}: the union
 * of `kind` says whether trying again can help, and whether there is a wait.
 *
 * | `kind` | means |
 * |---|---|
 * | `network` | no answer came; whether the endpoint acted is not known |
 * | `not_understood` | the answer is none that the contract knows |
 * | `load` | the module did not load |
 * | `unavailable` | the service, or SignalWire behind it, failed or is overloaded |
 * | `rate_limited` | too many tokens or attempts |
 * | `channel_unavailable` | the number cannot be reached this way |
 * | `number_refused` | the number is malformed, or may not be called |
 * | `ticket_expired` | the page was open for too long: sign in again |
 * | `invalid_token` | the token has not the form that the config says; no attempt was spent |
 * | `config` | the endpoint's interaction config is out of range |
 * | `misconfigured` | no `endpoint`, or none that a path can be joined to, or it wants something else: a fault of the site |
 * | `crash` | the module failed |
 */
export type MfaErrorDetail =
  | { readonly kind: "network" | "not_understood" | "load"; readonly retryable: true; readonly retryAfter?: never }
  | {
    readonly kind: "unavailable" | "rate_limited";
    readonly retryable: true;
    /** Seconds, if the endpoint named a wait (`Retry-After`). */
    readonly retryAfter?: number;
  }
  | {
    readonly kind:
      | "channel_unavailable" | "number_refused" | "ticket_expired" | "invalid_token" | "config"
      | "misconfigured" | "crash";
    readonly retryable: false;
    readonly retryAfter?: never;
  };

/** What can go wrong between the page and the endpoint; {@link MfaErrorDetail} says what each means. */
export type ErrorKind = MfaErrorDetail["kind"];

/**
 * What `start` and `verify` reject with when there is no result: an `Error` whose `kind` says why.
 * {@link isMfaError} tells it from everything else that can be caught.
 */
export type MfaError = Error & MfaErrorDetail;

/**
 * Whether what was caught is an {@link MfaError}. What is not, is a mistake in the page: a
 * `TypeError` of `start` and `verify` names it.
 *
 * @example
 * ```ts
 * try {
 *   interaction = await start({ endpoint: "/mfa", ticket });
 * } catch (error) {
 *   if (!isMfaError(error)) throw error;
 *   switch (error.kind) {
 *     case "rate_limited": return say(`Wait ${error.retryAfter ?? 60} seconds.`);
 *     case "ticket_expired": return location.reload();
 *     default: return say(error.retryable ? "Try again." : "Tell the site's support.");
 *   }
 * }
 * ```
 */
export function isMfaError(error: unknown): error is MfaError;

/**
 * Asks the endpoint to send a token, once: it is never asked a second time by itself.
 *
 * @throws {MfaError} no token was sent; or with `kind: "network"`, whether one was is not known
 * @throws {TypeError} an option is missing, of another type or out of range; nothing was sent
 *
 * @example
 * ```ts
 * const interaction = await start({ endpoint: "/mfa", ticket, channel: "sms" });
 * say(`Sent to ${interaction.to ?? "your phone"}: ${interaction.tokenLength} characters.`);
 * ```
 */
export function start(options: StartOptions): Promise<Interaction>;

/**
 * Asks the endpoint whether the token is right, once. A token that the interaction's config forbids
 * never leaves the page (`kind: "invalid_token"`) and costs no attempt.
 *
 * @param interaction What `start` resolved with; or, of an interaction that the backend started,
 *   these four.
 * @param token What the person typed, as it is: no spaces are taken out.
 * @throws {MfaError} there is no verdict
 * @throws {TypeError} the interaction is none; nothing was sent
 *
 * @example
 * ```ts
 * const key = crypto.randomUUID();
 * const ask = () => verify(interaction, code, { idempotencyKey: key });
 * // Once more under the same key: an answer that was lost comes again, and no try is spent twice.
 * const result = await ask().catch((error) => isMfaError(error) && error.retryable ? ask() : Promise.reject(error));
 * ```
 */
export function verify(
  interaction: Pick<Interaction, "endpoint" | "id" | "tokenLength" | "allowAlphas">,
  token: string,
  options?: VerifyOptions | null,
): Promise<VerifyResult>;
