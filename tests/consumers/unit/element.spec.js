// A site's unit test of its page, in a DOM without a browser: by Vitest and by Jest.
import "mfa-code/define";
import { start } from "mfa-code";
import { defineMock } from "mfa-code/mock";

const PAGE = `<form><mfa-code endpoint="/mfa" name="mfa" required>
  <label for="code">Code</label><input id="code" name="token"></mfa-code></form>`;

const entry = () => {
  document.body.innerHTML = PAGE;
  return document.querySelector("mfa-code");
};

test("every method of the element settles", async () => {
  const element = entry();
  const field = element.querySelector("input");
  field.value = "123456";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const states = await Promise.all([element.start(), element.resend(), element.verify()]);
  expect(states.map(({ phase }) => phase)).toEqual(["idle", "idle", "idle"]);
  element.strings = { send_sms: "Send" };
  element.lang = "de";
  element.disabled = true;
  element.reset();
  element.focus();
  expect(element.checkValidity()).toBe(true);
  expect(field.value).toBe("123456");
  element.remove();
  await element.start();
});

test("the page hears the events that the test dispatches", () => {
  const element = entry();
  let receipt;
  document.addEventListener("mfa-verified", ({ detail }) => (receipt = detail.receipt), { once: true });
  element.dispatchEvent(new CustomEvent("mfa-verified", { bubbles: true, composed: true, detail: { receipt: "a.b.c" } }));
  expect(receipt).toBe("a.b.c");
});

test("a mock is defined and settles too", async () => {
  defineMock("mock-code");
  const element = document.body.appendChild(document.createElement("mock-code"));
  expect((await element.start()).phase).toBe("idle");
  element.reset();
  element.remove();
});

test("the functions are there", () => {
  expect(typeof start).toBe("function");
});
