// How an element stands in its page: what a person sees, clicks and is told of it. Runs in the page.

const TEXT_FIELD = "input:not([type=hidden],[type=checkbox],[type=radio],[type=submit],[type=button],[type=reset],"
  + "[type=image],[type=file],[type=range],[type=color],[type=date])";

/** Half a pixel is rounding. */
const SAME = 1;

const isShown = (it) => it.getClientRects().length > 0 && getComputedStyle(it).visibility === "visible";

/** The fields of the element that a person could type into, that over the slots first. */
export const fieldsOf = (host) => {
  const over = host.shadowRoot?.querySelector("slot[name=field]")?.assignedElements() ?? [];
  return [...host.querySelectorAll(TEXT_FIELD)].filter(isShown).sort((one, other) => over.includes(other) - over.includes(one));
};

/** What the field is called, by whichever of the ways in which a field can be. Firefox's `labels` grow old. */
const namesOf = (field) => {
  const labels = [...field.getRootNode().querySelectorAll("label")]
    .filter((label) => label.control === field && isShown(label))
    .map((label) => label.textContent.trim()).filter(Boolean);
  return labels.length ? labels : [field.ariaLabel].filter(Boolean);
};

/** The texts that an element's IDREFs lead to; what is wrong with the ids is told. */
function described(field, wrong, doubles) {
  const root = field.getRootNode();
  const ids = (field.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean);
  if (new Set(ids).size !== ids.length) wrong(`the description names an id twice: ${ids}`);
  return ids.map((id) => {
    const named = root.querySelectorAll(`[id="${CSS.escape(id)}"]`);
    if (named.length !== 1 && !(doubles && named.length)) wrong(`the description names ${named.length} elements by ${id}`);
    return named[0]?.textContent.trim() ?? "";
  }).filter(Boolean);
}

/** The slots in the order in which they are painted. */
const slotsOf = (host) => [...host.shadowRoot.querySelectorAll("[part~=slot]")];

function overSlots(host, field, wrong) {
  const row = host.shadowRoot.querySelector("[part~=slots]");
  const slots = slotsOf(host);
  if (!slots.length) return void wrong("no slots are painted");
  field.scrollIntoView({ block: "center" });
  const [over, under] = [field, row].map((it) => it.getBoundingClientRect());
  const sides = ["left", "top", "right", "bottom"];
  const rect = (of) => sides.map((side) => Math.round(of[side])).join();
  if (sides.some((side) => Math.abs(over[side] - under[side]) > SAME)) {
    wrong(`the field is at ${rect(over)}, its slots are at ${rect(under)}`);
  }
  const missed = slots.map((slot) => {
    const { left, top, width, height } = slot.getBoundingClientRect();
    return host.getRootNode().elementFromPoint(left + width / 2, top + height / 2);
  }).filter((hit) => hit !== field);
  if (missed.length) wrong(`clicks at ${missed.length} slots hit ${[...new Set(missed.map((hit) => hit?.localName))]}`);
  const painted = slots.map((slot) => slot.textContent).join("");
  if (painted !== field.value) wrong(`the slots show "${painted}", the field holds "${field.value}"`);
}

/**
 * What a person has before them.
 *
 * @returns {{state: string, value: string, caret: number[], focused: boolean, name: string,
 *   description: string[], error: string, wrong: string[]}} `wrong`: whatever of it is not as it must be.
 */
export function standing(host, { doubles = false } = {}) {
  const faults = [];
  const wrong = (what) => void faults.push(what);
  const fields = fieldsOf(host);
  if (fields.length !== 1 && !(doubles && fields.length)) wrong(`there are ${fields.length} fields`);
  const state = host.dataset.state ?? "plain";
  if (state !== "plain" && host.state.phase !== state) wrong(`data-state is ${state}, the phase ${host.state.phase}`);
  const field = fields[0];
  if (!field) return { state, wrong: faults };
  const labels = namesOf(field);
  if (labels.length !== 1 && !(doubles && labels.length)) wrong(`the field has ${labels.length} names`);
  const description = described(field, wrong, doubles);
  const root = field.getRootNode();
  for (const { id } of host.querySelectorAll("[id]")) {
    if (id && !doubles && root.querySelectorAll(`[id="${CSS.escape(id)}"]`).length > 1) wrong(`two elements have the id ${id}`);
  }
  if (state !== "plain") {
    overSlots(host, field, wrong);
    if (!description.length) wrong("nothing describes the field");
  }
  // Each sentence stands there once.
  const texts = [...host.querySelectorAll("p,[slot]")].filter(isShown).map((it) => it.textContent.trim()).filter(Boolean);
  for (const text of new Set(texts)) if (!doubles && texts.filter((it) => it === text).length > 1) wrong(`twice on the page: ${text}`);
  const errors = [...host.querySelectorAll("[slot=error]")].filter(isShown).map((it) => it.textContent.trim()).filter(Boolean);
  const error = errors[0] ?? "";
  if (error && !doubles && !description.includes(error)) wrong(`the error is no part of the description: ${error}`);
  if (field.hidden || field.disabled !== host.matches(":disabled")) wrong("the field cannot be used");
  return {
    state, value: field.value, caret: [field.selectionStart, field.selectionEnd],
    focused: root.activeElement === field, name: labels[0] ?? "", description, error, wrong: faults,
  };
}
