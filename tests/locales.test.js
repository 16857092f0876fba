// Every language has the words that the built-in English has, and says them as that language is
// written. Whether a sentence is a good one, no test can tell.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

import { words } from "../src/widget/js/locale.js";

const SOURCES = new URL("../src/widget/js/", import.meta.url);
const read = (path) => readFile(new URL(path, SOURCES), "utf8");
const languages = new Map();
for (const file of (await readdir(new URL("locales/", SOURCES))).sort()) {
  if (!file.endsWith(".js")) continue;
  const module = await import(new URL(`locales/${file}`, SOURCES));
  languages.set(file.replace(".js", ""), module.default);
}
const translations = [...languages].filter(([tag]) => tag !== "en");

const ASKED_FOR = "ar de en es fa fr he hi it ja ko nl pl pt-BR ru tr uk zh-Hans zh-Hant".split(" ");

/** The built-in words: each is `Name = "name": "text",`. */
const builtIn = await (async () => {
  const source = await read("../english.rs");
  const found = {};
  for (const [, name, text] of source.matchAll(/^    \w+ = "(\w+)":\s+"((?:[^"\\]|\\\n)*)",$/gm)) {
    assert.ok(!(name in found), `${name} is there twice`);
    found[name] = text.replace(/\\\n\s*/g, "");
  }
  // Needed where the module is not there, so they stand in the element.
  [, found.not_loaded] = (await read("element.js")).match(/not_loaded \?\? "([^"]*)"/);
  if (!found.label) {
    const label = (await read("element.js")).match(/"label", \{[^}]*textContent: "([^"]*)"/);
    assert.ok(label, "neither english.rs nor element.js has the label as it is read here");
    found.label = label[1];
  }
  return found;
})();

/** The whole numbers that can stand for `{n}`. */
const NUMBERS = {
  // A wait of up to thirty days, after a minute and a half.
  minutes: [2, 30 * 24 * 60],
  seconds: [2, 89],
  // One try has a text of its own, and none closes the code.
  wrong: [2, 19],
};
/** The length of a token. */
const LENGTHS = [4, 20];

/** The plural categories of the numbers that can occur, each with its numbers. */
function categories(tag, name) {
  const rules = new Intl.PluralRules(tag);
  const [least, most] = NUMBERS[name] ?? LENGTHS;
  const found = {};
  for (let n = least; n <= most; n++) (found[rules.select(n)] ??= []).push(n);
  return found;
}

/** Every text, with the plural form it is for. */
function* texts(words) {
  for (const [name, value] of Object.entries(words)) {
    if (typeof value === "string") yield { name, text: value };
    else for (const [form, text] of Object.entries(value)) yield { name, form, text };
  }
}

const placeholders = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test("the languages are those that were promised", () => {
  assert.deepEqual([...languages.keys()], ASKED_FOR);
});

test("the languages of the documents are those that there are", async () => {
  const table = (await read("../../../docs/languages.md")).matchAll(/^\| `([\w-]+)` \|/gm);
  assert.deepEqual([...table].map(([, tag]) => tag), ASKED_FOR);
});

test("English is word for word what is built in", () => {
  assert.ok(Object.keys(builtIn).length > 50, "english.rs is written in another way than is read here");
  assert.deepEqual({ ...languages.get("en") }, { ...builtIn });
});

