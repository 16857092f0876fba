// A form with the element before an endpoint that a script plays, so that every state can be had and
// held without a clock. Runs in the page.

import { fieldsOf } from "./standing.js";

export const RIGHT = "123456";
const WRONG = "123457";
export const HTML = `<label for="code">Security code</label><input id="code" name="token">`;

/** The requests that wait to be answered: `answer(status, body)` or `fails()`. */
export const waiting = [];
/** What a request for this gets at once; without one it waits. */
let rules = {};

const real = window.fetch.bind(window);
let sent = 0;
window.fetch = async (request, init) => {
  const url = new URL(request.url ?? request, location);
  if (!url.pathname.startsWith("/played/")) return real(request, init);
  const kind = url.pathname.endsWith("/verify") ? "verify" : "send";
  const { token } = JSON.parse(await new Request(request, init).text());
  const answers = (status, body) =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  const usual = () => {
    if (kind === "send") {
      return answers(200, { id: `i${++sent}`, success: true, to: "+1 ••• ••• 0123", channel: "sms", token_length: 6,
        allow_alphas: false, max_attempts: 3, valid_for: 600, resend_after: 0, channels: ["sms"] });
    }
    if (token === RIGHT) return answers(200, { success: true, receipt: "a.receipt.signed" });
    return answers(200, { success: false, attempts_left: 2 });
  };
  const rule = rules[kind];
  if (rule === "exhausted") {
    return new Response(JSON.stringify({ code: "closed", reason: "exhausted", status: 404, title: "Closed" }),
      { status: 404, headers: { "content-type": "application/problem+json" } });
  }
  if (rule === "offline") throw new TypeError("Failed to fetch");
  if (rule === "held") await new Promise((resolve) => waiting.push(resolve));
  return usual();
};

export const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** Waits for what the page itself will bring about; how often it looks is no part of any story. */
export async function until(says, what, frames = 60) {
  for (let looks = 0; looks < frames; looks++) {
    if (says()) return;
    await frame();
  }
  throw new Error(`waited in vain for ${what}`);
}

/** The module is fetched for the first one. */
const AT_FIRST = 600;

const at = (host, state) => until(() => host.dataset.state === state, state, state === "idle" ? AT_FIRST : undefined);

/** As a person does, who has the focus in the field. */
export function types(text) {
  for (const character of text) document.execCommand("insertText", false, character);
}

/** A form with the element in it, as a server sends it, in the page or in a shadow root. */
export function form(inside = HTML, on = "", main = document.querySelector("main")) {
  const template = document.createElement("template");
  template.innerHTML = `<form action="/own/posted" method="post"><mfa-code endpoint="/played" name="mfa" required${on}>${inside}</mfa-code>
    <p id="of-the-page">Ask us.</p><button>Continue</button></form><form class="other"></form>`;
  main.replaceChildren(template.content);
  const host = main.querySelector("mfa-code");
  return { host, form: host.form ?? main.querySelector("form"), html: inside };
}

/** Nothing is played otherwise any more, and what waited is let go. */
export async function letsGo() {
  rules = {};
  while (waiting.length) {
    waiting.shift()();
    await frame();
  }
}

const field = (host) => fieldsOf(host)[0];
const asks = (host) => host.start("sms");

async function entering(host, text) {
  await at(host, "idle");
  asks(host);
  await at(host, "entering");
  field(host).focus();
  types(text);
}

/** How each state is come to. */
export const STATES = {
  idle: (host) => at(host, "idle"),
  "idle, typed in": async (host) => {
    await at(host, "idle");
    field(host).focus();
    types("12");
  },
  sending: async (host) => {
    rules = { send: "held" };
    await at(host, "idle");
    field(host).focus();
    asks(host);
    await at(host, "sending");
  },
  "entering, half typed": (host) => entering(host, "123"),
  "entering, caret inside": async (host) => {
    await entering(host, "1234");
    field(host).setSelectionRange(2, 2);
  },
  rejected: async (host) => {
    await entering(host, WRONG);
    await at(host, "rejected");
  },
  verifying: async (host) => {
    rules = { verify: "held" };
    await entering(host, RIGHT);
    await at(host, "verifying");
  },
  verified: async (host) => {
    await entering(host, RIGHT);
    await at(host, "verified");
  },
  closed: async (host) => {
    rules = { verify: "exhausted" };
    await entering(host, WRONG);
    await at(host, "closed");
  },
  offline: async (host) => {
    rules = { verify: "offline" };
    await entering(host, WRONG);
    await at(host, "offline");
  },
};

/** Comes to a state, with everything that was to be said there said. */
export async function staged(state, inside, on) {
  await letsGo();
  const stage = form(inside, on);
  await STATES[state](stage.host);
  await frame();
  return stage;
}

/** What stands in the way of signing in from here, or nothing. */
export async function signsIn(host, { doubles } = {}) {
  await letsGo();
  await until(() => !["sending", "verifying"].includes(host.dataset.state), "an answer");
  await frame();
  if (["idle", "closed"].includes(host.dataset.state)) {
    host.reset();
    await host.start("sms");
    await frame();
  }
  if (host.dataset.state !== "verified") {
    const it = field(host);
    it.focus();
    it.select();
    types(RIGHT);
    await until(() => host.dataset.state === "verified" || !host.dataset.state, "the code to be confirmed");
  }
  const owner = host.form;
  if (!owner) return "the element is in no form";
  const posted = [...new FormData(owner)];
  const of = (name) => posted.filter(([key]) => key === name).map(([, value]) => value);
  if (of("mfa").join() !== "a.receipt.signed") return `the form posts "${of("mfa")}" as receipt`;
  if (of("token").length > 1 && !doubles) return `the form posts the code ${of("token").length} times`;
  return "";
}
