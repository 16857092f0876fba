/**
 * `<mfa-code>` in the markup of Svelte 5: properties, listeners, `bind:this`. Nothing at run time.
 *
 * @example
 * ```svelte
 * <script lang="ts">
 *   import type {} from "mfa-code/svelte";
 * </script>
 *
 * <mfa-code endpoint="/mfa" {ticket} name="mfa" required
 *   onmfa-verified={({ currentTarget }) => currentTarget.form?.requestSubmit()}></mfa-code>
 * ```
 *
 * @packageDocumentation
 */
import type { HTMLAttributes } from "svelte/elements";
import type { MfaCodeElement } from "../index.js";
import type { MfaCodeListeners, MfaCodeProps, Over } from "./attributes.js";

declare module "svelte/elements" {
  interface SvelteHTMLElements {
    "mfa-code": Over<
      HTMLAttributes<MfaCodeElement>,
      MfaCodeProps & MfaCodeListeners<"on" | "on:", MfaCodeElement>
    >;
  }
}
