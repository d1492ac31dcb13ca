// What was done to an appeal, as a list to read from top to bottom: each step with its time, and what was
// promised and kept. Folded from the log; a message that is not the first answer is the thread's business. Pure.
import type { Appeal, AppealEvent, Clock } from '@medchat/wire/generated.ts';
import { keptWords } from './kept.ts';
import { say } from './say.ts';
import { appeal_page as words } from './texts.ts';
import { untilFrom } from './when.ts';

export interface Step {
  key: string;
  at: number;
  words: string;
  /** A smaller line under it. */
  more?: string;
  /** Whether `more` tells of a promise that was kept or broken. */
  kept?: boolean;
}

export type Told = Pick<Appeal, 'events' | 'clocks'>;

interface Walk {
  cycle: number;
  /** Staff have spoken in this cycle. */
  spoken: boolean;
  /** The resident owes a reply. */
  asked: boolean;
}

const byStaff = ({ actor }: AppealEvent) => actor === 'staff';

/** `own`: the reader is its author. */
export function stepsOf({ events, clocks }: Told, zone: string, own: boolean): Step[] {
  const walk: Walk = { cycle: 1, spoken: false, asked: false };
  return events.flatMap((event, i) => {
    const step = stepOf(event, walk, clocks, zone, own);
    advance(walk, event);
    return step === undefined ? [] : [{ key: `${i}`, at: Date.parse(event.at), ...step }];
  });
}

function advance(walk: Walk, event: AppealEvent) {
  if (event.kind === 'contested') Object.assign(walk, { cycle: walk.cycle + 1, spoken: false });
  if (['messaged', 'asked', 'answered'].includes(event.kind) && byStaff(event)) walk.spoken = true;
  if (event.kind === 'asked') walk.asked = true;
  else if (event.kind === 'messaged' && !byStaff(event)) walk.asked = false;
}

type Said = Pick<Step, 'words' | 'more' | 'kept'>;

function stepOf(
  event: AppealEvent,
  walk: Walk,
  clocks: readonly Clock[],
  zone: string,
  own: boolean,
): Said | undefined {
  const clockOf = (kind: Clock['kind']) =>
    clocks.find((clock) => clock.kind === kind && clock.cycle === walk.cycle);
  const mine = <T>(yes: T, no: T) => (own ? yes : no);
  const why = event.reason === undefined ? {} : { more: event.reason };
  switch (event.kind) {
    case 'opened':
      return { words: words.step_opened, ...promised(clockOf('first_answer'), event, zone) };
    case 'accepted':
      return { words: words.step_accepted, ...named(event) };
    case 'assigned':
      return event.to && { words: say(words.step_assigned, { name: event.to.name }) };
    case 'transferred':
      return event.to && { words: say(words.step_transferred, { name: event.to.name }), ...why };
    case 'messaged':
      if (byStaff(event))
        return walk.spoken ? undefined : spoke(words.step_first, clockOf('first_answer'), zone);
      return walk.asked
        ? { words: mine(words.step_replied, words.step_replied_resident) }
        : undefined;
    case 'asked':
      return { words: mine(words.step_asked, words.step_asked_resident), more: words.step_paused };
    case 'answered':
      return spoke(words.step_answered, clockOf('final_answer'), zone);
    case 'refused':
      return { words: words.step_refused, ...why };
    case 'confirmed':
      return { words: mine(words.step_confirmed, words.step_confirmed_resident) };
    case 'contested':
      return { words: mine(words.step_contested, words.step_contested_resident), ...why };
    case 'rated':
      return event.score === undefined
        ? undefined
        : { words: say(mine(words.step_rated, words.step_rated_resident), { score: event.score }) };
    case 'withdrawn':
      return { words: mine(words.step_withdrawn, words.step_withdrawn_resident) };
    case 'merged':
      return { words: words.step_merged };
    case 'closed_silently':
      return { words: words.step_closed_silently };
    default:
      return undefined;
  }
}

function promised(clock: Clock | undefined, event: AppealEvent, zone: string): Partial<Said> {
  if (clock === undefined) return {};
  const until = untilFrom(Date.parse(clock.due_at), Date.parse(event.at), zone);
  return { more: say(words.step_promised, { until }) };
}

function spoke(text: string, clock: Clock | undefined, zone: string): Said {
  const kept = clock && keptWords(clock, zone);
  return kept ? { words: text, more: kept.words, kept: kept.kept } : { words: text };
}

const named = ({ by: who }: AppealEvent): Partial<Said> => (who ? { more: who.name } : {});