test("the type names every text and no other", async () => {
  const [, union] = (await read("element.d.ts")).match(/type MfaCodeStringName =([^;]*);/);
  const named = [...union.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual(named.sort(), Object.keys(builtIn).sort());
});

for (const [tag, own] of languages) {
  test(`${tag}: the names are those of the built-in words`, () => {
    assert.deepEqual(Object.keys(own).sort(), Object.keys(builtIn).sort());
  });

  test(`${tag}: a text is a text, or one for each plural category that can occur`, () => {
    const supported = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    for (const [name, value] of Object.entries(own)) {
      if (typeof value === "string") continue;
      assert.ok(builtIn[name].includes("{n}"), `${name} has no number, and plural forms`);
      const needed = new Set([...Object.keys(categories(tag, name)), "other"]);
      assert.deepEqual(Object.keys(value).sort(), [...needed].sort(), name);
      for (const form of Object.keys(value)) assert.ok(supported.includes(form), `${name}: ${form}`);
      assert.ok(needed.size > 1, `${name}: one form is a text`);
    }
    // A noun that stands right behind its number changes wherever the language counts in forms.
    for (const name of ["seconds", "minutes", "wrong"]) {
      const forms = Object.keys(categories(tag, name)).length;
      assert.equal(typeof own[name], forms > 1 ? "object" : "string", name);
    }
  });

  test(`${tag}: each text has the placeholders of the English one`, () => {
    for (const { name, form, text } of texts(own)) {
      const wanted = placeholders(builtIn[name]);
      // A dual says its own number.
      const says = form && categories(tag, name)[form]?.length === 1;
      if (says && !text.includes("{n}")) wanted.splice(wanted.indexOf("{n}"), 1);
      assert.deepEqual(placeholders(text), wanted, `${name} ${form ?? ""}: ${text}`);
      assert.ok(!/[{}]/.test(text.replace(/\{\w+\}/g, "")), `${name}: a brace that is none: ${text}`);
    }
  });

  test(`${tag}: nothing is blank, doubled or left at the ends`, () => {
    for (const { name, text } of texts(own)) {
      assert.ok(text.trim(), `${name} is blank`);
      assert.equal(text, text.trim().replace(/ {2,}/g, " "), name);
      assert.equal(text, text.normalize("NFC"), `${name} is not in composed form`);
    }
  });

  test(`${tag}: what stands on a button fits on it`, () => {
    for (const name of ["again_call", "again_sms", "instead_call", "instead_sms", "read_back", "retry",
      "send_call", "send_sms"]) {
      const wide = /\p{scx=Han}|\p{scx=Hangul}|\p{scx=Hira}/u;
      const width = [...own[name]].reduce((sum, letter) => sum + (wide.test(letter) ? 2 : 1), 0);
      assert.ok(width <= 25, `${name}: ${own[name]} is ${width} wide`);
    }
  });
}

/** How a language is written, where that is not as English is. */
const SCRIPTS = {
  ar: /\p{sc=Arabic}/u, fa: /\p{sc=Arabic}/u, he: /\p{sc=Hebrew}/u, hi: /\p{sc=Devanagari}/u,
  ja: /\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Han}/u, ko: /\p{sc=Hangul}/u,
  ru: /\p{sc=Cyrillic}/u, uk: /\p{sc=Cyrillic}/u, "zh-Hans": /\p{sc=Han}/u, "zh-Hant": /\p{sc=Han}/u,
};
const FULL_STOPS = { hi: "।", ja: "。", "zh-Hans": "。", "zh-Hant": "。" };
const QUESTION_MARKS = { ar: "؟", fa: "؟", ja: "？", "zh-Hans": "？", "zh-Hant": "？" };
/** A mark of English that the language has another one for; in a text without its placeholders. */
const FOREIGN = {
  ar: /[,;?]/, fa: /[,;?]|ي|ك/, he: /[،؟]/, hi: /\./,
  ja: /[.,;:?!]|[０-９]/, "zh-Hans": /[.,;:?!]|[０-９]/, "zh-Hant": /[.,;:?!]|[０-９]/,
  // Before these French has a no-break space.
  fr: /[^\u202f][?!;]|[^\u00a0]:/,
  es: /^[^¿]*\?|^[^¡]*!/,
  ru: /[іїєґ]/i, uk: /[ыэъё]/i,
};
/** Characters that only the other Chinese has. */
const OTHER_CHINESE = {
  "zh-Hans": /[驗證碼發電話簡訊傳請號聯網頁開啟時間過長數]/,
  "zh-Hant": /[验证码发电话简讯传请号联网页开启时间过长数]/,
};

/** Around a number, so that the noun behind it has one form for every number from 4 to 20. */
const GENITIVE = { ar: /\{n\} من /, pl: / z \{n\} /, ru: / из \{n\} /, uk: / і?з \{n\} / };

for (const [tag, around] of Object.entries(GENITIVE)) {
  test(`${tag}: a number without plural forms has a noun in the genitive`, () => {
    for (const [name, text] of Object.entries(languages.get(tag))) {
      if (typeof text === "string" && text.includes("{n}")) assert.match(text, around, name);
    }
  });
}

