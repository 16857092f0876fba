// As the README of Hanko's elements has it: registered with where the API is, and told by events.
import { register } from "@teamhanko/hanko-elements";

const entry = document.querySelector("hanko-auth");
const { hanko } = await register(`${location.origin}/hanko/api`);

// It sends the code off as soon as it is whole.
hanko.onBeforeStateChange(({ state }) => {
  if (state.name === "passcode_confirmation") performance.mark("complete");
});
entry.addEventListener("onSessionCreated", () => {
  document.querySelector("#status").textContent = "Verified";
  performance.mark("verified");
});
// Nothing says that it has rendered.
const live = () => {
  if (!entry.shadowRoot.querySelector("[part~=passcode-input]:enabled")) return requestAnimationFrame(live);
  performance.mark("live");
};
live();
