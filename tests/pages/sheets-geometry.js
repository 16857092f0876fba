// What is measured of an element in a page. Each function is run in the page, so it stands alone.

/** Where everything is, and what is wrong with it. @param {Element} element */
export function measured(element) {
  const root = element.shadowRoot;
  const field = element.querySelector("input");
  const alive = element.hasAttribute("data-state");
  const box = (it) => {
    const { left, top, width, height } = it.getBoundingClientRect();
    return { left, top: top + scrollY, width, height, right: left + width, bottom: top + scrollY + height };
  };
  const faults = [];
  const near = (a, b) => Math.abs(a - b) <= 0.75;
  const row = box(alive ? root.querySelector("[part=slots]") : root.querySelector(".entry"));
  const over = box(field);
  for (const side of ["left", "top", "width", "height"]) {
    if (!near(over[side], row[side])) faults.push(`the field's ${side} is ${over[side]}, that of the slots ${row[side]}`);
  }
  // Every place of the row is hit, from its first pixel to its last.
  root.querySelector(".entry").scrollIntoView({ block: "center", behavior: "instant" });
  const slots = [...root.querySelectorAll("[part~=slot]")].map((it) => it.getBoundingClientRect());
  const entry = root.querySelector(".entry").getBoundingClientRect();
  const places = slots.length ? slots : Array.from({ length: 6 }, (_, at) =>
    ({ left: entry.left + at * entry.width / 6, right: entry.left + (at + 1) * entry.width / 6, top: entry.top, bottom: entry.bottom }));
  places.forEach(({ left, right, top, bottom }, at) => {
    for (const [x, y] of [[(left + right) / 2, (top + bottom) / 2], [left + 5, top + 5], [right - 5, bottom - 5]]) {
      const hit = document.elementFromPoint(x, y);
      if (hit !== field) faults.push(`slot ${at + 1} is hit at ${hit?.localName}`);
    }
  });
  const style = getComputedStyle(field);
  if (parseFloat(style.fontSize) < 16) faults.push(`the field's type is ${style.fontSize}`);
  // Over an input, `auto` is what one points at text with.
  if (!["auto", "text"].includes(style.cursor)) faults.push(`the cursor over the field is ${style.cursor}`);
  for (const name of ["hint", "error"]) {
    const text = element.querySelector(`[slot=${name}]`);
    if (!text?.textContent.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const said = box(range);
    if (!text.checkVisibility({ opacityProperty: true, visibilityProperty: true })) faults.push(`the ${name} is hidden`);
    if (said.height < 14 || said.width < 100) faults.push(`the ${name} is ${said.width} x ${said.height}`);
    if (said.top < row.bottom - 1) faults.push(`the ${name} lies over the slots`);
    if (said.right > innerWidth || said.left < 0) faults.push(`the ${name} stands out of the page`);
    const own = getComputedStyle(text);
    if (own.clipPath !== "none" || own.transform !== "none") faults.push(`the ${name} is clipped or moved`);
  }
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) faults.push(`the page is ${scrollWidth} px wide`);
  const top = (selector) => box(root.querySelector(selector)).top - box(element).top;
  return {
    faults,
    // What must be the same from one state to the next.
    rows: Object.fromEntries(["width", "height"].map((side) => [side, Math.round(box(element)[side] * 10) / 10]).concat(
      [["entry", ".entry"], ["hint", ".hint"], ["messages", ".messages"], ["actions", "[part=actions]"]].map(([name, it]) => [name, Math.round(top(it) * 10) / 10]))),
    row: { width: row.width, height: row.height },
    room: element.parentElement.clientWidth,
    type: parseFloat(style.fontSize),
  };
}

/** How the plain field is seen. @param {Element} element */
export function plainness(element) {
  const field = element.querySelector("input");
  const { color, webkitTextFillColor, borderTopWidth, borderTopStyle, borderTopColor, opacity, visibility, filter } = getComputedStyle(field);
  const text = getComputedStyle(element).color;
  return {
    isShown: field.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && opacity === "1" && visibility === "visible" && filter === "none",
    isFramed: parseFloat(borderTopWidth) >= 1 && borderTopStyle === "solid" && !/, 0\)|\/ 0\)|transparent/.test(borderTopColor),
    isRead: color === text && webkitTextFillColor === color,
  };
}
