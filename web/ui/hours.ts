// Whether a room is open and what that means for the one who asks, in words. Pure: the room, its
// region and the present are handed in.
import type { Region, Room } from '@medchat/wire/generated.ts';
import { opening, say } from './say.ts';
import { door, room as roomWords } from './texts.ts';
import { clockTime, onDay, until, when } from './when.ts';

export type Hours = Pick<Room, 'open_now' | 'closes_at' | 'next_opening' | 'holiday'>;
export type Place = Pick<Region, 'time_zone' | 'outside_hours'>;

const moment = (instant: string | null) => (instant === null ? undefined : Date.parse(instant));

type Words = Pick<typeof door, 'open_until' | 'open_now' | 'closed_until' | 'closed'>;

function headlineIn(words: Words | typeof roomWords, room: Hours, place: Place, now: number) {
  const closes = moment(room.closes_at);
  const opens = moment(room.next_opening);
  if (room.open_now) {
    return closes === undefined
      ? words.open_now
      : say(words.open_until, { time: clockTime(closes, place.time_zone) });
  }
  return opens === undefined
    ? words.closed
    : say(words.closed_until, { until: until(opens, now, place.time_zone) });
}

/** «Сейчас открыто, до 20:00», «Закрыто до понедельника, 08:00». */
export const headline = (room: Hours, place: Place, now: number): string =>
  headlineIn(door, room, place, now);

/** The same for a room's bar: «Открыто до 20:00». */
export const shortHeadline = (room: Hours, place: Place, now: number): string =>
  headlineIn(roomWords, room, place, now);

/** What to expect: how soon an answer comes, or when answering or writing begins. */
export function expectation(room: Hours, place: Place, now: number): string {
  const opens = moment(room.next_opening);
  if (room.open_now) {
    if (opens === undefined) return door.answered_within;
    const next = {
      day: onDay(opens, now, place.time_zone),
      time: clockTime(opens, place.time_zone),
    };
    return `${door.answered_within} ${opening(say(door.next_open, next))}`;
  }
  const holiday = room.holiday === null ? '' : `${say(door.holiday, { name: room.holiday })}. `;
  if (opens === undefined) return holiday;
  const promise = place.outside_hours === 'queue' ? door.queued_until : door.read_only_until;
  return holiday + say(promise, { when: when(opens, now, place.time_zone) });
}

/** The promise of the door and of the form: two hours of opening time. Each appeal's own clock says it exactly. */
const WITHIN_MS = 120 * 60_000;

/** By when a question asked now is answered; nothing where nobody knows when it opens. */
export function promisedBy(room: Hours, now: number): number | undefined {
  const opens = moment(room.next_opening);
  if (!room.open_now) return opens === undefined ? undefined : opens + WITHIN_MS;
  const left = (moment(room.closes_at) ?? Infinity) - now;
  if (left >= WITHIN_MS) return now + WITHIN_MS;
  return opens === undefined ? undefined : opens + WITHIN_MS - Math.max(0, left);
}

/** Whether the words above have run out: the room opened or closed since it was asked for. */
export function isStale(room: Hours, now: number): boolean {
  const turns = moment(room.open_now ? room.closes_at : room.next_opening);
  return turns !== undefined && now >= turns;
}
