// input-otp's own example of slots, by Preact.
import { OTPInput } from "input-otp";
import { h, render } from "preact";
import { useEffect } from "preact/hooks";

import { confirm } from "./confirm.js";

const Slot = ({ char, isActive, hasFakeCaret }) =>
  h("div", { class: isActive ? "slot active" : "slot" }, char, hasFakeCaret && h("div", { class: "caret" }));

function Entry() {
  useEffect(() => {
    performance.mark("live");
  }, []);
  return [
    h("label", { for: "code" }, "Security code"),
    h(OTPInput, {
      id: "code", name: "token", maxLength: 6, onComplete: confirm,
      render: ({ slots }) => h("div", { class: "slots" }, slots.map((slot, at) => h(Slot, { key: at, ...slot }))),
    }),
  ];
}

render(h(Entry), document.querySelector("#entry"));
