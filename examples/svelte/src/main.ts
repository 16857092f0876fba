import "mfa-code/define";
import { mount } from "svelte";
import App from "./App.svelte";

const main = document.querySelector("main")!;
mount(App, { target: main, props: { ticket: main.dataset.ticket! } });
