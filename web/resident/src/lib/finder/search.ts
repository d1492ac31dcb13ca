// What the finder asks for: nothing (regions), a region's medchats, or medchats by a few letters of
// a city, district or clinic. Pure, so that it can be tested without a screen.
import type { RoomQuery } from '@medchat/wire/http.ts';

/** Fewer letters would list half the country. */
const ENOUGH_LETTERS = 2;

/** The question for the server; nothing when the finder shows the regions. */
export function roomsQuery(words: string, region: string): RoomQuery | undefined {
  const q = words.trim();
  if (q.length < ENOUGH_LETTERS && region === '') return undefined;
  return {
    kind: 'medchat',
    limit: 100,
    ...(region === '' ? {} : { region }),
    ...(q.length < ENOUGH_LETTERS ? {} : { q }),
  };
}
