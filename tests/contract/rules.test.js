// Each rule, broken alone: an endpoint that does one thing wrong is told that, and nothing else.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { RULES } from "../../src/contract/rules.js";
import { contract, verdicts } from "./command.js";
import { crooked, isStart, isVerify, json, says, without } from "./crooked.js";
import { naive } from "./naive.js";
import { NUMBER, emulator, proxy } from "./programs.js";

const problem = (status, code, more = {}, headers = {}) => json(status, { code, status, ...more }, headers);
const bodyOf = ({ text }) => JSON.parse(text);
const isStarted = (asked, { status }) => isStart(asked) && status === 200;
const isElsewhere = ({ headers }) => headers["sec-fetch-site"] === "cross-site" || headers.origin?.includes("elsewhere");

/** The requests that a rule says must be turned away, turned into good ones. */
const asOwn = (asked) => ({ ...asked, headers: without(asked.headers, "origin", "sec-fetch-site") });

/** What sends one message more by the emulator itself: another number, other words. */
async function sends(site, body) {
  await fetch(`${site.api.url}/sms`, {
    method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" },
  });
}

/** Answers of its own for each rule that is broken; `site` has a fresh ticket. */
const BREAKS = {
  "start-answer": () => async (asked, pass) => {
    const answer = await pass(asked);
    return isStarted(asked, answer) ? says(answer, { success: "true" }) : answer;
  },
  "config-range": () => async (asked, pass) => {
    const answer = await pass(asked);
    return isStarted(asked, answer) ? says(answer, { resend_after: "soon" }) : answer;
  },
  "right-token": () => async (asked, pass) => {
    const answer = await pass(asked);
    return isVerify(asked) && answer.text.includes('"success":true') ? says(answer, { success: 1 }) : answer;
  },
  "wrong-token": () => async (asked, pass) => {
    const answer = await pass(asked);
    const isWrong = isVerify(asked) && answer.text.includes('"success":false');
    return isWrong ? problem(422, "invalid_token") : answer;
  },
  once: () => {
    let receipt;
    return async (asked, pass) => {
      const answer = await pass(asked);
      if (answer.text.includes('"receipt"')) receipt = answer.text;
      const isUsed = isVerify(asked) && answer.text.includes('"used"');
      return isUsed ? { ...answer, status: 200, text: receipt } : answer;
    };
  },
  exhausted: (site) => {
    let isOver = false;
    return async (asked, pass) => {
      const answer = await pass(asked);
      const isRight = isVerify(asked) && isOver && (await site.newest()) === bodyOf(asked).token;
      isOver ||= answer.text.includes('"exhausted"');
      return isRight ? json(200, { success: true }) : answer;
    };
  },
  "unknown-id": () => async (asked, pass) => {
    const answer = await pass(asked);
    return asked.path.startsWith("/..%2F") ? problem(502, "upstream_failed") : answer;
  },
  "forged-id": () => {
    let id;
    return async (asked, pass) => {
      // The last id is taken for whatever is nearly it.
      const isForged = isVerify(asked) && id && asked.path.length === `/${id}/verify`.length && !asked.path.includes(id);
      if (isForged) return pass({ ...asked, path: `/${id}/verify`, text: '{"token":"x"}' });
      const answer = await pass(asked);
      if (isStarted(asked, answer)) id = bodyOf(answer).id;
      return answer;
    };
  },
  malformed: () => async (asked, pass) => {
    const answer = await pass(asked);
    return isVerify(asked) && asked.text === "null" ? problem(500, "internal_error") : answer;
  },
  methods: () => async (asked, pass) => {
    const answer = await pass(asked);
    return asked.method === "GET" && isStart(asked) ? json(200, {}) : answer;
  },
  "retry-after": () => async (asked, pass) => {
    const answer = await pass(asked);
    const isResend = isStart(asked) && asked.text.includes('"previous"');
    return isResend ? { ...answer, headers: without(answer.headers, "retry-after") } : answer;
  },
  secrets: (site) => async (asked, pass) => {
    const answer = await pass(asked);
    return isStarted(asked, answer) ? says(answer, { debug: `sent ${await site.newest()}` }) : answer;
  },
  masked: () => async (asked, pass) => {
    const answer = await pass(asked);
    return isStarted(asked, answer) ? says(answer, { to: NUMBER }) : answer;
  },
  nobody: (site) => async (asked, pass) => {
    const isNobody = isStart(asked) && asked.method === "POST" && asked.text === "{}";
    return isNobody && !isElsewhere(asked) ? pass({ ...asked, text: JSON.stringify({ ticket: site.spare }) }) : pass(asked);
  },
  "own-number": (site) => async (asked, pass) => {
    const { to } = isStart(asked) && asked.headers["content-type"] === "application/json" && asked.text.includes('"to":"') ? bodyOf(asked) : {};
    const answer = await pass(asked);
    if (to && answer.status === 200) await sends(site, { to });
    return answer;
  },
  session: () => async (asked, pass) => {
    const answer = await pass(asked);
    if (answer.text.includes('"receipt"')) return says(answer, { receipt: undefined });
    return asked.headers.cookie === "sid=eve-eve" && answer.status === 404 ? json(200, { success: false }) : answer;
  },
  parameters: () => async (asked, pass) => {
    const answer = await pass(asked);
    const { valid_for } = isStarted(asked, answer) ? bodyOf(asked) : {};
    return valid_for ? says(answer, { valid_for }) : answer;
  },
  "cross-site": () => async (asked, pass) => pass(asOwn(asked)),
  cors: () => async (asked, pass) => {
    const answer = await pass(asked);
    return isElsewhere(asked) ? { ...answer, headers: { ...answer.headers, "access-control-allow-origin": "*" } } : answer;
  },
  "json-only": () => async (asked, pass) =>
    pass(asked.headers["content-type"]?.startsWith("text/plain")
      ? { ...asked, headers: { ...asked.headers, "content-type": "application/json" } } : asked),
  limit: () => {
    let first;
    return async (asked, pass) => {
      const answer = await pass(asked);
      // Only what the page calls a resend is held back.
      const isHeld = isStart(asked) && answer.status === 429 && !asked.text.includes('"previous"');
      if (isStarted(asked, answer)) first = answer;
      return isHeld ? first : answer;
    };
  },
  tries: (site) => {
    let isOver = false;
    return async (asked, pass) => {
      let answer = await pass(asked);
      if (answer.text.includes('"exhausted"')) isOver = true;
      if (isOver && isStart(asked) && Number(answer.headers["retry-after"]) > 60) {
        isOver = false;
        answer = await pass({ ...asked, text: JSON.stringify({ ticket: site.spare }) });
      }
      return answer;
    };
  },
  cooldown: (site) => async (asked, pass) => {
    const isResend = isStart(asked) && asked.text.includes('"previous"') && asked.text.length < 10_000;
    const answer = await pass(asked);
    if (!isResend || answer.status !== 429) return answer;
    return pass({ ...asked, text: JSON.stringify({ ticket: site.spare }) });
  },
  "idempotent-start": (site) => {
    const keys = new Set();
    return async (asked, pass) => {
      const key = asked.headers["idempotency-key"];
      const answer = await pass(asked);
      if (isStarted(asked, answer) && keys.size < keys.add(key).size) return answer;
      if (isStarted(asked, answer)) await sends(site, { to: NUMBER });
      return answer;
    };
  },
  "idempotent-verify": () => async (asked, pass) =>
    pass(isVerify(asked) ? { ...asked, headers: without(asked.headers, "idempotency-key") } : asked),
  "bad-form": () => async (asked, pass) => {
    const answer = await pass(asked);
    return isVerify(asked) && answer.text.includes('"invalid_token"') ? problem(404, "interaction_closed") : answer;
  },
  "attempts-left": () => async (asked, pass) => {
    const answer = await pass(asked);
    return answer.text.includes('"attempts_left"') ? says(answer, { attempts_left: 2 }) : answer;
  },
  reason: () => async (asked, pass) => {
    const answer = await pass(asked);
    return answer.text.includes('"exhausted"') ? says(answer, { reason: "unknown" }) : answer;
  },
  problem: () => async (asked, pass) => {
    const answer = await pass(asked);
    const isHtml = answer.status === 415;
    return isHtml ? { ...answer, text: "<p>No</p>", headers: { ...answer.headers, "content-type": "text/html" } } : answer;
  },
  "no-store": () => async (asked, pass) => {
    const answer = await pass(asked);
    return isVerify(asked) ? { ...answer, headers: without(answer.headers, "cache-control") } : answer;
  },
  oversized: () => async (asked, pass) => {
    const answer = await pass(asked);
    // Content-Length alone is looked at.
    return asked.text.length > 100_000 && asked.headers["transfer-encoding"] ? json(200, {}) : answer;
  },
  length: () => async (asked, pass) => {
    // Guesses of five digits, which a zero makes wrong ones of six.
    const isShort = isVerify(asked) && /"token":"\d{5}"/.test(asked.text);
    const answer = await pass(isShort ? { ...asked, text: asked.text.replace('":"', '":"0') } : asked);
    return isStarted(asked, answer) ? says(answer, { token_length: 5 }) : answer;
  },
  lifetime: () => async (asked, pass) => {
    const answer = await pass(asked);
    return isStarted(asked, answer) ? says(answer, { valid_for: 3600 }) : answer;
  },
};

