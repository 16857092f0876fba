// The page of Solid: what holds for every framework.

import { framework } from "./framework.js";

framework("solid", { name: "Solid", page: "src/App.tsx" });
