// `page`: a page of other people's making, with their libraries from npm at the versions of this
// folder's lock, at the demo's origin and in front of its real proxy. What is declared of it here is
// a row of docs/pages.md.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

import { hosted } from "../e2e/own-host.js";
import { requests } from "../e2e/own-form.js";
import { stories as tellsStories } from "../e2e/story.js";
import { servesInPage } from "./in-page.js";

const HERE = new URL("./", import.meta.url);

/** Where the page is, and where its form goes. */
export const PAGE = "/lab/page";
const POST = "/lab/post";
const DONE = "/lab/done";

/** Every page that was declared so far. */
export const declared = [];

/** While the table is written nothing is tried. */
const isTried = !process.env.MFA_PAGES_DECLARED;

/** What a server sends as the form, the same at each request but for the ticket. */
export const form = (ticket, { on = "required", more = "", button = "<button>Continue</button>", about = "" } = {}) =>
  `<form id="login" action="${POST}" method="post"${about}>${more}<mfa-code endpoint="/mfa" ticket="${ticket}" name="mfa" ${on}>
    <label for="code">Security code</label><input id="code" name="token"></mfa-code>${button}</form>`;

/** As `stories` of the walks; while the table is written nothing is told. */
export const stories = (title, tell) => (isTried ? tellsStories(title, tell) : tell());

/**
 * @param {string} name What holds there, as a sentence.
 * @param {{uses: string[], special: string}} about The packages, as in package.json; what is special
 *   about such a page, for its row in the table.
 * @param {(lab: Lab) => Promise<void>} act
 */
export function page(name, { uses, special = "" }, act, profile) {
  declared.push({ name, uses, special });
  if (isTried) hosted(name, (told) => new Lab(told).tells(act), profile);
}

const bundles = new Map();

/** What a site's bundler makes of such an entry. */
async function bundled(source, { loader = "js", plugins = [], define = {}, alias = {} } = {}) {
  const key = `${loader} ${source}`;
  if (!bundles.has(key)) {
    const { build } = createRequire(new URL("package.json", HERE))("esbuild");
    bundles.set(key, build({
      stdin: { contents: source, resolveDir: HERE.pathname, loader, sourcefile: "entry.js" },
      absWorkingDir: HERE.pathname, bundle: true, format: "esm", write: false, jsx: "automatic", logLevel: "error", plugins, alias,
      external: ["/mfa-code/*", "/another-copy/*"], define: { "process.env.NODE_ENV": `"production"`, ...define },
      loader: { ".svg": "text", ".css": "empty" },
    }).then(({ outputFiles: [{ text }] }) => text));
  }
  return bundles.get(key);
}

export class Lab {
  /** What the form has posted, oldest first: names and values. */
  posts = [];
  /** What is answered to a post; by default that it is done. */
  answers = ({ redirects }) => redirects(DONE);
  #body;

  constructor({ visitor, host, ticket, context, site }) {
    Object.assign(this, { visitor, host, ticket, context, site, page: visitor.page });
  }

  async tells(act) {
    // Chromium says so of the answers that belong to some of the stories.
    this.visitor.expects(/status of 422/);
    await act(this);
  }

  /** The form as the server sends it. */
  form(how) {
    return form(this.ticket, how);
  }

