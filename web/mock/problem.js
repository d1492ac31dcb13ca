// A refusal in the contract's words. Knows the codes' statuses and nothing of routes.

/** @typedef {import('@medchat/wire/generated.ts').Code} Code */

/** @type {Partial<Record<Code, number>>} */
const STATUS = {
  malformed: 400,
  unauthenticated: 401,
  token_expired: 401,
  not_allowed: 403,
  not_verified: 403,
  not_found: 404,
  cid_conflict: 409,
  wrong_state: 409,
  stale_view: 409,
  already_done: 409,
  login_taken: 409,
  code_used: 409,
  code_expired: 410,
  invalid: 422,
};

/** Thrown by whatever refuses; HTTP makes a problem of it, the socket an `error` frame. */
export class Refusal extends Error {
  /** @param {Code} code @param {string} detail @param {object} more */
  constructor(code, detail = code, more = {}) {
    super(detail);
    this.code = code;
    this.status = STATUS[code] ?? 500;
    this.body = { type: 'about:blank', title: code, status: this.status, code, detail, ...more };
  }
}
