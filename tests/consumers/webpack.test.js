// webpack: it takes the WebAssembly along by the URL in the module.

import { consumer } from "./consumer.js";

consumer("webpack", ({ signsIn }) => {
  signsIn("what webpack builds signs in under the strict policy");
  signsIn("webpack's development server signs in", { start: "dev" });
});
