// Parcel: it takes the WebAssembly along by the URL in the module; its development server takes the
// one file, whose bytes it must print as they are.

import { consumer } from "./consumer.js";

/** What its script for updates tries before anything else: whether it may evaluate a text. */
const EVALUATION = [/requires 'TrustedScript' assignment.*\/parcel\./, /require-trusted-types-for by trusted-types-sink/];

consumer("parcel", ({ signsIn }) => {
  signsIn("what Parcel builds signs in under the strict policy");
  signsIn("Parcel's development server signs in", {
    start: "dev", look: async ({ visitor }) => visitor.expects(...EVALUATION),
  });
});
