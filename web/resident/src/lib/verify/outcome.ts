// What came of a try to redeem a code: each outcome has a screen of its own. Pure.
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import { codeOf } from '@medchat/ui/mistake.ts';

export type Outcome =
  | { kind: 'done' }
  /** Verified before; the code stays good. */
  | { kind: 'already' }
  /** Somebody has redeemed it. */
  | { kind: 'used' }
  /** Its three days are over, or the desk took it back. */
  | { kind: 'expired' }
  /** The check digit fits, and yet no desk has handed it out. */
  | { kind: 'unknown' }
  /** The server's own look at the digits; the field says it before. */
  | { kind: 'mistyped' }
  /** Too many tries; the next one after `until`, in milliseconds. */
  | { kind: 'waits'; until: number }
  | { kind: 'offline' }
  | { kind: 'failed' };

/** When the server does not say how long to wait: its window of tries, in seconds. */
const WINDOW = 15 * 60;

/** The outcome of a try that failed with `error` at `now`. */
export function outcomeOf(error: unknown, now: number): Outcome {
  if (error instanceof Unreachable) return { kind: 'offline' };
  switch (codeOf(error)) {
    case 'already_done':
      return { kind: 'already' };
    case 'code_used':
      return { kind: 'used' };
    case 'code_expired':
      return { kind: 'expired' };
    case 'invalid':
      return { kind: faultIn(error) === 'unknown' ? 'unknown' : 'mistyped' };
    case 'rate_limited': {
      const seconds = error instanceof Refused ? error.retryAfter : undefined;
      return { kind: 'waits', until: now + (seconds ?? WINDOW) * 1000 };
    }
    default:
      return { kind: 'failed' };
  }
}

/** What the server finds wrong with the code; the words for faults of forms are not needed for that. */
const faultIn = (error: unknown) =>
  error instanceof Refused ? error.problem.errors?.[0]?.code : undefined;
