// Other people's style sheets, each from its own package at the version that the lock file pins, and
// a sign-in form in that sheet's own classes. Rules of sites that publish no package are written
// out below.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/** The sheet's text. What it fetches is not looked at here, and would be a complaint of the page. */
const css = (file) => readFileSync(fileURLToPath(new URL(`node_modules/${file}`, import.meta.url)), "utf8")
  .replace(/@font-face\s*\{[^}]*\}/g, "").replace(/@import[^;]+;/g, "").replace(/@charset[^;]+;/g, "")
  .replace(/url\((?!["']?data:)[^)]*\)/g, "url(data:,)");

/** Tailwind makes its sheet of the classes that a page uses. */
async function tailwind(classes, plugins = "") {
  const { compile } = await import("tailwindcss");
  const loads = async (name, base) => {
    const path = require.resolve(name === "tailwindcss" ? "tailwindcss/index.css" : name, { paths: [base] });
    return { path, base: dirname(path), content: readFileSync(path, "utf8") };
  };
  const loadModule = async (name, base) => {
    const path = require.resolve(name);
    return { path, base: dirname(path), module: require(path) };
  };
  const base = fileURLToPath(new URL(".", import.meta.url));
  const { build } = await compile(`@import "tailwindcss"; ${plugins}`, { base, loadStylesheet: loads, loadModule });
  return build(classes.split(" "));
}

const element = (inside, input) => `<mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required>
  <label for="code"${inside}>Security code</label>
  <input id="code" name="token"${input}></mfa-code>`;

const form = ({ label = "", input = "", around = (it) => it, button = "", form = "" }) =>
  `<form action="/own/posted" method="post"${form}>${around(element(label, input))}<button class="next ${button}">Continue</button></form>`;

const TAILWIND = "block w-full w-24 px-3 py-2 text-sm text-xs rounded-md border-gray-300 shadow-sm mt-1 focus:ring-2 " +
  "selection:bg-fuchsia-300! selection:text-fuchsia-900! placeholder-gray-400 tracking-widest uppercase max-w-md mx-auto p-4";
const TAILWIND_FORM = form({
  form: ` class="max-w-md mx-auto p-4"`, label: ` class="block text-sm uppercase"`,
  input: ` class="block w-24 px-3 py-2 text-xs rounded-md border-gray-300 shadow-sm mt-1 tracking-widest selection:bg-fuchsia-300! selection:text-fuchsia-900!" placeholder="123456"`,
});

/** Every rule that a page has ever had for what is ours, as strong as it can be. */
const HOSTILE = `
  @layer first { *::selection, #code::selection { background: yellow !important; color: red !important; -webkit-text-fill-color: red !important } }
  :root { font-size: 50% } body { text-transform: uppercase; letter-spacing: .03em; word-spacing: .1em; line-height: 3; font-style: italic;
    white-space: nowrap; text-indent: 3em; text-shadow: 2px 2px red; text-align: center; -webkit-text-fill-color: purple }
  #code#code#code { display: none !important; visibility: hidden !important; opacity: 0 !important; position: fixed !important; inset: 40px !important;
    width: 3em !important; min-width: 2000px !important; max-width: 12rem !important; height: 10px !important; max-height: 4px !important;
    min-height: 300px !important; margin: 3em !important; padding: 2em !important; border: 9px solid lime !important;
    transform: translateX(200px) rotate(20deg) !important; translate: 5px 5px !important; rotate: 9deg !important; scale: .2 !important;
    float: right !important; clip-path: circle(1px) !important; filter: blur(9px) !important; zoom: 2 !important; pointer-events: none !important;
    z-index: -9 !important; transition: all 5s !important; animation: shake 1s infinite !important; font-size: 11px !important;
    text-transform: uppercase !important; text-indent: -99px !important; text-shadow: 0 0 9px red !important; letter-spacing: 2em !important;
    text-align: right !important; line-height: 5 !important; writing-mode: vertical-rl !important; background: orange !important;
    box-shadow: 0 0 0 20px red !important; outline: 9px solid red !important; -webkit-text-fill-color: red !important; caret-color: red !important;
    content-visibility: hidden !important; overflow: hidden !important; user-select: none !important; direction: rtl !important;
    appearance: auto !important; contain: strict !important; mix-blend-mode: difference !important }
  #code::placeholder { color: red !important; opacity: 1 !important }
  @keyframes shake { 50% { transform: translateX(90px); opacity: 0 } }
  p, p:empty { display: none !important; visibility: hidden !important; opacity: 0 !important; position: absolute !important; margin: 4em !important;
    padding: 2em !important; font-size: 40px !important; line-height: 4 !important; max-width: 60px !important; width: 60px !important;
    float: left !important; transform: scale(2) !important; clip-path: inset(50%) !important; height: 3px !important; overflow: hidden !important;
    border: 5px solid red; min-height: 200px !important; max-height: 1px !important; white-space: nowrap !important; text-indent: 50px !important }
  label { float: left !important; position: absolute !important; top: 60px !important; transform: translateY(40px) !important; z-index: 99 !important }
  button { font-size: 40px !important; float: left; position: relative; width: 10px; display: block !important; clear: both }`;

/** A login page of WordPress, of which there is no package: forms.css and login.css. */
const WORDPRESS = `
  html { background: #f0f0f1 } body { background: #f0f0f1; min-width: 0; color: #3c434a; font-family: -apple-system, "Segoe UI", sans-serif; font-size: 13px; line-height: 1.4 }
  p { line-height: 1.5; margin: 1em 0 } .login * { margin: 0; padding: 0 }
  #login { width: 320px; padding: 8% 0 0; margin: auto } .login form { margin-top: 20px; padding: 26px 24px 34px; font-weight: 400; overflow: hidden; background: #fff; border: 1px solid #c3c4c7 }
  .login form .forgetmenot { float: left } .login label { font-size: 14px; line-height: 1.5; display: inline-block; margin-bottom: 3px }
  .login form .input, .login input[type=password], .login input[type=text], .login input:not([type]) { font-size: 24px; line-height: 1.33333333; width: 100%; border-width: .0625rem; padding: .1875rem .3125rem; margin: 0 6px 16px 0; min-height: 40px; max-height: none }
  input[type=text], input:not([type]) { box-shadow: 0 0 0 transparent; border-radius: 4px; border: 1px solid #8c8f94; background-color: #fff; color: #2c3338 }
  input:focus { border-color: #2271b1; box-shadow: 0 0 0 1px #2271b1; outline: 2px solid transparent }
  .login .button-primary { float: right; min-height: 32px; line-height: 2.3; padding: 0 12px }`;

/** A theme of a shop: the root is ten pixels, fields are framed by shadows, labels float over them. */
const SHOP = `
  *, *::before, *::after { box-sizing: inherit } html { box-sizing: border-box; font-size: 62.5%; height: 100% }
  body { display: grid; grid-template-rows: auto 1fr; grid-template-columns: 100%; min-height: 100%; margin: 0; font-size: 1.5rem; letter-spacing: .06rem; line-height: 1.8; color: rgb(18 18 18 / .75) }
  p { margin-block-start: 0; font-size: 1.4rem } p:empty { display: none } a:empty, div:empty { display: none }
  .page-width { max-width: 47.8rem; margin: 0 auto; padding: 0 1.5rem; text-align: center; width: 100% } .field { position: relative; width: 100%; display: flex }
  .field mfa-code { flex-grow: 1 }
  .field input { -webkit-appearance: none; appearance: none; background: #fff; border: 0; border-radius: 0; box-shadow: 0 0 0 .1rem #1214; font-size: 1.6rem; width: 100%; min-width: 0; height: 4.5rem; padding: 1.5rem; margin: .1rem; transition: box-shadow .1s; text-align: left; flex-grow: 1 }
  .field label { font-size: 1.6rem; left: 2rem; top: 1.1rem; margin-bottom: 0; pointer-events: none; position: absolute; transition: top .1s ease, font-size .1s ease; letter-spacing: .1rem; line-height: 1.5 }
  .field input:focus ~ label { font-size: 1rem; top: .5rem } input::selection { background: #ffd !important; color: #121212 !important }`;

/**
 * @typedef {{css: string | Promise<string>, body: string, width?: number, lang?: string}} Sheet
 * @type {Record<string, () => Sheet>}
 */
export const SHEETS = {
  "no sheet": () => ({ css: "", body: form({}) }),
  "Bootstrap 5": () => ({ css: css("bootstrap/dist/css/bootstrap.css"), body: form({
    around: (it) => `<div class="container"><div class="mb-3">${it}</div></div>`, label: ` class="form-label"`, input: ` class="form-control form-control-sm w-25"`, button: "btn btn-primary" }) }),
  "Bootstrap 5 with a floating label": () => ({ css: css("bootstrap/dist/css/bootstrap.css") + ".form-floating > mfa-code > label { position: absolute; top: 0; left: 0; z-index: 2; height: 100%; padding: 1rem .75rem; transform: scale(.85) translateY(-.5rem) translateX(.15rem) }", body: form({
    around: (it) => `<div class="container"><div class="form-floating">${it}</div></div>`, input: ` class="form-control" placeholder="Code"` }) }),
  "Bootstrap 3": () => ({ css: css("bootstrap3/dist/css/bootstrap.css"), body: form({
    form: ` class="form-horizontal"`, around: (it) => `<div class="container"><div class="form-group">${it}</div></div>`, label: ` class="control-label col-sm-2"`, input: ` class="form-control input-sm"` }) }),
  "Tailwind 4": () => ({ css: tailwind(TAILWIND), body: TAILWIND_FORM }),
  "Tailwind 4 with its forms plugin": () => ({ css: tailwind(TAILWIND, `@plugin "@tailwindcss/forms";`), body: TAILWIND_FORM }),
  "GOV.UK": () => ({ css: css("govuk-frontend/dist/govuk/govuk-frontend.min.css"), body: `<div class="govuk-template__body"><div class="govuk-width-container">${form({
    around: (it) => `<div class="govuk-form-group">${it}</div>`, label: ` class="govuk-label govuk-label--m"`, input: ` class="govuk-input govuk-input--width-4 govuk-input--extra-letter-spacing"`, button: "govuk-button" })}</div></div>` }),
  USWDS: () => ({ css: css("@uswds/uswds/dist/css/uswds.css"), body: form({
    form: ` class="usa-form"`, label: ` class="usa-label"`, input: ` class="usa-input usa-input--small"`, button: "usa-button" }) }),
  Materialize: () => ({ css: css("@materializecss/materialize/dist/css/materialize.css"), body: form({
    around: (it) => `<div class="row"><div class="input-field col s6">${it}</div></div>`, input: ` class="validate" placeholder=" "` }) }),
  Foundation: () => ({ css: css("foundation-sites/dist/css/foundation.css"), body: form({
    around: (it) => `<div class="grid-container">${it}</div>`, label: ` class="float-left text-right middle"`, button: "button" }) }),
  Bulma: () => ({ css: css("bulma/css/bulma.css"), body: form({
    around: (it) => `<div class="field"><div class="control has-icons-left">${it}</div></div>`, label: ` class="label"`, input: ` class="input is-small is-rounded"`, button: "button" }) }),
  Pico: () => ({ css: css("@picocss/pico/css/pico.css"), body: `<div class="container">${form({ form: ` role="group"`, around: (it) => `<fieldset>${it}</fieldset>` })}</div>` }),
  Milligram: () => ({ css: css("milligram/dist/milligram.css"), body: `<div class="container">${form({ around: (it) => `<div class="row"><div class="column">${it}</div></div>` })}</div>` }),
  "Fomantic UI": () => ({ css: css("fomantic-ui-css/semantic.css"), body: form({
    form: ` class="ui inverted small form"`, around: (it) => `<div class="inline field error">${it}</div>`, button: "ui button" }) }),
  UIkit: () => ({ css: css("uikit/dist/css/uikit.css"), body: form({
    form: ` class="uk-form-horizontal"`, around: (it) => `<div class="uk-margin">${it}</div>`, label: ` class="uk-form-label"`, input: ` class="uk-input uk-form-width-xsmall uk-form-blank"` }) }),
  "modern-normalize": () => ({ css: css("modern-normalize/modern-normalize.css"), body: form({}) }),
  "sanitize.css": () => ({ css: css("sanitize.css/sanitize.css") + css("sanitize.css/forms.css"), body: form({}) }),
  "a login page as WordPress has it": () => ({ css: WORDPRESS, body: `<div class="login"><div id="login">${form({ input: ` class="input" size="20"`, button: "button-primary" })}</div></div>`, width: 272 }),
  "a shop's theme": () => ({ css: SHOP, body: `<div class="page-width">${form({ around: (it) => `<div class="field">${it}</div>` })}</div>` }),
  "a field that was to be narrow and to stand elsewhere": () => ({
    css: "input { max-width: 12rem; font-size: 14px; transform: translateY(4px); top: 9px } #code { height: 20px; float: right }", body: form({}) }),
  "a page that hides empty paragraphs, and sets others small and narrow": () => ({
    css: "p:empty { display: none } p { margin: 2em 0; font-size: 11px; max-width: 9em; line-height: 2 }", body: form({}) }),
  "a label that was to float": () => ({ css: "label { float: left; width: 40%; position: relative; z-index: 3 } input { width: 60% }", body: form({}) }),
  "a label that was to lie over the field": () => ({ css: "label { position: absolute; inset: 0; top: 1.5em; z-index: 9; background: #fff }", body: form({}) }),
  "a page that is against everything": () => ({ css: HOSTILE, body: form({}) }),
};
