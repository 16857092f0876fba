// Vite: what it builds, and its development server.

import { consumer } from "./consumer.js";

consumer("vite", ({ signsIn }) => {
  signsIn("what Vite builds signs in under the strict policy");
  signsIn("Vite's development server signs in", { start: "dev" });
});
