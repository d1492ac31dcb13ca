// Which of a room's lines are drawn: a stretch that slides with the reader, so that a room of
// thousands of messages costs no more than one of a few hundred. Pure; lines are known by their
// keys, since both ends of the list grow.

export interface Stretch {
  /** How many lines are drawn at most. */
  readonly size: number;
  /** The key of the last one; undefined while the stretch ends where the room does. */
  readonly last: string | undefined;
}

type Keyed = { readonly key: string };

/** Enough for a tall screen and a page beyond it. */
const FIRST = 80;
const STEP = 80;
const MOST = 240;

/** Where reading begins: the newest lines. */
export const newest: Stretch = { size: FIRST, last: undefined };

function endOf(lines: readonly Keyed[], { last }: Stretch): number {
  if (last === undefined) return lines.length;
  const at = lines.findLastIndex(({ key }) => key === last);
  return at < 0 ? lines.length : at + 1;
}

/** The lines to draw. */
export function drawnOf<L extends Keyed>(lines: readonly L[], stretch: Stretch): readonly L[] {
  const end = endOf(lines, stretch);
  return lines.slice(Math.max(0, end - stretch.size), end);
}

/** How many lines wait above the stretch. */
export const above = (lines: readonly Keyed[], stretch: Stretch): number =>
  Math.max(0, endOf(lines, stretch) - stretch.size);

/** A step towards older lines; what is far below is let go. */
export function earlier(lines: readonly Keyed[], stretch: Stretch): Stretch {
  const size = Math.min(stretch.size + STEP, MOST);
  const letGo = stretch.size + STEP - size;
  if (letGo === 0) return { ...stretch, size };
  const end = endOf(lines, stretch) - Math.min(letGo, above(lines, stretch));
  return { size, last: lines[end - 1]?.key };
}

/** A step towards newer lines, until the stretch ends with the room again. */
export function later(lines: readonly Keyed[], stretch: Stretch): Stretch {
  const end = endOf(lines, stretch) + STEP;
  return { ...stretch, last: end >= lines.length ? undefined : lines[end - 1]?.key };
}
