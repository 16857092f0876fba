import { Component, CUSTOM_ELEMENTS_SCHEMA, ElementRef, inject, signal } from "@angular/core";
import type { MfaCodeElement, MfaCodeEventMap, MfaCodeStrings } from "mfa-code";

@Component({
  selector: "main",
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <h1>Is it you?</h1>
    <button type="button" (click)="isOpen.set(!isOpen())">{{ isOpen() ? "Hide" : "Show" }}</button>
    @if (isOpen()) {
      <form action="/code" method="post" ngNoForm>
        <mfa-code
          #code
          endpoint="/mfa"
          [ticket]="ticket"
          name="mfa"
          required
          [tokenLength]="6"
          [strings]="words"
          (mfa-verified)="post($event)"
          (mfa-error)="fail($event)"
        >
          <label for="code">Security code</label>
          <input
            #field
            id="code"
            name="token"
            autocomplete="one-time-code"
            inputmode="numeric"
            dir="ltr"
            (input)="typed.set(field.value.length)"
          >
        </mfa-code>
        <button>Continue</button>
        <button type="button" (click)="code.reset()">Start over</button>
      </form>
    }
    <p>Typed: {{ typed() }}</p>
    <p>Trouble: {{ trouble() || "none" }}</p>
  `,
})
export class App {
  protected readonly ticket = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement.dataset["ticket"];
  protected readonly words: MfaCodeStrings = { hint_digits: "{n} numbers, from the message." };
  protected readonly isOpen = signal(true);
  protected readonly typed = signal(0);
  protected readonly trouble = signal("");

  protected post({ currentTarget }: MfaCodeEventMap["mfa-verified"]): void {
    (currentTarget as MfaCodeElement).form?.requestSubmit();
  }

  protected fail({ detail }: MfaCodeEventMap["mfa-error"]): void {
    this.trouble.set(detail.kind);
  }
}
