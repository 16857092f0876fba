import "mfa-code/define";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";

const main = document.querySelector("main")!;
createRoot(main).render(<StrictMode><App ticket={main.dataset.ticket!} /></StrictMode>);
