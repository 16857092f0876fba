// The page of React: what holds for every framework.

import { framework } from "./framework.js";

framework("react", { name: "React", page: "src/App.tsx" });
