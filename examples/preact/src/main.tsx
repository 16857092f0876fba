import "mfa-code/define";
import { render } from "preact";
import { App } from "./App";

const main = document.querySelector("main")!;
render(<App ticket={main.dataset.ticket!} />, main);
