// What the page of an appeal reads out of it: the clinic's open question, why it ended, in which lane the
// clinic spoke last. Pure.
import type { Appeal, Lane } from '@medchat/wire/generated.ts';
import type { Said } from './thread.ts';

/** The question the resident owes a reply to. */
export function questionOf(
  { state, events }: Pick<Appeal, 'state' | 'events'>,
  said: readonly Said[],
): { text: string; secret: boolean } | undefined {
  if (state !== 'waiting_for_resident') return undefined;
  const asked = events.findLast(({ kind }) => kind === 'asked')?.message;
  for (const { lane, line, secrets } of said) {
    if (line.id === asked) return { text: line.text, secret: lane === 'private' };
    const secret = secrets.find(({ id }) => id === asked);
    if (secret) return { text: secret.text, secret: true };
  }
  return undefined;
}

/** Why it was refused, in the clinic's words. */
export function reasonOf({ state, events }: Pick<Appeal, 'state' | 'events'>): string | undefined {
  if (state !== 'refused') return undefined;
  return events.findLast(({ kind }) => kind === 'refused')?.reason;
}

/** Where the clinic spoke last; what is not said yet is said in the open. */
export function usualLane(said: readonly Said[]): Lane {
  return said.findLast(({ line }) => line.author?.kind === 'staff')?.lane ?? 'public';
}
