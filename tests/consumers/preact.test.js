// The page of Preact: what holds for every framework.

import { framework } from "./framework.js";

framework("preact", { name: "Preact", page: "src/App.tsx" });
