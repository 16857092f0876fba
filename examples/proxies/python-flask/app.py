"""The endpoint of <mfa-code> in Flask, and a site around it: `python app.py`.

The number comes out of the session; of the page's body nothing but the token is read. There is no
password; put yours into /login. Sessions, counts and answers are in memory: lost with the process,
and not shared between several. Serve it with one process, or put them into your store.
"""

import base64, json, os, re, secrets, threading, time, urllib.error, urllib.parse, urllib.request

from flask import Flask, Response, redirect, request, session

TRIES, TRIES_FOR, VALID_FOR = 3, 600, 600  # tries of a person, whatever the number of codes
SENDS_AN_HOUR = {"number": 5, "all": 200}
RESEND_AFTER = int(os.environ.get("RESEND_AFTER", 30))
UPSTREAM = os.environ["MFA_UPSTREAM_URL"]
BASIC = base64.b64encode(f"{os.environ['MFA_PROJECT_ID']}:{os.environ['MFA_API_TOKEN']}".encode()).decode()
STATUS = {
    "invalid_request": 400, "ticket_invalid": 403, "origin_forbidden": 403, "not_found": 404,
    "interaction_closed": 404, "method_not_allowed": 405, "payload_too_large": 413,
    "unsupported_media_type": 415, "invalid_token": 422, "rate_limited": 429, "upstream_failed": 502,
}

app = Flask(__name__, static_folder=os.environ.get("MFA_CODE_DIST", "../../../dist"), static_url_path="/mfa-code")
app.secret_key = os.environ["SESSION_SECRET"]
app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=os.environ.get("HTTPS") == "on",
                  MAX_CONTENT_LENGTH=16_384)
lock = threading.Lock()  # One request at a time: two at once send one message, and are two guesses.
people, counts = {}, {}


class Problem(Exception):
    def __init__(self, code, retry_after=None, **more):
        self.code, self.retry_after, self.more = code, retry_after, more


@app.errorhandler(Exception)
def problem(error):
    code = {405: "method_not_allowed", 404: "not_found", 413: "payload_too_large"}.get(getattr(error, "code", None))
    if not isinstance(error, Problem):
        error = Problem(code or "upstream_failed")  # Nothing of what went wrong is for the page.
    status = STATUS[error.code]
    body = json.dumps({"code": error.code, "status": status, **error.more})
    response = Response(body, status, mimetype="application/problem+json")
    if error.retry_after:
        response.headers["Retry-After"] = max(1, int(error.retry_after + 1))
    return response


@app.after_request
def private(response):
    response.headers["Cache-Control"] = "no-store"
    return response


def times(key, seconds):
    return [at for at in counts.get(key, []) if at > time.time() - seconds]


def count(key):
    counts[key] = times(key, 3600) + [time.time()]


def call(path, body):
    asked = urllib.request.Request(f"{UPSTREAM}/api/relay/rest/mfa{path}", json.dumps(body).encode(), {
        "Authorization": f"Basic {BASIC}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, {}


def at_the_door(unknown):
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if (site and site != "same-origin") or (origin and urllib.parse.urlsplit(origin).netloc != request.host):
        raise Problem("origin_forbidden")
    if request.mimetype != "application/json":
        raise Problem("unsupported_media_type")
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Problem("invalid_request")
    person = people.get(session.get("sid"))
    return body, person, None if person else unknown


def once(person, act):
    """The first answer for whoever repeats a request under its key."""
    with lock:
        key = (request.path, request.headers.get("Idempotency-Key"))
        if key[1] is None or key not in person["answers"]:
            answer = act()
            if len(person["answers"]) > 20:
                person["answers"].clear()
            person["answers"][key] = answer
            return answer
        return person["answers"][key]


@app.post("/mfa/<any(sms, call):channel>")
def start(channel):
    _, person, refusal = at_the_door(Problem("ticket_invalid"))
    if refusal:
        raise refusal

    def act():
        number, now = person["number"], time.time()
        failed = times(("failed", number), TRIES_FOR)
        if len(failed) >= TRIES:
            raise Problem("rate_limited", failed[0] + TRIES_FOR - now)
        last = times(number, RESEND_AFTER)
        if last:
            raise Problem("rate_limited", last[-1] + RESEND_AFTER - now)
        for key, most in [(number, SENDS_AN_HOUR["number"]), ("all", SENDS_AN_HOUR["all"])]:
            if len(times(key, 3600)) >= most:
                raise Problem("rate_limited", times(key, 3600)[0] + 3600 - now)
        count(number), count("all")
        config = {"token_length": 6, "allow_alphas": False, "valid_for": VALID_FOR}
        _, answer = call(f"/{channel}", {"to": number, "max_attempts": TRIES, **config})
        if answer.get("success") is not True:
            raise Problem("upstream_failed")
        person["open"] = {"id": answer["id"], "until": now + VALID_FOR, "reason": None}
        return {"id": answer["id"], "success": True, "channel": channel, "to": f"••• {number[-4:]}", **config,
                "max_attempts": TRIES - len(failed), "resend_after": RESEND_AFTER, "channels": ["sms", "call"]}
    return once(person, act)


@app.post("/mfa/<id>/verify")
def verify(id):
    body, person, refusal = at_the_door(Problem("interaction_closed", reason="unknown"))
    token = body.get("token")
    if not isinstance(token, str):
        raise Problem("invalid_request")
    if refusal:
        raise refusal

    def act():
        one, failed = person["open"], ("failed", person["number"])
        if not one or one["id"] != id:
            raise Problem("interaction_closed", reason="unknown")
        if one["reason"] or time.time() >= one["until"]:
            raise Problem("interaction_closed", reason=one["reason"] or "expired")
        if not re.fullmatch("[0-9]{6}", token):
            raise Problem("invalid_token")
        if len(times(failed, TRIES_FOR)) >= TRIES:
            raise Problem("interaction_closed", reason="exhausted")
        count(failed)
        status, answer = call(f"/{one['id']}/verify", {"token": token})
        if answer.get("success") is True:
            counts.pop(failed)
            one["reason"], person["verified"] = "used", True
            return {"success": True}
        left = max(0, TRIES - len(times(failed, TRIES_FOR)))
        if left == 0 or status == 404:
            one["reason"] = "exhausted" if left == 0 else "expired"
        if status == 404:
            raise Problem("interaction_closed", reason=one["reason"])
        if answer.get("success") is not False:
            raise Problem("upstream_failed")
        return {"success": False, "attempts_left": left}
    return once(person, act)


@app.post("/login")
def login():
    session["sid"] = secrets.token_urlsafe(32)
    people[session["sid"]] = {"number": os.environ.get("DEMO_NUMBER", "+12125550123"), "verified": False,
                              "open": None, "answers": {}}
    return redirect("/", 303)


@app.get("/")
def page():
    person = people.get(session.get("sid"))
    head = '<!doctype html><meta charset="utf-8"><title>Sign in</title><script type="module" src="/mfa-code/define.js"></script>'
    if person is None:
        return head + '<form method="post" action="/login"><button>Sign in as the demo person</button></form>'
    if person["verified"]:
        return head + "<p>Signed in."
    return head + '<form action="/"><mfa-code endpoint="/mfa" autosubmit></mfa-code><button>Continue</button></form>'


if __name__ == "__main__":
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
    from socketserver import ThreadingMixIn

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    server = make_server("127.0.0.1", int(os.environ.get("PORT", 8000)), app, Server, Quiet)
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
