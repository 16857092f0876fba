/**
 * The real element and functions before an endpoint that is not there, for Storybook, design work and
 * static documents. Nothing is sent; the element says so. Importing this mocks nothing: only a call
 * of `defineMock`, or of the functions from here, does.
 *
 * @packageDocumentation
 */

import type { MfaCodeElement } from "./index.js";

export { MfaCodeElement, isMfaError, start, verify } from "./index.js";

/** What becomes of a code, see `docs/mock.md`. `slow` is right after 5 seconds, `last` wrong with one try left, `held` right after `release`. */
export type MockOutcome =
  | "verified" | "wrong" | "expired" | "exhausted" | "used" | "rate-limited" | "offline" | "slow" | "last"
  | "held";

/**
 * The code that has this outcome: one digit, repeated.
 *
 * @param length 4 to 20, as the element's `token-length`. Default 6.
 * @throws {TypeError} there is no such outcome
 */
export function code(outcome: MockOutcome, length?: number): string;

/** Gives every answer that is held: to the code `held`, and to who asked for one at `mock:held`. */
export function release(): void;

/**
 * Registers an element that is a mock, and marked as one. Once more for the same name is harmless.
 *
 * @param tag `mfa-code` by default.
 * @returns its class; nothing on a server
 * @throws {Error} the name is taken by another element, perhaps by the real one
 */
export function defineMock(tag?: string, registry?: CustomElementRegistry): typeof MfaCodeElement | undefined;
