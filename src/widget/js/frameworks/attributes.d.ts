import type { Channel, MfaCodeEventMap, MfaCodeStrings } from "../index.js";

/** As long as it is one of these, it is as if it was not written. */
type Absent = null | undefined;

/** A whole number, also as a text. */
type Whole = number | `${number}` | Absent;

/** What is said by one name, whether the framework sets it as an attribute or as a property. */
interface Said {
  /** Base URL of the site's own endpoint, e.g. `/mfa`. Without it nothing is sent. */
  endpoint?: string | Absent;
  /** The sealed statement of who is signing in, from the site's backend. */
  ticket?: string | Absent;
  /** The number in E.164 form, e.g. `+15557788999`, where the endpoint lets the visitor name it. */
  to?: string | Absent;
  /** The way that is put first; without it, the first of `channels`. */
  channel?: Channel | Absent;
  /** What is offered, the preferred first, `sms call` by default. The endpoint's list goes before. */
  channels?: Channel | "sms call" | "call sms" | Absent;
  /** The id of an interaction that the site's backend has started; nothing is sent. Read once. */
  interaction?: string | Absent;
  /** Under this name the form posts the element's value: the receipt, once there is one. */
  name?: string | Absent;
  /**
   * When a code is verified: as soon as it is whole (`complete`, the default), when the visitor
   * presses Enter or the form's button (`submit`), or by the backend that the form is posted to
   * (`form`).
   */
  verify?: "complete" | "submit" | "form" | Absent;
  /** The id of the form that it and its input belong to, if they do not stand in it. */
  form?: string | Absent;
  /** Paints the slots in groups, e.g. `3 3`; what does not add up to the length is ignored. */
  groups?: string | Absent;
  /** The form cannot be submitted before the token is verified. */
  required?: boolean | undefined;
  /** Submits the form once the token is verified. */
  autosubmit?: boolean | undefined;
  /** Asks for a token at once, by the first way. Read once, when the element comes to life. */
  autostart?: boolean | undefined;
  /** Focuses the field once the element is alive. Read once. */
  autofocus?: boolean | undefined;
  /** Takes nothing from the visitor; answers under way still count. */
  disabled?: boolean | undefined;
  /** The field takes no input. */
  readonly?: boolean | undefined;
  /** Paints `•` for each character. */
  mask?: boolean | undefined;
}

/** What has no attribute. */
interface Objects {
  /** Words instead of the built-in ones, by their names. */
  strings?: MfaCodeStrings | Absent;
  /** Sent with each request, such as a CSRF token. */
  headers?: HeadersInit | Absent;
}

/** What is said by another name as a property. For endpoints that do not state it. */
interface Config {
  /** Characters of the token: a whole number from 4 to 20, 6 by default. */
  tokenLength?: Whole;
  /** Letters, A to Z and a to z, beside digits. */
  allowAlphas?: boolean | undefined;
  /** Tries, the first one among them: a whole number from 1 to 20, 3 by default. */
  maxAttempts?: Whole;
  /** Seconds that the token is good for: a whole number from 0 to 604,800, 3,600 by default. */
  validFor?: Whole;
}

/** The same as attributes. */
interface ConfigAttributes {
  /** Characters of the token: a whole number from 4 to 20, 6 by default. */
  "token-length"?: Whole;
  /** Letters, A to Z and a to z, beside digits. */
  "allow-alphas"?: boolean | "" | undefined;
  /** Tries, the first one among them: a whole number from 1 to 20, 3 by default. */
  "max-attempts"?: Whole;
  /** Seconds that the token is good for: a whole number from 0 to 604,800, 3,600 by default. */
  "valid-for"?: Whole;
}

/** What a template can say to `<mfa-code>`, beside what it can say to every HTML element. */
export interface MfaCodeProps extends Said, Objects, Config, ConfigAttributes {}

/** What stands in markup. */
export interface MfaCodeAttributes extends Said, ConfigAttributes {}

/** What can be set by a script. */
export interface MfaCodeProperties extends Said, Objects, Config {}

/** One of the element's own events, as a listener at the element gets it. */
export type MfaCodeEvent<Name extends keyof MfaCodeEventMap, Element> =
  MfaCodeEventMap[Name] & { readonly currentTarget: Element };

/** Its own events, each under a prefix. */
export type MfaCodeListeners<Prefix extends string, Element> = {
  [Name in keyof MfaCodeEventMap as `${Prefix}${Name}`]?:
    | ((event: MfaCodeEvent<Name, Element>) => void)
    | undefined;
};

/** What is ours goes before what a framework says of the same name. */
export type Over<Theirs, Ours> = Omit<Theirs, keyof Ours> & Ours;
