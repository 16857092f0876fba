// Parcel: it takes the WebAssembly along by the URL in the module.

import { consumer } from "./consumer.js";

consumer("parcel", ({ signsIn }) => {
  signsIn("what Parcel builds signs in under the strict policy");
});
