// Angular: esbuild builds for it and leaves the WebAssembly behind, so it is given the one-file entry.

import { framework } from "./framework.js";

framework("angular", {
  name: "Angular",
  more: ({ signsIn }) => signsIn("Angular's development server signs in", { start: "dev" }),
});
