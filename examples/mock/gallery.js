// Serve the project's root, and open /examples/mock/. With a bundler: "mfa-code/mock".
import { code, defineMock } from "/dist/mock.js";

defineMock();

/** How to get there: where it asks, what is typed, and whether that is all. */
const STATES = {
  idle: {},
  sending: { endpoint: "mock:held", asks: true, waits: false },
  entering: { asks: true },
  summary: { endpoint: "mock:summary", asks: true },
  verifying: { asks: true, types: "held", waits: false },
  verified: { asks: true, types: "verified" },
  rejected: { asks: true, types: "wrong" },
  last: { asks: true, types: "last" },
  expired: { asks: true, types: "expired" },
  exhausted: { asks: true, types: "exhausted" },
  used: { asks: true, types: "used" },
  "rate limited": { endpoint: "mock:rate-limited", asks: true },
  "number refused": { endpoint: "mock:number-refused", asks: true },
  offline: { asks: true, types: "offline" },
};

async function shows(name, { endpoint = "mock:", asks, types, waits = true }) {
  const section = document.createElement("section");
  const heading = Object.assign(document.createElement("h2"), { textContent: name });
  const element = Object.assign(document.createElement("mfa-code"), { endpoint, verify: "submit", id: name });
  section.append(heading, element);
  document.querySelector("#states").append(section);
  if (!asks) return;
  const asked = element.start();
  // What is held stays: nobody waits for it.
  if (waits || types) await asked;
  if (!types) return;
  element.querySelector("input").value = code(types);
  const verified = element.verify();
  if (waits) await verified;
}

await Promise.all(Object.entries(STATES).map((state) => shows(...state)));
document.documentElement.dataset.ready = "";
