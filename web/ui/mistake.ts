// What went wrong, in the catalogue's words: by the contract's code, never by the server's sentence.
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import { problem } from './texts.ts';

const words: Readonly<Record<string, string | undefined>> = problem;

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Refused ? error.problem.code : undefined;

/** The words for a code of the contract. */
export const codeWords = (code: string | undefined): string =>
  (code !== undefined && words[code]) || problem.else;

/** One sentence for people. */
export function mistakeWords(error: unknown): string {
  if (error instanceof Unreachable) return problem.offline;
  return codeWords(codeOf(error));
}
