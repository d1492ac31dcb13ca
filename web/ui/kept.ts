// Whether a promise of an appeal was kept, in words. Pure.
import type { Clock } from '@medchat/wire/generated.ts';
import { say } from './say.ts';
import { appeal_page as words } from './texts.ts';
import { dayOf, lasting } from './when.ts';

export interface Kept {
  kept: boolean;
  words: string;
}

/** For a stopped clock; nothing for one that still runs. */
export function keptWords(clock: Clock, zone: string): Kept | undefined {
  if (clock.stopped_at === null) return undefined;
  const [started, due, stopped] = [clock.started_at, clock.due_at, clock.stopped_at].map((at) =>
    Date.parse(at),
  ) as [number, number, number];
  const kept = !clock.breached && stopped <= due;
  // Over a night the clock stood: the time between two moments would say more than was counted.
  const from = kept ? started : due;
  const told = stopped >= from && dayOf(from, zone) === dayOf(stopped, zone);
  const text = kept ? words.in_time : words.too_late;
  const counted = kept ? words.in_time_within : words.too_late_by;
  return { kept, words: told ? say(counted, { lasted: lasting(stopped - from) }) : text };
}
