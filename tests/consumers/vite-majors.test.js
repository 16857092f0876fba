// The two majors of Vite before the newest. The dependency optimizer of their development servers moves
// scripts and leaves the WebAssembly behind, which the condition `development` of the package is for.

import { consumer } from "./consumer.js";

for (const major of [6, 7]) {
  consumer("vite", ({ signsIn }) => {
    signsIn(`what Vite ${major} builds signs in under the strict policy`);
    signsIn(`the development server of Vite ${major} signs in`, { start: "dev" });
  }, { as: `vite-${major}` });
}
