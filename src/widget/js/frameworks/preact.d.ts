/**
 * `<mfa-code>` in Preact's JSX: properties, listeners, `ref`. Nothing at run time.
 *
 * @example
 * ```tsx
 * import type {} from "mfa-code/preact";
 *
 * <mfa-code endpoint="/mfa" ticket={ticket} name="mfa" required
 *   onmfa-verified={({ currentTarget }) => currentTarget.form?.requestSubmit()} />
 * ```
 *
 * @packageDocumentation
 */
import type { ClassAttributes, HTMLAttributes } from "preact";
import type { MfaCodeElement } from "../index.js";
import type { MfaCodeListeners, MfaCodeProps, Over } from "./attributes.js";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "mfa-code": Over<
        HTMLAttributes<MfaCodeElement>,
        MfaCodeProps & MfaCodeListeners<"on", MfaCodeElement>
      > & ClassAttributes<MfaCodeElement>;
    }
  }
}
