// The reference page's tables.

import { readFileSync } from "node:fs";

const DOCUMENT = readFileSync(new URL("../../docs/element.md", import.meta.url), "utf8");

/** What stands in backticks. */
export const quoted = (text) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word);

/** The cells of the rows below this head of a table. */
export function rows(head) {
  const at = DOCUMENT.indexOf(`\n${head}\n`);
  if (at < 0) throw new Error(`there is no table ${head}`);
  const lines = DOCUMENT.slice(at + 1).split("\n").slice(2);
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end).map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
}

/** What the first cell of each row names. */
export const listed = (head) => rows(head).flatMap(([first]) => quoted(first)).sort();
