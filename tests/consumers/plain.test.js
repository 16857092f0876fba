// A page with no build at all, from a server of files.

import { consumer } from "./consumer.js";

consumer("plain", ({ signsIn }) => {
  signsIn("a page without a build signs in under the strict policy");
}, { build: null });
