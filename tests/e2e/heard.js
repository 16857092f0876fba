// What a screen reader is given to read out: every text that is written into a live region.

/** From here on everything is kept, until the page goes. */
export async function listens({ element }) {
  await element.evaluate((element) => {
    const heard = (globalThis.heard = []);
    const status = element.shadowRoot.querySelector("[role=status]");
    for (const region of [status, element.querySelector("[role=alert]")]) {
      // One record for each writing, though several come at once.
      new MutationObserver((records) => {
        if (region.getAttribute("aria-live") === "off") return;
        for (const { addedNodes } of records) {
          const text = [...addedNodes].map((node) => node.textContent).join("");
          if (text) heard.push(text);
        }
      }).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
}

/** @returns {Promise<string[]>} What has been read out since, oldest first. */
export const heard = ({ page }) => page.evaluate(() => globalThis.heard);
