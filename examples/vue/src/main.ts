import "mfa-code/define";
import { createApp } from "vue";
import App from "./App.vue";

const main = document.querySelector("main")!;
createApp(App, { ticket: main.dataset.ticket }).mount(main);
