// A page of some site's own making, at the demo's origin and in front of its real proxy: for what
// the demo's pages do not have.

/** Where it is. What its forms post to `/own/posted` is kept. */
export const OWN = "/own/page";

/** Chromium asks for one by itself. */
const ICON = "/favicon.ico";

export class OwnPage {
  /** What the forms have posted, oldest first. */
  posted = [];

  /**
   * @param {import("./visitor.js").Visitor} visitor Has given a password, or does so here.
   * @param {string} person
   * @param {string} body HTML; `{ticket}` stands for the ticket of the sign-in.
   * @param {{lang?: string, dir?: string, script?: string, head?: string}} [how]
   */
  static async opens(visitor, person, body, { lang = "en", dir = "ltr", script = "", head = "" } = {}) {
    const { page, site } = visitor;
    await visitor.hasGivenThePassword(person);
    const own = new OwnPage();
    own.ticket = await ticketOf(visitor);
    const html = `<!doctype html><html lang="${lang}" dir="${dir}"><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1"><title>Own page</title>${head}
      <script type="module" src="/mfa-code/define.js"></script>
      <main>${body.replaceAll("{ticket}", own.ticket)}</main>
      <script type="module">${script}</script></html>`;
    await page.context().route(`${site.url}/own/**`, async (route) => {
      const request = route.request();
      const isPost = new URL(request.url()).pathname === "/own/posted";
      if (isPost) own.posted.push(new URLSearchParams(request.postData() ?? new URL(request.url()).search));
      await route.fulfill({ contentType: "text/html", body: isPost ? "<title>Posted</title>Posted" : html });
    });
    await page.context().route(`${site.url}${ICON}`, (route) => route.fulfill({ status: 204 }));
    await visitor.opens(OWN);
    return own;
  }
}

/** The ticket of the sign-in that the visitor is in. */
export async function ticketOf({ page, site }) {
  const text = await (await page.request.get(`${site.url}/code`)).text();
  return /ticket="([^"]+)"/.exec(text)[1];
}
