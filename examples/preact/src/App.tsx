import type {} from "mfa-code/preact";
import { useRef, useState } from "preact/hooks";
import type { MfaCodeElement, MfaCodeStrings } from "mfa-code";

const WORDS: MfaCodeStrings = { hint_digits: "{n} numbers, from the message." };

export function App({ ticket }: { ticket: string }) {
  const [isOpen, setOpen] = useState(true);
  const [typed, setTyped] = useState(0);
  const [trouble, setTrouble] = useState("");
  const code = useRef<MfaCodeElement>(null);
  return (
    <>
      <h1>Is it you?</h1>
      <button type="button" onClick={() => setOpen(!isOpen)}>{isOpen ? "Hide" : "Show"}</button>
      {isOpen && (
        <form action="/code" method="post">
          <mfa-code
            ref={code}
            endpoint="/mfa"
            ticket={ticket}
            name="mfa"
            required
            tokenLength={6}
            strings={WORDS}
            onmfa-verified={({ currentTarget }) => currentTarget.form?.requestSubmit()}
            onmfa-error={({ detail }) => setTrouble(detail.kind)}
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
          <button type="button" onClick={() => code.current?.reset()}>Start over</button>
        </form>
      )}
      <p>Typed: {typed}</p>
      <p>Trouble: {trouble || "none"}</p>
    </>
  );
}
