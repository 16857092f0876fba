// The page of Svelte: what holds for every framework.

import { framework } from "./framework.js";

framework("svelte", { name: "Svelte", page: "src/App.svelte" });
