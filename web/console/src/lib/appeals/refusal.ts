// Why an act on an appeal was refused, in the words of somebody who works on it. Pure.
import { codeOf, mistakeWords } from '@medchat/ui/mistake.ts';
import { say } from '@medchat/ui/say.ts';
import { work as words } from '@medchat/ui/texts.ts';
import type { AppealState, Message } from '@medchat/wire/generated.ts';
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import { OPEN } from '@medchat/wire/standing.ts';
import { stateWords } from './urgency.ts';
import { OVER } from './wish.ts';

const STATES: readonly string[] = [...OPEN, ...OVER];

/** One sentence: the state it is in instead, when that is why. */
export function refusalWords(error: unknown): string {
  if (error instanceof Unreachable) return words.read_only_offline;
  const state = error instanceof Refused ? error.problem.state : undefined;
  if (codeOf(error) === 'wrong_state' && state !== undefined && STATES.includes(state))
    return say(words.wrong_state, { state: stateWords(state as AppealState) });
  return mistakeWords(error);
}

/** What one had not seen, when that is why. */
export function missingIn(error: unknown): readonly Message[] | undefined {
  return error instanceof Refused && error.problem.code === 'stale_view'
    ? (error.problem.missing ?? [])
    : undefined;
}
