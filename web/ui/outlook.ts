// What the reader of an appeal may expect next, in one sentence with a concrete time. Pure: the card, the
// present and the zone are handed in. Looks are Outlook.svelte's, kept promises are kept.ts's.
import type { AppealCard, Clock, Notice } from '@medchat/wire/generated.ts';
import { say } from './say.ts';
import { appeal as words } from './texts.ts';
import { by, when } from './when.ts';

/** `runs`: somebody owes something; `late`: and is late with it; `waits`: for the reader; `done`; `over`: ended otherwise. */
export type OutlookLook = 'runs' | 'late' | 'waits' | 'done' | 'over';

export interface Outlook {
  look: OutlookLook;
  words: string;
  /** A second, smaller sentence. */
  more?: string;
}

/** Who looks, when and where. */
export interface Reading {
  now: number;
  /** The zone of the clinic. */
  zone: string;
  /** Whether the reader is the appeal's author. */
  own: boolean;
}

/** What the sentence rests on: `GET /status` tells as much. */
export type Standing = Pick<AppealCard, 'state' | 'clocks'>;

const cycleOf = (clocks: readonly Clock[]): number =>
  clocks.reduce((highest, { cycle }) => Math.max(highest, cycle), 1);

/** The next clock that still runs: the first answer's before the final one's. */
export function runningClock({ clocks }: Pick<Standing, 'clocks'>): Clock | undefined {
  const cycle = cycleOf(clocks);
  return clocks
    .filter((clock) => clock.cycle === cycle && clock.stopped_at === null && !clock.paused)
    .sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at))[0];
}

const isLate = (clock: Clock, now: number) => clock.breached || Date.parse(clock.due_at) <= now;

/** Where the ladder ends for everybody: when a promise breaks, the heads of the organisation hear of it. */
const TOLD_AT_DUE = ['chief_physician'];

function whoKnows(clock: Clock, notices: readonly Notice[]): string {
  const told = notices
    .filter(({ clock: kind, cycle }) => kind === clock.kind && cycle === clock.cycle)
    .flatMap(({ told: roles }) => roles);
  const names: Readonly<Record<string, string | undefined>> = words;
  const roles = [...new Set([...TOLD_AT_DUE, ...told])];
  return roles.flatMap((role) => names[`told_${role}`] ?? []).join(', ');
}

function running(standing: Standing, { now, zone }: Reading, notices: readonly Notice[]): Outlook {
  const clock = runningClock(standing);
  if (clock === undefined) return { look: 'runs', words: words.unpromised };
  const first = clock.kind === 'first_answer';
  const promise = { by: by(Date.parse(clock.due_at), now, zone) };
  if (isLate(clock, now)) {
    return {
      look: 'late',
      words: say(first ? words.first_late : words.final_late, promise),
      more: say(words.told, { who: whoKnows(clock, notices) }),
    };
  }
  const again = first && standing.state === 'contested';
  const started = Date.parse(clock.started_at);
  return {
    look: 'runs',
    words: say(again ? words.again_by : first ? words.first_by : words.final_by, promise),
    ...(started > now ? { more: say(words.starts, { when: when(started, now, zone) }) } : {}),
  };
}

function answered({ clocks }: Standing, { now, zone, own }: Reading): Outlook {
  const cycle = cycleOf(clocks);
  const at = clocks.find((clock) => clock.cycle === cycle && clock.kind === 'final_answer');
  return {
    look: own ? 'waits' : 'done',
    words: at?.stopped_at
      ? say(words.answered_at, { when: when(Date.parse(at.stopped_at), now, zone) })
      : words.state_answered,
    ...(own ? { more: words.answered_more } : {}),
  };
}

/** `notices`: what the reader was told of this appeal's clocks. */
export function outlookOf(
  standing: Standing,
  reading: Reading,
  notices: readonly Notice[] = [],
): Outlook {
  const { own } = reading;
  switch (standing.state) {
    case 'new':
    case 'accepted':
    case 'in_work':
    case 'contested':
      return running(standing, reading, notices);
    case 'waiting_for_resident':
      return own
        ? { look: 'waits', words: words.waits_for_you, more: words.waits_for_you_more }
        : { look: 'over', words: words.waits_for_resident };
    case 'answered':
      return answered(standing, reading);
    case 'confirmed':
      return { look: 'done', words: words.confirmed, ...(own && { more: words.confirmed_more }) };
    case 'closed_silent':
      return {
        look: 'over',
        words: words.closed_silent,
        ...(own && { more: words.closed_silent_more }),
      };
    case 'refused':
      return { look: 'over', words: words.refused };
    case 'withdrawn':
      return { look: 'over', words: words.withdrawn };
    case 'merged':
      return { look: 'over', words: words.merged };
  }
}

/** The state in a word or two; its author is told of what waits for them by the outlook. */
export const stateWords = (state: AppealCard['state']): string => words[`state_${state}`];
