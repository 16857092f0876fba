/** What to say before the first request: what it costs, and whose money it is. */
export function foreword({ page, phone, options }) {
  const how = page.ticket ? "with a ticket" : page.to ? "that names the number" : page.hasCookie ? "with a cookie" : "of nobody";
  const where = phone.sees ? "messages to the emulator, which cost nothing" : "REAL messages to a real phone";
  const most = options.messages === 1 ? "1 message" : `${options.messages} messages`;
  return [
    `mfa-code-contract plays a page ${how} at ${place(page.endpoint)}.`,
    `It sends ${most} at the most (2 where every rule is kept): ${where}.`,
    "The visitor is out of tries afterwards. Use a test person's cookie or ticket.",
  ].join("\n");
}

/** Without what can hold a secret. */
export function place(endpoint) {
  const { origin, pathname } = new URL(endpoint);
  return origin + pathname;
}

export function asText(rules, { sent }) {
  const width = Math.max(...rules.map(({ name }) => name.length));
  const lines = rules.flatMap(({ name, level, state, what, broken = [], advice, why }) => {
    const head = `${state.padEnd(11)}  ${name.padEnd(width)}  `;
    if (state === "pass") return [head + what];
    if (why) return [head + why];
    const found = broken.flatMap(({ expected, came }) => [`  expected: ${expected}`, `  came:     ${came}`]);
    return [`${head}${level}: ${what}`, ...found, `  do:       ${advice}`];
  });
  return [...lines, "", ...summary(rules, sent)].join("\n");
}

function summary(rules, sent) {
  const of = (state) => rules.filter((rule) => rule.state === state);
  const [passed, failed, warned, left] = ["pass", "FAIL", "warning", "not checked"].map(of);
  const lines = [
    `${rules.length} rules: ${passed.length} pass, ${failed.length} FAIL (MUST), ${warned.length} warnings (SHOULD), ` +
      `${left.length} not checked. Messages sent: ${sent}.`,
  ];
  const unsafe = [...failed, ...warned].filter(({ kind }) => kind === "safety").map(({ name }) => name);
  if (unsafe.length) {
    lines.push(`UNSAFE: do not put this before people: ${unsafe.join(", ")}.`);
  }
  return lines;
}

export function asJson(rules, { page, purse }) {
  const count = (state) => rules.filter((rule) => rule.state === state).length;
  const summary = {
    pass: count("pass"), fail: count("FAIL"), warning: count("warning"), not_checked: count("not checked"),
  };
  return JSON.stringify({ endpoint: place(page.endpoint), messages: purse.sent, summary, rules }, null, 2);
}
