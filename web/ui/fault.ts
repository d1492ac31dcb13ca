// What is wrong with a field, in the catalogue's words: by the contract's field and code.
import { Refused } from '@medchat/wire/http.ts';
import { fault } from './texts.ts';

const words: Readonly<Record<string, string | undefined>> = fault;

/** What is wrong with a field. */
export const faultWords = (field: string, code: string): string =>
  words[`${field}_${code}`] ?? fault.else;

/** The first fault the server names, if it names any. */
export function faultOf(error: unknown): { field: string; code: string } | undefined {
  return error instanceof Refused ? error.problem.errors?.[0] : undefined;
}
