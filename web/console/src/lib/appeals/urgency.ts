// How urgent an appeal is, in words: the clock that runs next against the present. Pure. A look is a colour
// and a shape together with an icon; the words say the same without either.
import { keptWords } from '@medchat/ui/kept.ts';
import { runningClock } from '@medchat/ui/outlook.ts';
import { say } from '@medchat/ui/say.ts';
import { queue as words } from '@medchat/ui/texts.ts';
import { by, dayOf, lasting } from '@medchat/ui/when.ts';
import type { AppealCard, AppealState, Clock } from '@medchat/wire/generated.ts';
import { OPEN } from '@medchat/wire/standing.ts';

/** `late`: due and past; `soon`: within the hour; `calm`; `paused`; `kept`, `broken`: it is over, and how. */
export type UrgencyLook = 'late' | 'soon' | 'calm' | 'paused' | 'kept' | 'broken' | 'over';

export interface Urgency {
  look: UrgencyLook;
  words: string;
  /** As short as it can be, for the rail: «12», «1:10». */
  short: string;
  /** When the next clock is due; absent when none runs. */
  due?: number;
}

export const SOON_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

type Standing = Pick<AppealCard, 'state' | 'clocks'>;

export const isOpen = (state: AppealState): boolean => OPEN.includes(state);

export const stateWords = (state: AppealState): string => words[`state_${state}`];

/** How it stands at `now`, in the civil time of its zone. */
export function urgencyOf(card: Standing, now: number, zone: string): Urgency {
  if (!isOpen(card.state)) return overWords(card, zone);
  const clock = runningClock(card);
  if (clock !== undefined) return running(clock, now, zone);
  return card.state === 'waiting_for_resident'
    ? { look: 'paused', words: words.pause, short: words.pause_short }
    : { look: 'calm', words: stateWords(card.state), short: '' };
}

/** A length people say: whole days beyond a day, hours and minutes within it. */
export function roughly(ms: number): string {
  return ms >= DAY_MS ? say(words.days, { count: Math.floor(ms / DAY_MS) }) : lasting(ms);
}

function running({ started_at, due_at }: Clock, now: number, zone: string): Urgency {
  const due = Date.parse(due_at);
  const left = due - now;
  if (left <= 0) {
    const late = roughly(-left);
    return { look: 'late', words: say(words.overdue, { lasting: late }), short: short(-left), due };
  }
  // What is due on another day, or begins at an opening yet to come, is due after hours nobody works: hours and
  // minutes would mislead.
  const counts = dayOf(due, zone) === dayOf(now, zone) && Date.parse(started_at) <= now;
  const told = counts ? say(words.left, { lasting: lasting(left) }) : by(due, now, zone);
  const look = left <= SOON_MS ? 'soon' : 'calm';
  return { look, words: told, short: counts ? short(left) : told, due };
}

function overWords({ state, clocks }: Standing, zone: string): Urgency {
  const final = lastFinal(clocks);
  const kept = final && keptWords(final, zone);
  if (kept === undefined || !['answered', 'confirmed', 'closed_silent'].includes(state))
    return { look: 'over', words: stateWords(state), short: '' };
  return { look: kept.kept ? 'kept' : 'broken', words: kept.words, short: '' };
}

const lastFinal = (clocks: readonly Clock[]): Clock | undefined =>
  clocks.filter(({ kind }) => kind === 'final_answer').sort((a, b) => b.cycle - a.cycle)[0];

/** «35», «1:10». */
function short(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return String(minutes);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
