/**
 * `<mfa-code>` in Solid's JSX: properties, `prop:`, `attr:`, `bool:` and `on:`. Nothing at run time.
 *
 * @example
 * ```tsx
 * import type {} from "mfa-code/solid";
 *
 * <mfa-code endpoint="/mfa" ticket={ticket()} name="mfa" required
 *   on:mfa-verified={({ currentTarget }) => currentTarget.form?.requestSubmit()} />
 * ```
 *
 * @packageDocumentation
 */
import type { JSX } from "solid-js";
import type { MfaCodeElement } from "../index.js";
import type {
  MfaCodeAttributes, MfaCodeListeners, MfaCodeProperties, MfaCodeProps, Over,
} from "./attributes.js";

type Flag = { [Name in keyof MfaCodeAttributes]: boolean extends MfaCodeAttributes[Name] ? Name : never }[
  keyof MfaCodeAttributes
];

type Prefixed =
  & { [Name in keyof MfaCodeProperties as `prop:${Name}`]?: MfaCodeProperties[Name] }
  & { [Name in keyof MfaCodeAttributes as `attr:${Name}`]?: MfaCodeAttributes[Name] }
  & { [Name in NonNullable<Flag> as `bool:${Name}`]?: boolean | undefined };

declare module "solid-js" {
  namespace JSX {
    interface IntrinsicElements {
      "mfa-code": Over<
        JSX.HTMLAttributes<MfaCodeElement>,
        MfaCodeProps & Prefixed & MfaCodeListeners<"on:", MfaCodeElement>
      >;
    }
  }
}
