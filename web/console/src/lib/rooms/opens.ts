// When a closed medchat opens again, in words for its staff. Pure: all it needs is handed in.
import type { Region, Room } from '@medchat/wire/generated.ts';
import { say } from '@medchat/ui/say.ts';
import { console as words } from '@medchat/ui/texts.ts';
import { when } from '@medchat/ui/when.ts';

type Hours = Pick<Room, 'kind' | 'open_now' | 'next_opening'>;

/** «Откроется завтра в 08:00»; nothing while it is open, or for rooms without hours. */
export function opens(
  room: Hours,
  place: Pick<Region, 'time_zone'>,
  now: number,
): string | undefined {
  if (room.kind !== 'medchat' || room.open_now || room.next_opening === null) return undefined;
  return say(words.opens, { when: when(Date.parse(room.next_opening), now, place.time_zone) });
}
