// The outbox, drawn as phones. Text is only ever set as textContent; the event stream is the one
// source, so that what is shown is what the outbox holds.

const MOST_SHOWN = 200;
const byId = (id) => document.getElementById(id);
/** What each phone received, oldest first. @type {Map<string, object[]>} */
const phones = new Map();
let shown = null;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(text, label, action) {
  const made = element("button", "", text);
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.addEventListener("click", () => action(made));
  return made;
}

async function copy(text, from) {
  const before = from.textContent;
  try {
    await navigator.clipboard.writeText(text);
    from.textContent = "Copied";
  } catch {
    from.textContent = "Copy failed";
  }
  setTimeout(() => (from.textContent = before), 1500);
}

/** The token last and one character at a time, as a voice would read it. */
function listen({ text, token }) {
  const said = text.slice(0, text.length - token.length) + [...token].join(", ");
  speechSynthesis.cancel();
  speechSynthesis.speak(new SpeechSynthesisUtterance(said));
}

function drawn(delivery, isNew) {
  const { channel, from, text, token, at } = delivery;
  const item = element("li", isNew ? `${channel} new` : channel);
  const meta = element("p", "meta", channel === "call" ? `Call from ${from}, ` : `${from}, `);
  const time = element("time", "", new Date(at).toLocaleTimeString());
  time.dateTime = at;
  meta.append(time);

  const bubble = element("p", "bubble", text.slice(0, text.length - token.length));
  bubble.append(element("span", "token", token));

  const actions = element("div", "actions");
  actions.append(button("Copy code", `Copy code ${token}`, (from) => copy(token, from)));
  if (channel === "call" && "speechSynthesis" in window) {
    actions.append(button("Listen", "Listen to the call", () => listen(delivery)));
  }
  item.append(meta, bubble, actions);
  return item;
}

function drawNumbers() {
  const newestFirst = [...phones].sort(
    ([, one], [, other]) => other.at(-1).order - one.at(-1).order,
  );
  const items = newestFirst.map(([number, deliveries]) => {
    const chosen = element("button");
    chosen.type = "button";
    if (number === shown) chosen.setAttribute("aria-current", "true");
    chosen.append(element("span", "number", number), element("span", "count", deliveries.length));
    chosen.addEventListener("click", () => show(number));
    const item = element("li");
    item.append(chosen);
    return item;
  });
  const focused = byId("numbers").contains(document.activeElement);
  byId("numbers").replaceChildren(...items);
  if (focused) byId("numbers").querySelector("[aria-current]")?.focus();
  byId("no-numbers").hidden = items.length > 0;
}

/** Shows one phone from the start, or the empty state when there is none. */
function show(number) {
  shown = number;
  byId("owner").textContent = number ?? "No messages yet";
  byId("empty").hidden = number !== null;
  const deliveries = phones.get(number) ?? [];
  byId("deliveries").replaceChildren(...deliveries.map((delivery) => drawn(delivery, false)));
  byId("deliveries").scrollTop = byId("deliveries").scrollHeight;
  drawNumbers();
}

let order = 0;

function receive(delivery) {
  const received = phones.get(delivery.to) ?? [];
  // After a restart of the emulator the stream begins again.
  if (received.some(({ id }) => id === delivery.id)) return;
  received.push({ ...delivery, order: order++ });
  if (received.length > MOST_SHOWN) received.shift();
  phones.set(delivery.to, received);
  // The phone that rings is the one to look at.
  if (delivery.to !== shown) return show(delivery.to);
  const list = byId("deliveries");
  list.append(drawn(delivery, true));
  while (list.childElementCount > MOST_SHOWN) list.firstElementChild.remove();
  list.scrollTop = list.scrollHeight;
  drawNumbers();
}

function linkIs(state, text) {
  byId("link").dataset.state = state;
  byId("link").textContent = text;
}

function follow() {
  const events = new EventSource("events");
  events.onopen = () => linkIs("live", "Live");
  events.onerror = () => linkIs("lost", "Connection lost, trying again");
  events.onmessage = ({ data }) => receive(JSON.parse(data));
  events.addEventListener("reset", () => {
    phones.clear();
    show(null);
  });
}

async function control(method, path, body) {
  const said = byId("said");
  try {
    const answer = await fetch(path, { method, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`The emulator answered ${answer.status}.`);
    return answer;
  } catch (problem) {
    said.textContent = `That did not work. ${problem.message}`;
    return null;
  }
}

for (const advance of document.querySelectorAll("[data-advance]")) {
  advance.addEventListener("click", async () => {
    const answer = await control("POST", "clock", { advance: Number(advance.dataset.advance) });
    if (!answer) return;
    const { advanced } = await answer.json();
    byId("said").textContent = `The clock is ${advanced / 60} minutes ahead.`;
  });
}

byId("reset").addEventListener("click", async () => {
  if (!(await control("DELETE", "../_emulator"))) return;
  phones.clear();
  show(null);
  byId("said").textContent = "Everything is back to the start.";
});

const example = `curl -u YourProjectID:YourAuthToken \\
  -H 'Content-Type: application/json' \\
  -d '{"to": "+15557788999"}' \\
  ${location.origin}/api/relay/rest/mfa/sms`;
byId("example").textContent = example;
byId("copy-example").addEventListener("click", ({ target }) => copy(example, target));

show(null);
follow();