/** Where the visit cannot go on, so that some rules are not reached. */
const ENDS = ["start-answer", "right-token", "wrong-token"];

describe("An endpoint that breaks one rule is told which", () => {
  const site = {};
  before(async () => {
    site.emulator = await emulator();
    site.api = await naive(site.emulator.url);
    site.proxy = await proxy(site.emulator.url, { resendAfter: 3 });
    site.newest = async () => (await (await fetch(`${site.emulator.url}/_emulator/outbox`)).json())[0]?.token;
  });
  after(async () => {
    site.api.ends();
    site.emulator.ends();
    await site.proxy.ends();
  });

  test("and every rule is broken here", () => {
    assert.deepEqual(Object.keys(BREAKS).sort(), RULES.map(({ name }) => name).sort());
  });

  for (const [name, bends] of Object.entries(BREAKS)) {
    test(name, { timeout: 60_000 }, async () => {
      site.spare = await site.proxy.ticket();
      const endpoint = await crooked(site.proxy.url, bends(site));
      try {
        const found = await verdicts([
          endpoint.url, "--emulator", site.emulator.url, "--ticket", await site.proxy.ticket(),
          ...(name === "session" ? ["--other-cookie", "sid=eve-eve"] : []),
        ]);
        assert.deepEqual([...found.failed, ...found.warned], [name], JSON.stringify(found.rules.filter(({ broken }) => broken)));
        assert.equal(found.status, found.failed.length);
        if (!ENDS.includes(name)) assert.deepEqual(found.unchecked, []);
      } finally {
        endpoint.ends();
      }
    });
  }
});

