// A room's lines with those of the reader's own appeals among them, by time: the question above its card,
// answers where they were given. Pure.
import type { Line } from '@medchat/wire/timeline.ts';
import type { Threads } from '$lib/appeal/threads.ts';

export interface RoomLine extends Line {
  /** The number of the appeal in whose public lane it stands; the line's own is of that lane and not told here. */
  of?: string;
}

const momentOf = (line: Line) => Date.parse(line.at);

/** `reachesBack`: older lines of the room are not here yet, and lines as old wait for them. */
export function merged(lines: readonly Line[], threads: Threads, reachesBack: boolean): RoomLine[] {
  const all: RoomLine[] = [...lines];
  const start = reachesBack && lines[0] !== undefined ? momentOf(lines[0]) : -Infinity;
  for (const [id, thread] of threads) {
    thread.lines.forEach(({ seq, key, ...rest }, i) => {
      // A question keeps its author's name for the try in both feeds: here two lines may bear it for a moment.
      const line: RoomLine = { ...rest, key: `${id} ${key}`, of: thread.number };
      if (seq === undefined) return void all.push(line);
      const card = i === 0 ? all.findIndex(({ appeal }) => appeal?.id === id) : -1;
      if (card < 0 && momentOf(line) < start) return;
      all.splice(card < 0 ? placeOf(all, line) : card, 0, line);
    });
  }
  return all;
}

/** After everything that is as old; what is not on the server yet stays last. */
function placeOf(lines: readonly RoomLine[], line: Line): number {
  const moment = momentOf(line);
  const at = lines.findIndex((other) => isOnItsWay(other) || momentOf(other) > moment);
  return at < 0 ? lines.length : at;
}

const isOnItsWay = ({ fate }: Line) => fate !== undefined && fate !== 'sent' && fate !== 'seen';
