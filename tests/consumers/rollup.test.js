// Rollup: it leaves the URL of the WebAssembly as it is, so it is given the one-file entry.

import { consumer } from "./consumer.js";

consumer("rollup", ({ signsIn }) => {
  signsIn("what Rollup builds signs in under the strict policy");
});
