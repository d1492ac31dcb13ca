// What a registrar hands out, and the words for what cannot be. Pure.
import type { Room, Sheet } from '@medchat/wire/generated.ts';
import { Refused } from '@medchat/wire/http.ts';
import { slipAddress } from '@medchat/wire/desk-code.ts';
import { codeOf, mistakeWords } from '@medchat/ui/mistake.ts';
import { codes as words } from '@medchat/ui/texts.ts';

/** Codes that are on the screen or on paper; nobody can ask for them again. */
export interface Handed {
  sheet: Sheet;
  /** Printed as a sheet, not handed out one by one. */
  onPaper: boolean;
  /** When, in milliseconds. */
  at: number;
  organisation: string;
  medchat: Medchat | undefined;
}

export type Medchat = Pick<Room, 'id' | 'title'> & { code: string };

/** The medchats an organisation answers in, the one it answers for first. */
export function medchatsOf(rooms: readonly Room[], organisation: string): Medchat[] {
  return rooms
    .filter(({ kind, organisations }) => {
      const answers = organisations.some(({ id }) => id === organisation);
      return kind === 'medchat' && answers;
    })
    .sort((a, b) => rank(a, organisation) - rank(b, organisation))
    .flatMap(({ id, title, invitation_code: code }) => (code ? [{ id, title, code }] : []));
}

const rank = (room: Room, organisation: string) =>
  room.default_organisation === organisation ? 0 : 1;

/** What an organisation is called, as far as one's rooms tell. */
export function nameOf(rooms: readonly Room[], organisation: string): string | undefined {
  return rooms.flatMap(({ organisations }) => organisations).find(({ id }) => id === organisation)
    ?.name;
}

/** What the QR of each slip opens. */
export const addressOf = (origin: string, code: string, medchat: Medchat | undefined): string =>
  slipAddress(origin, code, medchat?.code);

/** A wait as long as this is the day's limit, not a hurry, in seconds. */
const LONG = 600;

/** Why no code was handed out. */
export function whyNone(error: unknown): string {
  const wait = error instanceof Refused ? (error.retryAfter ?? 0) : 0;
  return codeOf(error) === 'rate_limited' && wait >= LONG ? words.too_many : mistakeWords(error);
}
