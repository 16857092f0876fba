"use client";

import { useEffect } from "react";

/** The server sends the bare element; it fills itself only once React has taken the page over. */
export function CodeEntry({ ticket }) {
  useEffect(() => void import("mfa-code/define"), []);
  return <mfa-code endpoint="/mfa" ticket={ticket} name="mfa" required autosubmit="" />;
}
