// A room's lines as rows to draw: day lines between days, the line above what is new. Pure.
import type { Line } from '@medchat/wire/timeline.ts';
import { dayOf } from './when.ts';

export type Row<L extends Line = Line> =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  | { kind: 'line'; key: string; line: L };

/**
 * `read` is how far the reader had read when they came, and `last` how far the feed went then:
 * the marker stands above the first message of others between the two and does not wander later.
 * It is not drawn before the last message that was read is: `lines` may begin in the middle of what is new.
 */
export function rowsOf<L extends Line>(
  lines: readonly L[],
  zone: string,
  read: number,
  last: number,
): Row<L>[] {
  const rows: Row<L>[] = [];
  let day: number | undefined;
  let marked = !lines.some(({ seq }) => seq !== undefined && seq <= read);
  for (const line of lines) {
    const at = Date.parse(line.at);
    const lineDay = dayOf(at, zone);
    // A device whose clock runs behind must not open yesterday again below today.
    if (day === undefined || lineDay > day) {
      rows.push({ kind: 'day', key: `day ${lineDay}`, at });
      day = lineDay;
    }
    const seq = line.seq ?? 0;
    if (!marked && !line.own && seq > read && seq <= last) {
      rows.push({ kind: 'new', key: 'new' });
      marked = true;
    }
    rows.push({ kind: 'line', key: line.key, line });
  }
  return rows;
}
