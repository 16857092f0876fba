/**
 * `<mfa-code>` in the templates of Vue 3: properties and listeners. Nothing at run time; that it is
 * no component of Vue's, `compilerOptions.isCustomElement` says.
 *
 * @example
 * ```vue
 * <script setup lang="ts">
 * import type {} from "mfa-code/vue";
 * </script>
 *
 * <template>
 *   <mfa-code endpoint="/mfa" :ticket name="mfa" required @mfa-error="said = $event.detail.kind" />
 * </template>
 * ```
 *
 * @packageDocumentation
 */
import type { HTMLAttributes, ReservedProps } from "vue";
import type { MfaCodeElement, MfaCodeEventMap } from "../index.js";
import type { MfaCodeEvent, MfaCodeProps, Over } from "./attributes.js";

type Camel<Name extends string> =
  Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Tail>}` : Name;

/** `@mfa-verified` in a template is `onMfaVerified` to Vue. */
type Listeners = {
  [Name in keyof MfaCodeEventMap as `on${Capitalize<Camel<Name>>}`]?:
    | ((event: MfaCodeEvent<Name, MfaCodeElement>) => void)
    | undefined;
};

declare module "vue" {
  interface GlobalComponents {
    "mfa-code": new () => MfaCodeElement & {
      $props: Over<HTMLAttributes, MfaCodeProps & Listeners> & ReservedProps;
    };
  }
}
