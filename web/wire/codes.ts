// What a client may conclude from a code of the contract, in one place. Words for people are not its business.

import type { Code } from './generated.ts';

/** A feed refused so does not exist for this reader, or no longer. */
export const TAKEN: readonly Code[] = ['not_found', 'not_allowed'];

/** The same question may be answered in a moment. */
export const MOMENTARY: readonly Code[] = ['rate_limited', 'dependency_down', 'internal'];

/** The server will say the same of this message next time: a person has to decide. */
export const PERMANENT: readonly Code[] = [
  'not_allowed',
  'not_verified',
  'not_found',
  'invalid',
  'cid_conflict',
  'wrong_state',
  'stale_view',
  'too_large',
  'malformed',
  'already_done',
];
