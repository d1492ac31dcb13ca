// Whether a room is open, in words for its staff. Pure: the room, its region and the present are handed in.
import type { Region, Room } from '@medchat/wire/generated.ts';
import { say } from '@medchat/ui/say.ts';
import { console as words, room as roomWords } from '@medchat/ui/texts.ts';
import { clockTime, until, when } from '@medchat/ui/when.ts';

export type Hours = Pick<Room, 'open_now' | 'closes_at' | 'next_opening'>;
type Place = Pick<Region, 'time_zone'>;

/** «Открыто до 20:00», «Закрыто до понедельника, 08:00». */
export function headline(room: Hours, { time_zone }: Place, now: number): string {
  if (room.open_now) {
    return room.closes_at === null
      ? roomWords.open_now
      : say(roomWords.open_until, { time: clockTime(Date.parse(room.closes_at), time_zone) });
  }
  return room.next_opening === null
    ? roomWords.closed
    : say(roomWords.closed_until, { until: until(Date.parse(room.next_opening), now, time_zone) });
}

/** «Откроется завтра в 08:00»; nothing while it is open. */
export function opening(room: Hours, { time_zone }: Place, now: number): string | undefined {
  if (room.open_now || room.next_opening === null) return undefined;
  return say(words.opens, { when: when(Date.parse(room.next_opening), now, time_zone) });
}

/** The hour struck: what was said above is no longer so. */
export function isStale(room: Hours, now: number): boolean {
  const turn = room.open_now ? room.closes_at : room.next_opening;
  return turn !== null && now >= Date.parse(turn);
}
