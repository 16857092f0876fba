// The drawn phone: shows each text message and call as it arrives, and reads calls aloud. Text is
// only ever set as textContent; the event stream is the one source.

import { speaker } from "./voice.js";

/** @typedef {{id: string, channel: "sms"|"call", from: string, text: string, token: string, at: string}} Delivery */

const MOST_SHOWN = 50;
const byId = (id) => document.getElementById(id);
/** Also when this page is the answer to the form that asked for the code. */
const opened = performance.timeOrigin;
const shown = new Set();
let latest = null;

/** As the page writes its times, and the entry beside it. */
const clock = (time) => time.toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(text, action) {
  const made = element("button", "action", text);
  made.type = "button";
  made.addEventListener("click", () => action(made));
  return made;
}

async function copy(token, from) {
  const before = "Copy code";
  try {
    await navigator.clipboard.writeText(token);
    from.textContent = "Copied";
    say("Code copied");
  } catch {
    from.textContent = "Copy failed";
    say("The browser did not allow copying");
  }
  setTimeout(() => (from.textContent = before), 2000);
}

function say(words) {
  byId("phone-news").textContent = words;
}

/** What comes before the token, and the token: it is always last. @param {Delivery} delivery */
function parts({ text, token }) {
  return [text.slice(0, text.length - token.length), token];
}

/** One character at a time, as a voice would read it. */
const spelled = (token) => [...token].join(" ");

function drawnMessage(delivery) {
  const [before, token] = parts(delivery);
  const bubble = element("p", "bubble", before);
  bubble.dir = "auto";
  bubble.append(element("bdi", "token", token));
  return [bubble];
}

function drawnCall(delivery, item, isNew) {
  const [before, token] = parts(delivery);
  const head = element("p", "caller", isNew ? "Incoming call" : "Call");
  head.append(element("span", "wave"));
  const said = element("p", "bubble", `“${before}`);
  said.dir = "auto";
  said.append(element("bdi", "token", spelled(token)), "”");
  item.voice = () => speaker.read(before, token, (talking) => (item.dataset.talking = talking));
  return [head, said];
}

/** @param {Delivery} delivery */
function drawn(delivery, isNew) {
  const item = element("li", `${delivery.channel}${isNew ? " new" : ""}`);
  const meta = element("p", "meta");
  const time = element("time", "", clock(new Date(delivery.at)));
  time.dateTime = delivery.at;
  meta.append(element("bdi", "", delivery.from), " · ", time);
  const body = delivery.channel === "call" ? drawnCall(delivery, item, isNew) : drawnMessage(delivery);
  const actions = element("div", "actions");
  actions.append(button("Copy code", (from) => copy(delivery.token, from)));
  if (item.voice && speaker.available) actions.append(button("Listen", () => item.voice()));
  item.append(meta, ...body, actions);
  return item;
}

/** On a narrow screen the phone is below the form, so its news comes as a banner. */
function raiseBanner(delivery) {
  const [before, token] = parts(delivery);
  latest = delivery;
  byId("banner-title").textContent = delivery.channel === "call" ? "Call" : "Message";
  byId("banner-text").textContent =
    before + (delivery.channel === "call" ? spelled(token) : token);
  byId("banner").hidden = false;
}

function receive(/** @type {Delivery} */ delivery) {
  if (shown.has(delivery.id)) return;
  shown.add(delivery.id);
  // What the phone kept from before this page is history: shown, not announced, not spoken.
  const isNew = Date.parse(delivery.at) >= opened;
  const item = drawn(delivery, isNew);
  const thread = byId("phone-thread");
  thread.append(item);
  while (thread.childElementCount > MOST_SHOWN) thread.firstElementChild.remove();
  thread.scrollTop = thread.scrollHeight;
  byId("phone-empty").hidden = true;
  if (!isNew) return;
  const [before, token] = parts(delivery);
  const kind = delivery.channel === "call" ? "Incoming call" : "New text message";
  say(`${kind}. ${before}${spelled(token)}`);
  raiseBanner(delivery);
  item.voice?.();
}

function forget() {
  shown.clear();
  speaker.stop();
  byId("phone-thread").replaceChildren();
  byId("phone-empty").hidden = false;
  byId("banner").hidden = true;
}

function follow() {
  const events = new EventSource("/phone/events");
  events.onopen = () => (byId("phone-lost").hidden = true);
  events.onerror = () => (byId("phone-lost").hidden = false);
  events.onmessage = ({ data }) => receive(JSON.parse(data));
  events.addEventListener("reset", forget);
}

function tick() {
  byId("phone-clock").textContent = clock(new Date());
}

byId("banner-copy").addEventListener("click", ({ currentTarget }) => copy(latest.token, currentTarget));
byId("banner-close").addEventListener("click", () => (byId("banner").hidden = true));

// Whoever looks at the phone itself needs no banner of its news.
new IntersectionObserver(([phone]) => phone.isIntersecting && (byId("banner").hidden = true), {
  threshold: 0.6,
}).observe(byId("phone"));

const mute = byId("phone-mute");
mute.hidden = !speaker.available;
mute.setAttribute("aria-pressed", speaker.muted);
mute.addEventListener("click", () => {
  speaker.muted = !speaker.muted;
  mute.setAttribute("aria-pressed", speaker.muted);
});

tick();
setInterval(tick, 10_000);
follow();
