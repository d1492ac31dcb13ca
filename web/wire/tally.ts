// How many messages of others wait in a room that is not open: frames in, a number out. Pure, like
// reduce.ts, but keeps no texts, so that a console may count a hundred rooms.

import type { Room, ServerFrame } from './generated.ts';
import type { Position } from './socket.ts';

export interface Tally {
  readonly feed: string;
  readonly epoch?: string;
  readonly last?: number;
  readonly read: number;
  /** Unread messages the server counted and this tally did not see. */
  readonly counted: number;
  /** The numbers of others' messages above `read` that it did see. */
  readonly above: readonly number[];
  readonly asking: boolean;
}

// Up to this many are replayed and counted exactly; beyond it the server's count is the base.
const REPLAYED = 100;

/** Begins with what the room's list says. */
export function openTally(room: Room): Tally {
  const { read, unread } = room.my ?? { read: 0, unread: 0 };
  const common = { feed: room.feed, read, above: [], asking: false };
  return unread <= REPLAYED
    ? { ...common, last: read, counted: 0 }
    : { ...common, counted: unread };
}

export function unreadOf(tally: Tally): number {
  return tally.counted + tally.above.length;
}

export function positionOf(tally: Tally): Position {
  return {
    ...(tally.last === undefined ? {} : { after: tally.last }),
    ...(tally.last === undefined || tally.epoch === undefined ? {} : { epoch: tally.epoch }),
  };
}

/** Applies one frame; `gap` asks for a new subscription. `me` is whose own messages do not count. */
export function applyToTally(
  tally: Tally,
  frame: ServerFrame,
  me: string,
): { tally: Tally; gap: boolean } {
  if (!('feed' in frame) || frame.feed !== tally.feed) return { tally, gap: false };
  switch (frame.ev) {
    case 'subscribed':
      return {
        tally: { ...tally, epoch: frame.epoch, last: tally.last ?? frame.head, asking: false },
        gap: false,
      };
    case 'reset':
      // Another history: what was read there cannot be compared with what is here.
      return {
        tally: { ...tally, epoch: frame.epoch, last: frame.head, counted: 0, above: [] },
        gap: true,
      };
    case 'entry':
      break;
    default:
      return { tally, gap: false };
  }
  const { seq, entry } = frame;
  if (tally.last === undefined || seq <= tally.last) return { tally, gap: false };
  if (seq > tally.last + 1) return { tally: { ...tally, asking: true }, gap: !tally.asking };
  const counts = entry.kind === 'message' && entry.author.id !== me && seq > tally.read;
  return {
    tally: { ...tally, last: seq, above: counts ? [...tally.above, seq] : tally.above },
    gap: false,
  };
}

/** The reader has read up to `seq`. */
export function readUpTo(tally: Tally, seq: number): Tally {
  if (seq <= tally.read) return tally;
  return { ...tally, read: seq, counted: 0, above: tally.above.filter((number) => number > seq) };
}