  /**
   * The visitor is at the page.
   *
   * @param {{body?: string, script?: string, head?: string, html?: string, loader?: string, plugins?: object[], define?: object}} how
   *   `script` is bundled, and imports packages by their names.
   */
  async opens({ body = this.form(), script = "", head = "", about = "", ...how } = {}) {
    const { host } = this;
    servesInPage(host);
    this.#body = body;
    const document = () => `<!doctype html><html lang="en"${about}><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in</title>${head}
      <script type="module" src="/mfa-code/define.js"></script>
      ${script && `<script type="module" src="/lab/entry.js"></script>`}</head><body><main>${this.#body}</main></body></html>`;
    this.document = document;
    if (script) {
      const text = await bundled(script, how);
      host.pages["/lab/entry.js"] = { body: text, headers: { "content-type": "text/javascript; charset=utf-8" } };
    }
    host.pages[PAGE] = ({ says }) => says("text/html; charset=utf-8", document());
    host.pages["/lab/form"] = ({ says }) => says("text/html; charset=utf-8", this.#body);
    host.pages[DONE] = ({ says }) => says("text/html; charset=utf-8",
      `<!doctype html><html lang="en"><head><title>Done</title></head><body><main>You are in.</main></body></html>`);
    host.pages[POST] = async ({ asked, answer, says }) => {
      this.posts.push(await entriesOf(asked, host.url));
      await this.answers({
        asked, says, document,
        refuses: (html) => answer.writeHead(422, { "content-type": "text/html; charset=utf-8" }).end(html),
        redirects: (to) => answer.writeHead(303, { location: to }).end(),
      });
    };
    await this.page.addInitScript(() => {
      globalThis.ears = import("/in-page/ears.js").then(({ listens }) => (globalThis.heard = listens()));
    });
    await this.page.goto(host.url + PAGE);
    await this.page.evaluate(() => globalThis.ears);
    // In a dialog it is not shown yet.
    await this.page.locator(`mfa-code[data-state="idle"]`).first().waitFor({ state: "attached" });
  }

  /** Everything that was read out since it was last asked for. */
  heard() {
    return this.page.evaluate(() => globalThis.heard.splice(0));
  }

  /** How the element stands, with nothing wrong about it. */
  async stands(expected = {}) {
    const found = await this.visitor.element.evaluate(async (host) => {
      const { standing } = await import("/in-page/standing.js");
      return standing(host);
    });
    const { wrong, ...is } = found;
    assert.deepEqual(wrong, [], JSON.stringify(is));
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(is[name], value, `${name} of ${JSON.stringify(is)}`);
    assert.deepEqual(await this.told(), { name: is.name, description: is.description.join(" ") });
    return is;
  }

  /** What the browser tells assistive technology of the field. */
  async told() {
    const devtools = await this.context.newCDPSession(this.page);
    const { root } = await devtools.send("DOM.getDocument", { depth: 0 });
    const { nodes } = await devtools.send("Accessibility.queryAXTree", { nodeId: root.nodeId, role: "textbox" });
    await devtools.detach();
    const [field] = nodes.filter(({ ignored, name }) => !ignored && /code|Code|代码/.test(name?.value ?? ""));
    const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();
    return { name: plain(field?.name?.value), description: plain(field?.description?.value) };
  }

  /** A code is on its way and the field has the focus. */
  async asks() {
    await this.visitor.asksBy("sms");
    await this.visitor.field.focus();
  }

  get phone() {
    return this.visitor.phone;
  }

  async types(text) {
    await this.visitor.types(text);
  }

  /** A wrong code is typed into the empty field: it is said once, and described. */
  async isRefused() {
    await this.heard();
    await this.types(await this.phone.wrongToken());
    await this.visitor.standsAt("rejected");
    const { error } = await this.stands({ state: "rejected" });
    assert.match(error, /code/);
    const said = (await this.heard()).filter((text) => text === error);
    assert.equal(said.length, 1, `"${error}" was read out ${said.length} times`);
    return error;
  }

  /** The right code replaces what is selected. */
  async isConfirmed() {
    await this.types(await this.phone.latestToken());
    await this.visitor.standsAt("verified");
    await this.stands({ state: "verified" });
  }

  /** The form was posted once, with a receipt and the code. */
  async isIn() {
    await this.page.getByText("You are in.").waitFor();
    assert.equal(this.posts.length, 1, `posted ${this.posts.length} times`);
    this.postedWell(this.posts[0]);
  }

  /** A script has posted the form once, and the page is still there. */
  async isPosted() {
    await this.page.waitForFunction(() => globalThis.answered > 0);
    assert.equal(this.posts.length, 1, `posted ${this.posts.length} times`);
    this.postedWell(this.posts[0]);
  }

  /** One receipt, which has three parts, and one code. */
  postedWell(post) {
    const of = (name) => post.filter(([key]) => key === name).map(([, value]) => value);
    assert.equal(of("mfa").length, 1, JSON.stringify(post.map(([key]) => key)));
    assert.equal(of("mfa")[0].split(".").length, 3, "a signed statement");
    assert.equal(of("token").filter((value) => /^\d{6}$/.test(value)).length, 1, "the code once");
  }

  /** A wrong code, then the right one, then the form's button. */
  async signsIn() {
    await this.stands({ state: "idle" });
    await this.asks();
    await this.isRefused();
    await this.isConfirmed();
    await this.visitor.presses("Continue");
    await this.isIn();
  }

  /** The answers of the endpoint's check wait until `goOn`. */
  holdsTheCheck() {
    let goOn;
    const held = new Promise((resolve) => (goOn = resolve));
    this.host.delays = (path) => (path.endsWith("/verify") ? held : undefined);
    return goOn;
  }

  /** The paths of the requests to the endpoint from here on. */
  requests() {
    return requests(this.visitor);
  }
}

/** What a form has sent, by whichever encoding. */
async function entriesOf(asked, url) {
  const chunks = [];
  for await (const chunk of asked) chunks.push(chunk);
  if (asked.method === "GET") return [...new URL(asked.url, url).searchParams];
  const body = Buffer.concat(chunks);
  const type = asked.headers["content-type"] ?? "";
  if (type.includes("json")) return Object.entries(JSON.parse(body));
  return [...(await new Response(body, { headers: { "content-type": type } }).formData())];
}
