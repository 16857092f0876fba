/**
 * Runs in the page: so many elements come to life in its form and go, one after the other. Where the
 * page has a list `gone`, whoever looks there sees which of them somebody still holds.
 */
export async function comeAndGo({ markup, rounds }) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  for (let round = 0; round < rounds; round++) {
    const one = document.importNode(template.content, true).firstElementChild;
    document.forms[0].append(one);
    const { promise, resolve } = Promise.withResolvers();
    const watch = new MutationObserver(() => one.dataset.state && resolve());
    watch.observe(one, { attributeFilter: ["data-state"] });
    await promise;
    watch.disconnect();
    one.remove();
    window.gone?.push(new WeakRef(one));
  }
  // It is given up a little later: it might have been moved.
  await new Promise((resolve) => setTimeout(resolve));
}
