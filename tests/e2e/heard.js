// What a screen reader is given to read out: every text that stands in a live region once whatever
// has written there is done. What is replaced at once is never read out.

/** From here on everything is kept, until the page goes. */
export async function listens({ element }) {
  await element.evaluate((element) => {
    const heard = (globalThis.heard = []);
    const status = element.shadowRoot.querySelector("[role=status]");
    for (const region of [status, element.querySelector("[role=alert]")]) {
      new MutationObserver(() => {
        const text = region.textContent;
        if (text && region.getAttribute("aria-live") !== "off") heard.push(text);
      }).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
}

/** @returns {Promise<string[]>} What has been read out since, oldest first. */
export const heard = ({ page }) => page.evaluate(() => globalThis.heard);
