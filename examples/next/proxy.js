import { NextResponse } from "next/server";

/** Next's development server needs more: React evaluates texts there, and the dev tools have styles and fonts. */
const more = process.env.NODE_ENV === "development"
  ? { script: " 'unsafe-eval'", style: " 'unsafe-inline'", font: "'self'" }
  : { script: "", style: "", font: "'none'" };

/** The policy of the page. Next writes scripts into it, which get this nonce; and what it loads later it
 * loads by script elements, so Trusted Types cannot be asked for. */
export function proxy(request) {
  const nonce = btoa(crypto.randomUUID());
  const policy = [
    "default-src 'none'", `script-src 'self' 'nonce-${nonce}' 'wasm-unsafe-eval'${more.script}`,
    `style-src 'self'${more.style}`, `font-src ${more.font}`, "connect-src 'self'", "form-action 'self'",
    "base-uri 'none'", "frame-ancestors 'none'",
  ].join("; ");
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  const answer = NextResponse.next({ request: { headers } });
  answer.headers.set("content-security-policy", policy);
  return answer;
}

export const config = { matcher: "/code" };
