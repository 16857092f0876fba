// What the command costs, what it prints, and how it ends.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";

import { contract, verdicts } from "./command.js";
import { crooked, json } from "./crooked.js";
import { naive } from "./naive.js";
import { NUMBER, emulator, proxy } from "./programs.js";

describe("The command", () => {
  let phone;
  let endpoint;
  const deliveries = async () => (await fetch(`${phone.url}/_emulator/outbox`)).json();

  before(async () => {
    phone = await emulator();
    endpoint = await proxy(phone.url, { resendAfter: 1 });
  });
  after(async () => {
    phone.ends();
    await endpoint.ends();
  });

  test("says what it costs before it begins, and sends no more than that to a real endpoint", async () => {
    const open = await naive(phone.url);
    const before = (await deliveries()).length;
    const { out, err, status } = await contract([open.url, "--to", NUMBER]);
    open.ends();
    assert.match(err, /It sends 3 messages at the most .*: REAL messages to a real phone\./);
    assert.equal((await deliveries()).length - before, 3);
    assert.match(out, /not checked {2}start-answer +it may send one more message than is allowed/);
    assert.match(out, /not checked {2}limit/);
    assert.equal(status, 0);
  });

  test("does not check what needs the right token where nobody tells it", async () => {
    const { unchecked, failed, messages } = await verdicts([endpoint.url, "--ticket", await endpoint.ticket()]);
    assert.deepEqual(failed, []);
    assert.deepEqual(unchecked.filter((name) => ["right-token", "once", "limit"].includes(name)), ["right-token", "once", "limit"]);
    assert.equal(messages, 2);
  });

  test("takes the token that somebody types in, and shows it nowhere", async () => {
    let token;
    const typed = async () => (token = (await deliveries())[0].token);
    const args = [endpoint.url, "--ask", "--ticket", await endpoint.ticket()];
    const { out, err, status } = await contract(args, { typed });
    assert.equal(status, 0, out);
    assert.match(out, /pass +right-token/);
    assert.match(out, /pass +once/);
    assert.ok(!(out + err).includes(token));
  });

  test("reads secrets from the environment", async () => {
    const env = { MFA_CONTRACT_TICKET: await endpoint.ticket() };
    const { status, failed } = await verdicts([endpoint.url, "--emulator", phone.url], { env });
    assert.deepEqual([status, failed], [0, []]);
  });

  test("prints no token, number, id, ticket, receipt or cookie, whatever the endpoint does with them", async () => {
    const ticket = await endpoint.ticket();
    const told = new Set([ticket, NUMBER, NUMBER.slice(1), "planted-cookie", "other-cookie", "planted-header", "planted-code"]);
    // Everything comes back in places that a report could repeat.
    const echo = await crooked(endpoint.url, async (asked, pass) => {
      const answer = await pass(asked);
      const { id, receipt } = JSON.parse(answer.text || "{}");
      for (const secret of [id, receipt, ...(await deliveries()).map((one) => one.token)]) if (secret) told.add(secret);
      const all = Object.fromEntries([...told].map((secret) => [secret, secret]));
      const odd = { "content-type": "text/x-planted-code", "x-planted-code": "planted-code", "retry-after": "planted-code" };
      const body = { ...JSON.parse(answer.text || "{}"), ...all, code: "planted_code", reason: NUMBER, to: NUMBER };
      return json(answer.status, body, { ...odd, "set-cookie": `planted=${ticket}` });
    });
    const args = [echo.url, "--emulator", phone.url, "--ticket", ticket, "--cookie", "sid=planted-cookie",
      "--other-cookie", "sid=other-cookie", "--header", "X-CSRF: planted-header"];
    for (const more of [[], ["--json"]]) {
      const { out, err, status } = await contract([...args, ...more]);
      assert.equal(status, 1, err);
      assert.ok(told.size > 8);
      for (const secret of told) assert.ok(!(out + err).includes(secret), `${secret} in ${out}${err}`);
    }
    echo.ends();
  });

  test("repeats nothing of an option that it does not know", async () => {
    for (const args of [["--tiket=planted"], ["http://user:planted@localhost/"], ["http://localhost/?planted"], ["a", "planted"]]) {
      const { status, out, err } = await contract(args);
      assert.equal(status, 2);
      assert.ok(!(out + err).includes("planted"), err);
    }
  });

  test("ends with 2 where there is no endpoint, or no emulator", async () => {
    const nobody = createServer().listen(0, "127.0.0.1");
    await once(nobody, "listening");
    const gone = `http://127.0.0.1:${nobody.address().port}`;
    nobody.close();
    const { status, err } = await contract([gone, "--to", NUMBER]);
    assert.equal(status, 2);
    assert.match(err, /the endpoint cannot be reached \(ECONNREFUSED\)/);
    const blind = await contract([endpoint.url, "--to", NUMBER, "--emulator", gone]);
    assert.equal(blind.status, 2);
  });

  test("does not hang where the endpoint does", { timeout: 120_000 }, async () => {
    const slow = await crooked(endpoint.url, (asked, pass) =>
      asked.text === "[]" ? new Promise(() => {}) : pass(asked));
    const { failed, rules } = await verdicts([slow.url, "--emulator", phone.url, "--ticket", await endpoint.ticket()]);
    slow.ends();
    assert.deepEqual(failed, ["malformed"]);
    const [{ came }] = rules.find(({ name }) => name === "malformed").broken;
    assert.match(came, /no answer in ten seconds/);
  });
});
