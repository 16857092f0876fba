// A site around mfa.js: `npm ci && node server.js`. There is no password; put yours into /login.

import express from "express";
import session from "express-session";

import { mfa } from "./mfa.js";

const { MFA_UPSTREAM_URL, MFA_PROJECT_ID, MFA_API_TOKEN, SESSION_SECRET, PORT = "8000", RESEND_AFTER = "30",
  MFA_CODE_DIST = "../../../dist" } = process.env;
if (!MFA_UPSTREAM_URL || !MFA_PROJECT_ID || !MFA_API_TOKEN || !SESSION_SECRET) {
  throw new Error("see README.md for the variables");
}

const app = express().disable("x-powered-by");
if (process.env.NODE_ENV === "production") app.set("trust proxy", "loopback"); // It says what came by TLS.
app.use("/mfa-code", express.static(MFA_CODE_DIST));
app.use(session({ // In memory: give it the store of your site.
  secret: SESSION_SECRET, resave: false, saveUninitialized: false,
  cookie: { sameSite: "lax", secure: process.env.NODE_ENV === "production" },
}));
app.use("/mfa", mfa({
  upstream: MFA_UPSTREAM_URL, project: MFA_PROJECT_ID, token: MFA_API_TOKEN, resendAfter: Number(RESEND_AFTER),
}));

app.post("/login", (request, response, next) => request.session.regenerate((error) => {
  if (error) return next(error);
  request.session.number = process.env.DEMO_NUMBER ?? "+12125550123";
  response.redirect(303, "/");
}));
app.get("/", (request, response) => {
  const { number, verified } = request.session;
  const body = verified ? "<p>Signed in."
    : number ? '<form action="/"><mfa-code endpoint="/mfa" autosubmit></mfa-code><button>Continue</button></form>'
      : '<form method="post" action="/login"><button>Sign in as the demo person</button></form>';
  response.set("cache-control", "no-store").send(
    `<!doctype html><meta charset="utf-8"><title>Sign in</title><script type="module" src="/mfa-code/define.js"></script>${body}`);
});

app.listen(Number(PORT), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}/`);
});
