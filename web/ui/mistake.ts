// What went wrong, in the catalogue's words: by the contract's code, never by the server's sentence.
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import { fault, problem } from './texts.ts';

const words: Readonly<Record<string, string | undefined>> = problem;
const faults: Readonly<Record<string, string | undefined>> = fault;

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Refused ? error.problem.code : undefined;

/** The words for a code of the contract. */
export const codeWords = (code: string | undefined): string =>
  (code !== undefined && words[code]) || problem.else;

/** What is wrong with a field. */
export const faultWords = (field: string, code: string): string =>
  faults[`${field}_${code}`] ?? fault.else;

/** The first fault the server names, if it names any. */
export function faultOf(error: unknown): { field: string; code: string } | undefined {
  return error instanceof Refused ? error.problem.errors?.[0] : undefined;
}

/** One sentence for people. */
export function mistakeWords(error: unknown): string {
  if (error instanceof Unreachable) return problem.offline;
  return codeWords(codeOf(error));
}
