// The page of Vue: what holds for every framework.

import { framework } from "./framework.js";

framework("vue", { name: "Vue", page: "src/App.vue" });
