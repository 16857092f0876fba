// The section of docs/performance.md, as Markdown.

import { cpus, release } from "node:os";

export function quantile(values, at) {
  const sorted = [...values].sort((one, other) => one - other);
  const place = (sorted.length - 1) * at;
  const below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

export const median = (values) => quantile(values, 0.5);
const p95 = (values) => quantile(values, 0.95);
const kB = (bytes, digits = 0) => (bytes / 1000).toFixed(digits);
const whole = (number) => number.toFixed(0);

/** A table with all but its first column to the right. */
function table(head, rows) {
  const lines = [head, ["---", ...head.slice(1).map(() => "--:")], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n").replace("| --- |", "|---|").replaceAll(" --: |", "--:|");
}

/** What everybody is measured by; `all` are the numbers of one contestant. */
const TIMES = [
  ["a field shows", ({ slow }) => slow.map(({ field }) => field), whole],
  ["ready to type", ({ slow }) => slow.map(({ ready }) => ready), whole],
  ["live", ({ slow }) => slow.map(({ live }) => live), whole],
  ["paste → complete", ({ slow }) => slow.map(({ complete }) => complete), (ms) => ms.toFixed(1)],
];
const KEYS = [
  ["1×", ({ quick }) => quick.flatMap(({ keys }) => keys)],
  ["4×", ({ slow }) => slow.flatMap(({ keys }) => keys)],
];

const over = (value, floor) => (value / floor).toFixed(2);

export function report({ date, rounds, chromium, node, contestants, versions, results, perKey, crowd, comings }) {
  const floor = results.get("bare");
  const empty = median(results.get("empty").quick.map(({ heap }) => heap));
  const shown = contestants.filter(({ name }) => name !== "empty");
  const heapOf = ({ quick }) => median(quick.map(({ heap }) => heap)) - empty;
  const linearOf = ({ quick }) => median(quick.map(({ linear }) => linear));
  const named = ({ title, of }) => title + (of ? ` (${versions.get(of)})` : "");

  const summary = table(
    ["", "br kB", "ready ms", "÷", "live ms", "÷", "key 4× ms", "÷", "paste ms", "÷", "long tasks ms", "heap kB", "wasm kB"],
    shown.map((contestant) => {
      const all = results.get(contestant.name);
      const [, ready, live, paste] = TIMES.map(([, of]) => [median(of(all)), median(of(floor))]);
      const key = [median(KEYS[1][1](all)), median(KEYS[1][1](floor))];
      return [
        named(contestant), kB(median(all.slow.map(({ bytes }) => bytes)), 2),
        whole(ready[0]), over(...ready), whole(live[0]), over(...live), key[0].toFixed(1), over(...key),
        paste[0].toFixed(1), over(...paste), whole(median(all.slow.map(({ long }) => long))),
        kB(heapOf(all)), kB(linearOf(all)),
      ];
    }));

  const notes = shown.filter(({ note }) => note).map(({ name, note }) => `- **${name}**: ${note}`).join("\n");

  const loading = table(["ms", ...TIMES.flatMap(([name]) => [name, "p95"])], shown.map((contestant) => [
    contestant.name,
    ...TIMES.flatMap(([, of, format]) => [median, p95].map((take) => format(take(of(results.get(contestant.name)))))),
  ]));

  const keys = table(["key → paint, ms", ...KEYS.flatMap(([name]) => [name, "÷", `${name} p95`, "÷"])], shown.map((contestant) => [
    contestant.name,
    ...KEYS.flatMap(([, of]) => [median, p95].flatMap((take) => {
      const value = take(of(results.get(contestant.name)));
      return [value.toFixed(1), over(value, take(of(floor)))];
    })),
  ]));

  return `Taken on ${date} by \`npm run bench\`: ${cpus().length} cores of ${cpus()[0].model.trim()}, Linux ${release()};
Chromium ${chromium}, Node ${node}; medians of ${rounds} interleaved rounds after one to warm up.

Everybody's page is the same form with one entry, from one server over HTTP/2, brotli at its best, to a
browser that has seen nothing yet; each loads what its own documentation says, ours with the hints of
[element.md](element.md). An emulated Slow 4G and a processor that is a quarter as fast, but for "1×", heap and
wasm. \`÷\` is the ratio to the floor, differences under 15 % are ties.

${summary}

- **br kB**: scripts, styles and WebAssembly that were fetched before code entry.
- **ready**: a field is there and listened to, since the address was entered. **live**: all of it is there,
  ours with the WebAssembly attached.
- **key**: from the key to the frame that shows the digit. **paste**: from the keys to the moment at
  which the entry knows that the code is whole.
- **long tasks**: their sum, from the address to the code that is right.
- **heap**: what the same page without a script has not, after a collection, before the first key. **wasm**: linear memory.
${notes}

### Loading and pasting

${loading}

### Typing

${keys}

${perKey && `### A thousand keys

Bytes that stay on the heap for each key that was typed or deleted, after a thousand to
warm up:

${table(["", "heap, bytes a key", "wasm, bytes in all"], [...perKey].map(([name, { heap, linear }]) => [name, heap.toFixed(1), whole(linear)]))}
`}
${crowd && `### Many elements on one page

${table(["elements", "instances", "heap kB", "wasm kB", "kB an element"], crowd.filter(({ count }) => count).map(({ count, instances, heap, linear }) => [
    count, instances, kB(heap - crowd[0].heap), kB(linear), kB((heap - crowd[0].heap + linear) / count, 1)]))}
`}
${comings && `### Elements that came and went

The first thousand are for the browser to get used to it.

${table(["come and gone", "heap kB", "wasm kB", "nodes", "listeners"], comings.map(({ rounds, heap, linear, nodes, listeners }, at) => [
    at < 2 ? rounds : `${rounds} more`, kB(heap - empty), kB(linear), nodes, listeners]))}
`}`;
}
