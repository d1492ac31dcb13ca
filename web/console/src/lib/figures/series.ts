// Figures by week or day as columns of a chart and of the table under it; and a chart's scale. Pure.
import type { Group, Spread, Tally, Waits } from '@medchat/wire/generated.ts';
import { say } from '@medchat/ui/say.ts';
import { time } from '@medchat/ui/texts.ts';
import type { Ask, Days } from './ask.ts';

const DAY_MS = 86_400_000;

export interface Column {
  /** The first day, in days since 1970. */
  day: number;
  label: string;
  /** Absent when nobody asked anything then. */
  figures?: Tally;
}

/** The waits one asks about. */
export const waitsOf = (figures: Tally, { answer }: Pick<Ask, 'answer'>): Waits =>
  answer === 'final' ? figures.final_answer : figures.first_answer;

/** Their length in seconds, in the time one asks about. The share in time is of working time alone. */
export const spreadOf = (figures: Tally, ask: Pick<Ask, 'answer' | 'hours'>): Spread => {
  const waits = waitsOf(figures, ask);
  return ask.hours === 'wall' ? waits.wall : waits;
};

/** One column for each week or day of the period, also for those without appeals. */
export function columnsOf(groups: readonly Group[], step: 'day' | 'week', days: Days): Column[] {
  const found = new Map(groups.map((group) => [Date.parse(group.key) / DAY_MS, group]));
  const known = [...found.keys()].sort((a, b) => a - b);
  const length = step === 'week' ? 7 : 1;
  const first = days.from ?? known[0];
  const last = days.until === undefined ? known.at(-1) : days.until - 1;
  if (first === undefined || last === undefined) return [];
  const columns: Column[] = [];
  // Weeks begin on Mondays, as the server's do, wherever the period begins.
  const start = step === 'week' ? first - ((((first + 3) % 7) + 7) % 7) : first;
  for (let day = start; day <= last; day += length) {
    const figures = found.get(day);
    columns.push({ day, label: labelOf(day, step), ...(figures && { figures }) });
  }
  return columns;
}

/** «16–22 ноя», «30 ноя – 6 дек», «23 ноя». */
function labelOf(day: number, step: 'day' | 'week'): string {
  const [from, until] = [day, step === 'week' ? day + 6 : day].map((one) => new Date(one * DAY_MS));
  const named = (date: Date | undefined) =>
    say(time.day_month, {
      day: date?.getUTCDate() ?? 0,
      month: (time.months[date?.getUTCMonth() ?? 0] ?? '').slice(0, 3),
    });
  if (step === 'day') return named(from);
  return from?.getUTCMonth() === until?.getUTCMonth()
    ? `${from?.getUTCDate()}–${named(until)}`
    : `${named(from)} – ${named(until)}`;
}

/** The lines of a share's axis, from the top: whole tens from 100 down to below the lowest value. */
export function ticksFor(values: readonly number[]): number[] {
  const lowest = Math.min(80, ...values.map((value) => Math.floor(value * 10) * 10));
  const step = 100 - lowest > 50 ? 25 : 100 - lowest > 20 ? 20 : 10;
  const ticks: number[] = [];
  for (let tick = 100; tick > lowest - step; tick -= step) ticks.push(Math.max(0, tick));
  return [...new Set(ticks)];
}

/** The pieces of a line over columns some of which have no value. */
export function piecesOf(
  values: readonly (number | null | undefined)[],
): { at: number; value: number }[][] {
  const pieces: { at: number; value: number }[][] = [];
  let open = false;
  values.forEach((value, at) => {
    if (value === null || value === undefined) {
      open = false;
      return;
    }
    if (open) pieces.at(-1)?.push({ at, value });
    else pieces.push([{ at, value }]);
    open = true;
  });
  return pieces;
}