for (const [tag, own] of translations) {
  test(`${tag}: is written in its script`, () => {
    const script = SCRIPTS[tag] ?? /\p{sc=Latin}/u;
    for (const { name, text } of texts(own)) {
      // What is written as digits, Latin letters or only a unit has no script of its own.
      assert.match(text.replace(/\{\w+\}/g, ""), script, name);
      assert.ok(!OTHER_CHINESE[tag]?.test(text), `${name}: the other Chinese: ${text}`);
    }
  });

  test(`${tag}: has the marks of its language`, () => {
    for (const { name, text } of texts(own)) {
      const bare = text.replace(/\{\w+\}/g, "0");
      assert.ok(!/["'`]|\.\.\./.test(bare), `${name}: a typewriter's mark: ${text}`);
      assert.ok(!FOREIGN[tag]?.test(bare), `${name}: a mark of another language: ${text}`);
      // A sentence in English is one here.
      const end = [...builtIn[name]].at(-1);
      if (end === ".") assert.ok(text.endsWith(FULL_STOPS[tag] ?? "."), `${name} has no end: ${text}`);
      else if (end === "…") assert.ok(text.endsWith("…"), `${name}: ${text}`);
      else assert.ok(!/[.。।]$/u.test(text), `${name} is no sentence: ${text}`);
      if (builtIn[name].includes("?")) assert.ok(text.includes(QUESTION_MARKS[tag] ?? "?"), `${name}: ${text}`);
    }
  });

  test(`${tag}: is translated`, () => {
    for (const { name, text } of texts(own)) {
      // Shorter ones can be the same by chance: a minute is one in French.
      if (text.endsWith(".")) assert.notEqual(text, builtIn[name], name);
      assert.ok(!/\b(the|code sent|your|again)\b/i.test(text), `${name} has English: ${text}`);
    }
  });
}

for (const tag of ["ar", "fa", "he"]) {
  test(`${tag}: what runs from left to right is isolated, and nothing else`, () => {
    for (const { name, text } of texts(languages.get(tag))) {
      const isolated = text.match(/[\u2066\u2068]\{\w+\}\u2069/g) ?? [];
      const marks = text.match(/[\u2066-\u2069\u200e\u200f\u202a-\u202e]/g) ?? [];
      assert.equal(marks.length, isolated.length * 2, `${name}: ${text}`);
      const wanted = placeholders(text).filter((placeholder) => placeholder === "{to}"
        || placeholder === "{field}" || (placeholder === "{time}" && ["until", "wait"].includes(name)));
      assert.deepEqual(isolated.map((it) => it.slice(1, -1)), wanted, `${name}: ${text}`);
      // No letter of the number itself says which way it runs.
      if (wanted.includes("{to}")) assert.match(text, /\u2066\{to\}/, name);
    }
  });
}

test("only from right to left is anything isolated", () => {
  for (const [tag, own] of languages) {
    if (["ar", "fa", "he"].includes(tag)) continue;
    for (const { name, text } of texts(own)) assert.ok(!/[\u200e-\u200f\u202a-\u202e\u2066-\u2069]/.test(text), `${tag} ${name}`);
  }
});

test("a tag leads to the language that a reader of it reads", async () => {
  const leads = {
    de: "de", DE: "de", "de-AT": "de", "de-CH-1996": "de", "de-u-nu-latn": "de",
    pt: "pt-BR", "pt-PT": "pt-BR", "PT-br": "pt-BR", "pt-Latn-AO": "pt-BR",
    zh: "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-hans-HK": "zh-Hans", "cmn": "zh-Hans",
    "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant", "ZH-hant-cn": "zh-Hant",
    iw: "he", "he-IL": "he", "fa-AF": "fa", "ar-EG": "ar", "es-419": "es", "fr-CA": "fr",
    "ru-UA": "ru", "uk-Cyrl": "uk", "ja-JP": "ja", "ko-Kore-KR": "ko", "hi-IN": "hi",
    "it-CH": "it", "nl-BE": "nl", pl: "pl", tr: "tr",
  };
  for (const [tag, lang] of Object.entries(leads)) {
    const found = await words(tag);
    assert.equal(found?.lang, lang, tag);
    assert.equal(found.words, languages.get(lang), tag);
  }
  const led = new Set(Object.values(leads));
  assert.deepEqual(translations.map(([tag]) => tag).filter((tag) => !led.has(tag)), []);
});

test("English, what we do not have and what is no tag lead nowhere", async () => {
  const nowhere = ["en", "en-GB", "EN-us", "und", "sv", "yue", "hi-Latn", "ru-Latn", "zh-Latn", "zh_TW", "",
    " ", "-", "de_AT", "x", "toolongalanguage", "constructor", "valueof", "../de", null, undefined, {}, 7];
  for (const tag of nowhere) assert.equal(await words(tag), undefined, String(tag));
});

test("each language is a file of its own for a bundler", async () => {
  const source = await read("locale.js");
  const named = [...source.matchAll(/import\("\.\/locales\/([\w-]+)\.js"\)/g)].map(([, tag]) => tag);
  assert.deepEqual(named, translations.map(([tag]) => tag));
  for (const [tag] of languages) {
    assert.ok(!/^import|\bimport\(/m.test(await read(`locales/${tag}.js`)), `${tag} loads another file`);
  }
});
