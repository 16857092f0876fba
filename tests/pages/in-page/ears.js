// What a screen reader is given to read out, whichever elements say it. Runs in the page and looks at
// the whole of it, because a page may replace the regions: every text that stands in a live region
// once whatever has written there is done, and every alert that comes into the page with a text.

const LIVE = "[role=alert],[role=status],[role=log],[aria-live]:not([aria-live=off])";
const ALERT = "[role=alert],[aria-live=assertive]";

/**
 * @returns {string[] & {now: () => string[]}} Grows as things are read out, oldest first. `now` gives what
 *   has been done so far in this very task, before anybody else has looked at it.
 */
export function listens() {
  const heard = [];
  const say = (region) => {
    const text = region.textContent.trim();
    const shown = region.isConnected && (region.checkVisibility?.() ?? true);
    if (text && shown && region.getAttribute("aria-live") !== "off") heard.push(text);
  };
  const hears = (records) => {
    const spoken = new Set();
    for (const { target, type, addedNodes } of records) {
      const at = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      const region = at?.closest?.(LIVE);
      if (region) spoken.add(region);
      for (const node of type === "childList" ? addedNodes : []) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        for (const it of [node, ...node.querySelectorAll("*")]) {
          // A status is heard when it changes, an alert also when it comes.
          if (it.matches(ALERT)) spoken.add(it);
          if (it.shadowRoot) looks(it.shadowRoot);
        }
      }
    }
    spoken.forEach(say);
  };
  const observers = [];
  heard.now = () => {
    for (const observer of observers) {
      const records = observer.takeRecords();
      if (records.length) hears(records);
    }
    return heard.splice(0);
  };
  const looked = new WeakSet();
  const looks = (root) => {
    if (looked.has(root)) return;
    looked.add(root);
    const observer = new MutationObserver(hears);
    observer.observe(root, { childList: true, characterData: true, subtree: true });
    observers.push(observer);
    for (const it of root.querySelectorAll("*")) if (it.shadowRoot) looks(it.shadowRoot);
  };
  looks(document);
  return heard;
}
