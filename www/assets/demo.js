// What the plain pages gain with scripts: filling in a demo account, and times in the reader's zone.

const username = document.getElementById("username");
const password = document.getElementById("password");

for (const fill of document.querySelectorAll("[data-fill-username]")) {
  fill.hidden = false;
  fill.addEventListener("click", () => {
    username.value = fill.dataset.fillUsername;
    password.value = fill.dataset.fillPassword;
    // On a narrow screen the form is above: come back to it, ready to go on.
    password.form.querySelector("button").focus();
  });
}

const verifiedAt = document.getElementById("verified-at");
if (verifiedAt) {
  const words = { dateStyle: "long", timeStyle: "short" };
  verifiedAt.textContent = new Date(verifiedAt.dateTime).toLocaleString(document.documentElement.lang, words);
}
