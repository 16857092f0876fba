// What pages, and the libraries and extensions in them, do to the children and attributes of an element
// that they know nothing of. Runs in the page.

/** The children by what they are. A page may have taken one away. */
const field = (host) => host.querySelector("input");
const CHILDREN = {
  field,
  label: (host) => host.querySelector("label"),
  hint: (host) => host.querySelector("[slot=hint]"),
  error: (host) => host.querySelector("[slot=error]"),
  summary: (host) => host.querySelector("[slot=summary]"),
};

const made = (tag, set = {}) => Object.assign(document.createElement(tag), set);

/** Without a parser's help: what a parser would make of it. */
function parsed(html) {
  const template = made("template");
  template.innerHTML = html;
  return template.content;
}

function fresh(what) {
  if (what === "field") return made("input", { id: "code", name: "token" });
  if (what === "label") return made("label", { htmlFor: "code", textContent: "Security code" });
  return made("p", { slot: what });
}

const wrap = (it, around) => {
  it.replaceWith(around);
  around.append(it);
};

/** Of a child: name, act, and what is to be expected otherwise than that nothing was lost. */
const OF_A_CHILD = {
  "is taken away": (it) => it.remove(),
  "is replaced by its clone": (it) => it.replaceWith(it.cloneNode(true)),
  "is replaced by a fresh one": (it, what) => it.replaceWith(fresh(what)),
  "is put first": (it) => it.parentNode.prepend(it),
  "is put last": (it) => it.parentNode.append(it),
  "is cloned beside": (it) => it.after(it.cloneNode(true)),
  "loses its slot": (it) => it.removeAttribute("slot"),
  "gets another slot": (it) => it.setAttribute("slot", "elsewhere"),
  "gets another id": (it) => (it.id = "renamed"),
  "loses its id": (it) => it.removeAttribute("id"),
  "gets another class": (it) => (it.className = "theirs"),
  "is wrapped in a div": (it) => wrap(it, made("div")),
  "is wrapped in a fieldset": (it) => wrap(it, made("fieldset")),
  "loses every attribute": (it) => it.getAttributeNames().forEach((name) => it.removeAttribute(name)),
};

/** A text that the page empties is the element's to fill again; a label is the page's own. */
const OF_A_TEXT = {
  "is emptied": (it) => (it.textContent = ""),
  "has its text wrapped, as translators do": (it) => it.childNodes[0] && wrap(it.childNodes[0], made("font")),
};

const OF_THE_FIELD = {
  "is wrapped in its label": (it, host) => {
    const label = CHILDREN.label(host);
    wrap(it, label);
  },
  "is replaced by one that has a value": (it) => it.replaceWith(made("input", { id: "code", name: "token", value: "98" })),
  "is replaced by one of another name": (it) => it.replaceWith(made("input", { id: "other", name: "otp" })),
  "gets another name": (it) => (it.name = "otp"),
  "has its description taken": (it) => it.removeAttribute("aria-describedby"),
  "is described by the page": (it) => it.setAttribute("aria-describedby", "of-the-page"),
  "has its role set": (it) => it.setAttribute("role", "textbox"),
  "is said to be valid": (it) => it.removeAttribute("aria-invalid"),
  "is said to be invalid": (it) => it.setAttribute("aria-invalid", "true"),
  "is made a tel": (it) => (it.type = "tel"),
  "gets a value attribute": (it) => it.setAttribute("value", ""),
  "loses inputmode and autocomplete": (it) => ["inputmode", "autocomplete"].forEach((name) => it.removeAttribute(name)),
  "is styled inline": (it) => it.setAttribute("style", "width: 3rem; position: static; font-size: 12px"),
  "gets a maxlength": (it) => (it.maxLength = 20),
};

const OF_THE_HOST = {
  "loses data-state": (host) => host.removeAttribute("data-state"),
  "has another data-state": (host) => (host.dataset.state = "idle"),
  "loses every attribute that the server did not send": (host) => {
    for (const name of host.getAttributeNames()) {
      if (!["endpoint", "name", "required"].includes(name)) host.removeAttribute(name);
    }
  },
  "is said to be busy": (host) => host.setAttribute("aria-busy", "true"),
  "has a class": (host) => (host.className = "theirs"),
  "is wrapped in a div": (host) => wrap(host, made("div")),
  "is moved to another place": (host) => host.form.append(host),
  "is moved to another form": (host) => host.getRootNode().querySelector("form.other").append(host),
  "is taken out and put back": (host) => {
    const { parentNode, nextSibling } = host;
    host.remove();
    parentNode.insertBefore(host, nextSibling);
  },
  "gets the server's HTML": (host, html) => (host.innerHTML = html),
  "gets the server's HTML by replaceChildren": (host, html) => host.replaceChildren(parsed(html)),
  "gets the server's HTML twice": (host, html) => {
    host.innerHTML = html;
    host.innerHTML = html;
  },
  "gets its own HTML again": (host) => (host.innerHTML = host.innerHTML),
  "has its children put the other way round": (host) => host.append(...[...host.children].reverse()),
  "is emptied": (host) => (host.textContent = ""),
};

/** These make another element, which begins anew; `looksAt` says which one a person has then. */
const OF_ANOTHER = {
  "is replaced by its clone": (host) => host.replaceWith(host.cloneNode(true)),
  "is replaced by the server's HTML": (host) => host.replaceWith(parsed(
    `<mfa-code endpoint="/played" name="mfa" required><label for="code">Security code</label><input id="code" name="token"></mfa-code>`)),
  "is replaced with its form": (host) => host.form.replaceWith(host.form.cloneNode(true)),
};

/** What is to be expected otherwise than that one field holds what was typed and nothing was lost. */
const OTHERWISE = {
  // What the page has in the way of a value goes before what was typed.
  "field is replaced by one that has a value": { values: ["98", undefined], anotherValue: true },
  "element is replaced by the server's HTML": { values: [""] },
  // What a page wants of it is not clear: both can be lived with.
  "element is emptied": { values: ["", undefined] },
  // The page's own doing: there is a second one, beside the one over the slots.
  "field is cloned beside": { doubles: true },
  "label is cloned beside": { doubles: true },
  // What is moved loses the focus, as any field does.
  "element is wrapped in a div": { losesFocus: true },
  "element is moved to another place": { losesFocus: true },
  "element is moved to another form": { losesFocus: true },
  "element is taken out and put back": { losesFocus: true },
};

const all = [];
for (const [what, find] of Object.entries(CHILDREN)) {
  const acts = what === "field" ? OF_A_CHILD : { ...OF_A_CHILD, ...OF_A_TEXT };
  for (const [how, act] of Object.entries(acts)) {
    // Before the module is there, so are no texts.
    all.push({ name: `${what} ${how}`, act: (host) => find(host) && act(find(host), what) });
  }
}
for (const [how, act] of Object.entries(OF_THE_FIELD)) all.push({ name: `field ${how}`, act: (host) => act(field(host), host) });
for (const [how, act] of Object.entries(OF_THE_HOST)) all.push({ name: `element ${how}`, act });
for (const [how, act] of Object.entries(OF_ANOTHER)) all.push({ name: `element ${how}`, act, another: true });

/**
 * @type {{name: string, act: (host: HTMLElement, html: string) => void, another?: boolean,
 *   values?: (string | undefined)[], doubles?: boolean, losesFocus?: boolean, anotherValue?: boolean}[]}
 */
export const MUTATIONS = all.map((it) => ({ ...it, ...OTHERWISE[it.name] }));
