/**
 * The words of one language, fetched when a page asks for another one than English.
 *
 * Each module is named literally, so that a bundler sees it and makes it a file of its own.
 */
const MODULES = {
  __proto__: null,
  ar: () => import("./locales/ar.js"),
  de: () => import("./locales/de.js"),
  es: () => import("./locales/es.js"),
  fa: () => import("./locales/fa.js"),
  fr: () => import("./locales/fr.js"),
  he: () => import("./locales/he.js"),
  hi: () => import("./locales/hi.js"),
  it: () => import("./locales/it.js"),
  ja: () => import("./locales/ja.js"),
  ko: () => import("./locales/ko.js"),
  nl: () => import("./locales/nl.js"),
  pl: () => import("./locales/pl.js"),
  "pt-BR": () => import("./locales/pt-BR.js"),
  ru: () => import("./locales/ru.js"),
  tr: () => import("./locales/tr.js"),
  uk: () => import("./locales/uk.js"),
  "zh-Hans": () => import("./locales/zh-Hans.js"),
  "zh-Hant": () => import("./locales/zh-Hant.js"),
};

/** The tag of ours that a likely region or script leads to. */
const tagOf = ({ language, script }) =>
  language === "zh" ? `zh-${script}` : language === "pt" ? "pt-BR" : language;

/**
 * The words for a BCP 47 tag, or nothing: English, no language of ours, or no tag at all.
 * Rejects when the module cannot be fetched; the built-in words are then still there.
 * @param {string} tag
 * @returns {Promise<{ lang: string, words: import("./index.js").MfaCodeStrings } | undefined>}
 */
export async function words(tag) {
  let likely;
  try {
    likely = new Intl.Locale(tag).maximize();
  } catch {
    return undefined;
  }
  const lang = tagOf(likely);
  const load = MODULES[lang];
  // Another script than ours, such as Hindi in Latin letters, would not be read.
  if (!load || new Intl.Locale(lang).maximize().script !== likely.script) return undefined;
  return { lang, words: (await load()).default };
}
