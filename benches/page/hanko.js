// Hanko's backend, as far as its element asks for it here: the login flow, from the step at which a
// code was sent. What the answers hold is what its own flow API says (`flowpilot`'s responses).

/** Where the page says that Hanko's API is. */
const API = "/hanko/api";

const FLOW = "bd8ef7c5-61f8-4e0a-8f2c-9c1a0d1c2b3e";
const USER = "6b4f8f3e-0d8a-4f0b-9d53-1f0f6f1f1a2b";

/** What can be done in a state; the element sends it where it says. */
const action = (name, inputs = {}) =>
  ({ [name]: { action: name, href: `/login?action=${name}%40${FLOW}`, inputs, description: "" } });

const state = (name, payload, actions = {}) =>
  JSON.stringify({ name, status: 200, payload, csrf_token: "bench", actions, links: [] });

const codeWasSent = () => state("passcode_confirmation", { passcode_resent: false }, {
  ...action("verify_passcode", { code: { name: "code", type: "string", required: true } }),
  ...action("resend_passcode"),
  ...action("back"),
});

const signedIn = () => {
  const now = Date.now();
  const [issued, expiration] = [now, now + 3_600_000].map((time) => new Date(time).toISOString());
  const claims = { subject: USER, session_id: FLOW, issued_at: issued, expiration };
  return state("success", { user: { user_id: USER, created_at: issued, updated_at: issued }, claims });
};

/** The routes of the backend, with what they say to what was asked. */
export const ROUTES = { [`${API}/login`]: (asked) => (JSON.parse(asked || "{}").input_data?.code ? signedIn() : codeWasSent()) };
