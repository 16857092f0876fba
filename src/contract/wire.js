// What docs/contract.yaml says, as data; tests/contract/rules.test.js compares the two.

/** Ranges of the start answer: `components.schemas.StartAnswer`, out of SignalWire's guide. */
export const RANGES = {
  token_length: [4, 20],
  max_attempts: [1, 20],
  valid_for: [0, 604800],
  resend_after: [0, Infinity],
};

/** What SignalWire takes for what is not told (guide, "Optional parameters"). */
export const DEFAULTS = { token_length: 6, allow_alphas: false, max_attempts: 3, valid_for: 3600 };

export const CHANNELS = ["sms", "call"];

export const REASONS = ["expired", "exhausted", "used", "unknown"];

/** Each problem code with its status: `components.schemas.ProblemCode`. */
export const CODES = {
  channel_unavailable: 422,
  idempotency_mismatch: 422,
  in_progress: 409,
  interaction_closed: 404,
  internal_error: 500,
  invalid_request: 400,
  invalid_token: 422,
  method_not_allowed: 405,
  not_found: 404,
  number_refused: 422,
  origin_forbidden: 403,
  payload_too_large: 413,
  rate_limited: 429,
  receipt_expired: 410,
  receipt_invalid: 422,
  receipt_used: 409,
  ticket_expired: 403,
  ticket_invalid: 403,
  unauthorized: 401,
  unavailable: 503,
  unsupported_media_type: 415,
  upstream_failed: 502,
  upstream_timeout: 504,
};