describe("An endpoint that breaks none", () => {
  test("is told so, with nothing left unchecked, and sends two messages", async () => {
    const phone = await emulator();
    const endpoint = await proxy(phone.url);
    try {
      const args = [endpoint.url, "--emulator", phone.url, "--ticket", await endpoint.ticket()];
      const { status, passed, messages } = await verdicts(args);
      assert.deepEqual(passed, RULES.map(({ name }) => name));
      assert.deepEqual([status, messages], [0, 2]);
    } finally {
      phone.ends();
      await endpoint.ends();
    }
  });
});

describe("A reverse proxy that adds Basic authentication", () => {
  test("keeps every MUST, and is warned loudly of the rest", async () => {
    const phone = await emulator();
    const endpoint = await naive(phone.url);
    try {
      const args = [endpoint.url, "--emulator", phone.url, "--to", NUMBER];
      const { status, warned, failed, unchecked } = await verdicts(args);
      assert.deepEqual([status, failed], [0, []]);
      for (const rule of ["parameters", "cross-site", "json-only", "limit", "tries", "cooldown", "lifetime"]) {
        assert.ok(warned.includes(rule), rule);
      }
      assert.deepEqual(unchecked, ["retry-after", "masked", "nobody", "own-number", "session"]);
      const { out } = await contract(args);
      assert.match(out, /UNSAFE: do not put this before people: .*cross-site/);
      assert.equal((await contract([...args, "--strict"])).status, 1);
    } finally {
      phone.ends();
      endpoint.ends();
    }
  });
});
