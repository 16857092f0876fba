// Rspack: what it builds, and its development server.

import { consumer } from "./consumer.js";

consumer("rspack", ({ signsIn }) => {
  signsIn("what Rspack builds signs in under the strict policy");
  signsIn("Rspack's development server signs in", { start: "dev" });
});
