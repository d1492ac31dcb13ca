// A feed's lines as rows to draw: day lines between days, the line above what is new. Pure.
import type { Line } from '@medchat/wire/timeline.ts';
import { dayOf } from '@medchat/ui/when.ts';

export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  | { kind: 'line'; key: string; line: Line };

/** What came in while somebody was away: the numbers above `read`, up to the `last` there was then. */
export interface Away {
  read: number;
  last: number;
}

export function rowsOf(lines: readonly Line[], zone: string, away: Away): Row[] {
  const first = lines.find((line) => !line.own && isNew(line, away));
  let day = -Infinity;
  return lines.flatMap((line) => {
    const rows: Row[] = [];
    const at = Date.parse(line.at);
    // Only forward: a device whose clock runs behind must not open yesterday again below today.
    if (dayOf(at, zone) > day) {
      day = dayOf(at, zone);
      rows.push({ kind: 'day', key: `day ${day}`, at });
    }
    if (line === first) rows.push({ kind: 'new', key: 'new' });
    rows.push({ kind: 'line', key: line.key, line });
    return rows;
  });
}

const isNew = ({ seq }: Line, { read, last }: Away) =>
  seq !== undefined && seq > read && seq <= last;
