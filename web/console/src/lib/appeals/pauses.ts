// Why a clock stood still: each pause of an appeal with its question, from the log. Pure.
import type { AppealEvent } from '@medchat/wire/generated.ts';

export interface Pause {
  from: number;
  /** Absent while it lasts. */
  until?: number;
  /** Who asked. */
  name: string;
}

/** A question pauses; the resident's word, or whatever ends the cycle, goes on. */
export function pausesOf(events: readonly AppealEvent[]): Pause[] {
  const pauses: Pause[] = [];
  for (const { kind, at, actor, by } of events) {
    const moment = Date.parse(at);
    const last = pauses.at(-1);
    const lasts = last !== undefined && last.until === undefined;
    const ends = ENDING.includes(kind) || (kind === 'messaged' && actor === 'resident');
    if (lasts && ends) last.until = moment;
    if (!lasts && kind === 'asked') pauses.push({ from: moment, name: by?.name ?? '' });
  }
  return pauses;
}

const ENDING: readonly string[] = ['answered', 'transferred', 'refused', 'withdrawn', 'merged'];
