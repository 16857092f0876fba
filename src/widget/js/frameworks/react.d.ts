/**
 * `<mfa-code>` in the JSX of React 19 or newer: properties, listeners, `ref`. Nothing at run time.
 *
 * @example
 * ```tsx
 * import type {} from "mfa-code/react";
 *
 * <mfa-code endpoint="/mfa" ticket={ticket} name="mfa" required
 *   onmfa-verified={({ currentTarget }) => currentTarget.form?.requestSubmit()} />
 * ```
 *
 * @packageDocumentation
 */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { MfaCodeElement } from "../index.js";
import type { MfaCodeListeners, MfaCodeProps, Over } from "./attributes.js";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "mfa-code": Over<
        DetailedHTMLProps<HTMLAttributes<MfaCodeElement>, MfaCodeElement>,
        MfaCodeProps & MfaCodeListeners<"on", MfaCodeElement>
      >;
    }
  }
}
