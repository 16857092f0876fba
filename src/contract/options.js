import { parseArgs } from "node:util";

import { CHANNELS } from "./wire.js";

export const HELP = `Usage: mfa-code-contract [options] URL

Plays a page against an endpoint of <mfa-code> and tells, rule by rule, whether it keeps the
contract (docs/contract.md). URL is the endpoint as the page names it, e.g. https://example.com/mfa

Who the visitor is, as the page would show it:
  --cookie 'NAME=VALUE'   the cookie of a test person who has shown a password
  --ticket TICKET         a ticket of your backend for one
  --to NUMBER             the number, where the page names it
  --header 'NAME: VALUE'  a header of the page, e.g. 'X-CSRF: ...'; may be repeated
  --other-cookie COOKIE   of a second visitor, whom the first one's id must not serve
  --origin ORIGIN         of the page; that of URL unless given
  --channel sms|call      sms unless given
A secret need not stand in the command: MFA_CONTRACT_COOKIE, MFA_CONTRACT_TICKET,
MFA_CONTRACT_OTHER_COOKIE and MFA_CONTRACT_TO are read, too.

How the right token is known; without either, what needs it is not checked:
  --emulator URL          of the mfa-emulator that the endpoint calls
  --ask                   you type it in

What it may cost:
  --messages N            messages it may send: 3 unless given, 40 with --emulator or --yes
  --yes                   also flood a real endpoint, up to 40 messages
  --patience SECONDS      to wait at most where the endpoint says when to come back: 60

  --json                  for programs
  --strict                warnings count, too
  --help                  this text

Exit status: 0 every MUST is kept, 1 one is not, 2 nothing could be checked.
Nothing that is printed holds a token, a full number, a ticket, a receipt or a cookie.`;

const STRING = { type: "string" };
const FLAG = { type: "boolean", default: false };

const OPTIONS = {
  cookie: STRING, ticket: STRING, to: STRING, "other-cookie": STRING, origin: STRING, channel: STRING,
  emulator: STRING, messages: STRING, patience: STRING, header: { ...STRING, multiple: true },
  ask: FLAG, yes: FLAG, json: FLAG, strict: FLAG, help: FLAG,
};

/** What is wrong with the command itself. Its text has nothing of a value in it. */
export class Misused extends Error {}

export function read(args, environment) {
  let parsed;
  try {
    parsed = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Node repeats the argument, which may be a secret that lacks its option.
    const said = { ERR_PARSE_ARGS_UNKNOWN_OPTION: "there is no such option", ERR_PARSE_ARGS_INVALID_OPTION_VALUE: "an option lacks its value" };
    throw new Misused(said[error.code] ?? "the options cannot be read");
  }
  const { values, positionals } = parsed;
  if (values.help) return { help: true };
  if (positionals.length !== 1) throw new Misused("give one URL");
  const endpoint = address(positionals[0], "URL");
  const secret = (name) => values[name] ?? environment[`MFA_CONTRACT_${name.toUpperCase().replace("-", "_")}`];
  const channel = values.channel ?? "sms";
  if (!CHANNELS.includes(channel)) throw new Misused("--channel is sms or call");
  if (values.emulator && values.ask) throw new Misused("--emulator and --ask exclude each other");
  const isFree = Boolean(values.emulator) || values.yes;
  return {
    endpoint: endpoint.href.replace(/\/+$/, ""),
    origin: values.origin ? address(values.origin, "--origin").origin : endpoint.origin,
    channel,
    cookie: secret("cookie"),
    otherCookie: secret("other-cookie"),
    ticket: secret("ticket"),
    to: secret("to"),
    headers: Object.fromEntries((values.header ?? []).map(header)),
    emulator: values.emulator && address(values.emulator, "--emulator").href,
    messages: count(values.messages, "--messages") ?? (isFree ? 40 : 3),
    patience: count(values.patience, "--patience") ?? 60,
    ask: values.ask, yes: values.yes, json: values.json, strict: values.strict,
  };
}

function address(text, name) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) throw new Misused(`${name} is not an http(s) address`);
  if (url.username || url.password || url.search || url.hash) {
    throw new Misused(`${name} has more than an origin and a path`);
  }
  return url;
}

function header(line) {
  const match = /^([\w-]+):\s*([\x20-\x7e]+)$/.exec(line);
  if (!match) throw new Misused("--header is 'NAME: VALUE'");
  return [match[1], match[2]];
}

function count(text, name) {
  if (text === undefined) return undefined;
  if (!/^\d{1,4}$/.test(text)) throw new Misused(`${name} is a whole number`);
  return Number(text);
}
