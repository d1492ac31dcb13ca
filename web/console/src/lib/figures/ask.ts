// What somebody wants counted: it lives in the address, so that a link shows the same figures. Pure; the
// present and the zone are handed in.
import type { FiguresQuery, Grouping } from '@medchat/wire/figures.ts';
import { dayOf } from '@medchat/ui/when.ts';
import { mondayOf, startOf } from '../roster/week.ts';

export type Period = '7d' | '4w' | '12w' | 'all' | 'own';
export type Table = 'organisation' | 'room' | 'category';

export interface Ask {
  period: Period;
  /** Civil days of one's own period, `2026-11-02`; both ends counted. */
  from?: string;
  to?: string;
  room?: string;
  category?: string;
  /** Which of the two clocks. */
  answer: 'first' | 'final';
  /** Working time, or all of it. */
  hours: 'work' | 'wall';
  table?: Table;
}

/** Days since 1970, the last not included; absent: as far as there is anything. */
export interface Days {
  from?: number;
  until?: number;
}

const DAY_MS = 86_400_000;
const PERIODS: readonly string[] = ['7d', '4w', '12w', 'all', 'own'];
const TABLES: readonly string[] = ['organisation', 'room', 'category'];
/** Beyond this, days are too many columns to read. */
const DAILY = 14;

const dayIn = (date: string | null): string | undefined =>
  date !== null && /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(Date.parse(date))
    ? date
    : undefined;

/** What an address asks; what it does not understand is not asked. */
export function askOf(search: URLSearchParams): Ask {
  const period = search.get('period') ?? '';
  const table = search.get('table') ?? '';
  const [room, category] = [search.get('room'), search.get('category')];
  const [from, to] = [dayIn(search.get('from')), dayIn(search.get('to'))];
  return {
    period: PERIODS.includes(period) ? (period as Period) : '12w',
    ...(from && { from }),
    ...(to && { to }),
    ...(room && { room }),
    ...(category && { category }),
    answer: search.get('answer') === 'final' ? 'final' : 'first',
    hours: search.get('hours') === 'wall' ? 'wall' : 'work',
    ...(TABLES.includes(table) && { table: table as Table }),
  };
}

/** The same as an address says it, with its `?`. */
export function searchOf(ask: Ask): string {
  const search = new URLSearchParams();
  if (ask.period !== '12w') search.set('period', ask.period);
  if (ask.period === 'own') {
    if (ask.from) search.set('from', ask.from);
    if (ask.to) search.set('to', ask.to);
  }
  if (ask.room) search.set('room', ask.room);
  if (ask.category) search.set('category', ask.category);
  if (ask.answer === 'final') search.set('answer', 'final');
  if (ask.hours === 'wall') search.set('hours', 'wall');
  if (ask.table) search.set('table', ask.table);
  return search.size === 0 ? '' : `?${search}`;
}

/** The period's days: whole weeks up to this one, or the last seven days, or one's own. */
export function daysOf({ period, from, to }: Ask, now: number, zone: string): Days {
  const today = dayOf(now, zone);
  const nextMonday = mondayOf(today) + 7;
  const dayFrom = (date: string) => Date.parse(date) / DAY_MS;
  switch (period) {
    case '7d':
      return { from: today - 6, until: today + 1 };
    case '4w':
      return { from: nextMonday - 28, until: nextMonday };
    case '12w':
      return { from: nextMonday - 84, until: nextMonday };
    case 'own':
      return {
        ...(from && { from: dayFrom(from) }),
        ...(to && { until: dayFrom(to) + 1 }),
      };
    default:
      return {};
  }
}

/** Days for a fortnight, weeks beyond. */
export const stepOf = ({ from, until }: Days): 'day' | 'week' =>
  from !== undefined && until !== undefined && until - from <= DAILY ? 'day' : 'week';

/** The period before of the same length; nothing when it has no beginning or no end. */
export const beforeOf = ({ from, until }: Days): Days | undefined =>
  from === undefined || until === undefined
    ? undefined
    : { from: from - (until - from), until: from };

/** What to ask the server. */
export function queryOf(ask: Ask, days: Days, zone: string, by?: Grouping): FiguresQuery {
  const iso = (day: number) => new Date(startOf(day, zone)).toISOString();
  return {
    ...(ask.room && { room: ask.room }),
    ...(ask.category && { category: ask.category }),
    ...(days.from !== undefined && { from: iso(days.from) }),
    ...(days.until !== undefined && { to: iso(days.until) }),
    ...(by && { by }),
  };
}
