// What gets into the field in one go: from the clipboard, or by a password manager.

import { stories } from "./story.js";

stories("Pasting", (story) => {
  story("a code with a hyphen signs in", async ({ visitor }) => {
    await visitor.hasACode("mara");
    const token = await visitor.phone.latestToken();
    await visitor.pastes(`${token.slice(0, 3)}-${token.slice(3)}`);
    await visitor.isSignedIn();
  });

  story("the whole message signs in", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.pastes((await visitor.phone.latest()).text);
    await visitor.isSignedIn();
  });

  story("full-width digits are what was meant", async ({ visitor }) => {
    await visitor.hasACode("mara");
    const token = await visitor.phone.latestToken();
    await visitor.pastes(token.replace(/\d/g, (digit) => "０１２３４５６７８９"[digit]));
    await visitor.isSignedIn();
  });

  story("in the middle keeps what is left of it", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("123");
    await visitor.presses("ArrowLeft", "ArrowLeft");
    await visitor.pastes("9 8");
    await visitor.until(() => document.getElementById("code").value.startsWith("198"));
    await visitor.caretIsAt(3);
  });

  story("a text without a code in it keeps what was there and says why", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("12");
    await visitor.pastes("see you at seven");
    await visitor.sees("There is no code of 6 numbers in that text.");
    await visitor.has("12");
  });
});

stories("A password manager", (story) => {
  const fills = (visitor, token, events) => visitor.page.evaluates((token, events) => {
    const field = document.getElementById("code");
    field.value = token;
    for (const type of events) field.dispatchEvent(new Event(type, { bubbles: true }));
  }, token, events);

  for (const events of [["input"], ["change"], ["input", "change"]]) {
    story(`that fills the code in and tells of it by ${events.join(" and ")} signs in`, async ({ visitor }) => {
      await visitor.hasACode("mara");
      await fills(visitor, await visitor.phone.latestToken(), events);
      await visitor.isSignedIn();
    });
  }

  story("that says nothing is noticed all the same", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await fills(visitor, await visitor.phone.latestToken(), []);
    await visitor.isSignedIn();
  });
});
