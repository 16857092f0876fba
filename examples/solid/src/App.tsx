import type {} from "mfa-code/solid";
import { createSignal, Show } from "solid-js";
import type { MfaCodeElement, MfaCodeStrings } from "mfa-code";

const WORDS: MfaCodeStrings = { hint_digits: "{n} numbers, from the message." };

export function App(props: { ticket: string }) {
  const [isOpen, setOpen] = createSignal(true);
  const [typed, setTyped] = createSignal(0);
  const [trouble, setTrouble] = createSignal("");
  let code: MfaCodeElement | undefined;
  return (
    <>
      <h1>Is it you?</h1>
      <button type="button" onClick={() => setOpen(!isOpen())}>{isOpen() ? "Hide" : "Show"}</button>
      <Show when={isOpen()}>
        <form action="/code" method="post">
          <mfa-code
            ref={code}
            endpoint="/mfa"
            ticket={props.ticket}
            name="mfa"
            bool:required={true}
            prop:tokenLength={6}
            prop:strings={WORDS}
            on:mfa-verified={({ currentTarget }) => currentTarget.form?.requestSubmit()}
            on:mfa-error={({ detail }) => setTrouble(detail.kind)}
          >
            <label for="code">Security code</label>
            <input
              id="code"
              name="token"
              autocomplete="one-time-code"
              inputmode="numeric"
              dir="ltr"
              onInput={({ currentTarget }) => setTyped(currentTarget.value.length)}
            />
          </mfa-code>
          <button>Continue</button>
          <button type="button" onClick={() => code?.reset()}>Start over</button>
        </form>
      </Show>
      <p>Typed: {typed()}</p>
      <p>Trouble: {trouble() || "none"}</p>
    </>
  );
}
