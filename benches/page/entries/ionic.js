// The one element and no other, as Ionic's guide to its custom elements has it.
import { initialize } from "@ionic/core/components";
import { defineCustomElement } from "@ionic/core/components/ion-input-otp.js";

import { confirm } from "./confirm.js";

initialize();
defineCustomElement();

const entry = document.querySelector("ion-input-otp");
entry.addEventListener("ionComplete", ({ detail }) => confirm(detail.value));
// It says by a class that it has rendered.
const live = () => {
  if (!entry.matches(".hydrated")) return requestAnimationFrame(live);
  performance.mark("live");
};
live();
