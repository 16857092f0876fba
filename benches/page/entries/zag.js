// As zag's guide for pages without a framework has it.
import { connect, machine } from "@zag-js/pin-input";
import { VanillaMachine, normalizeProps, spreadProps } from "@zag-js/vanilla";

import { confirm } from "./confirm.js";

const root = document.querySelector("#entry");
const service = new VanillaMachine(machine, {
  id: "code", otp: true, placeholder: "", count: 6,
  onValueComplete: ({ valueAsString }) => confirm(valueAsString),
});

function render() {
  const api = connect(service.service, normalizeProps);
  spreadProps(root, api.getRootProps());
  spreadProps(root.querySelector("label"), api.getLabelProps());
  root.querySelectorAll("input.slot").forEach((input, index) => spreadProps(input, api.getInputProps({ index })));
  spreadProps(root.querySelector("input.hidden"), api.getHiddenInputProps());
}

service.subscribe(render);
service.start();
render();
performance.mark("live");
