import { expect, test } from 'vitest';
import { askOf, beforeOf, daysOf, queryOf, searchOf, stepOf, type Ask } from './ask.ts';

const ZONE = 'Asia/Vladivostok';
const now = Date.parse('2026-11-25T13:45:00+10:00');
const date = (day: number | undefined) =>
  day === undefined ? undefined : new Date(day * 86_400_000).toISOString().slice(0, 10);
const usual: Ask = { period: '12w', answer: 'first', hours: 'work' };
const span = (ask: Partial<Ask>) => {
  const { from, until } = daysOf({ ...usual, ...ask }, now, ZONE);
  return [date(from), date(until)];
};

test('an address says it all, and what it does not understand is not asked', () => {
  const ask: Ask = {
    period: 'own',
    from: '2026-11-02',
    to: '2026-11-21',
    room: 'r',
    category: 'queue',
    answer: 'final',
    hours: 'wall',
    table: 'room',
  };
  expect(askOf(new URLSearchParams(searchOf(ask)))).toEqual(ask);
  expect(searchOf(usual)).toBe('');
  expect(askOf(new URLSearchParams('period=1y&table=x&from=yesterday&hours=x'))).toEqual(usual);
});

test('periods are whole weeks up to this one, or days', () => {
  expect(span({ period: '7d' })).toEqual(['2026-11-19', '2026-11-26']);
  expect(span({ period: '4w' })).toEqual(['2026-11-02', '2026-11-30']);
  expect(span({})).toEqual(['2026-09-07', '2026-11-30']);
  expect(span({ period: 'all' })).toEqual([undefined, undefined]);
  const own = { period: 'own' as const, from: '2026-11-02', to: '2026-11-21' };
  expect(span(own)).toEqual(['2026-11-02', '2026-11-22']);
});

test('a fortnight is shown by day, more by week; the one before is as long', () => {
  const week = daysOf({ ...usual, period: '7d' }, now, ZONE);
  expect(stepOf(week)).toBe('day');
  expect(stepOf(daysOf(usual, now, ZONE))).toBe('week');
  expect(stepOf({})).toBe('week');
  const before = beforeOf(week);
  expect([date(before?.from), date(before?.until)]).toEqual(['2026-11-12', '2026-11-19']);
  expect(beforeOf({})).toBeUndefined();
});

test('the server is asked in instants of the zone', () => {
  const days = daysOf({ ...usual, period: '7d' }, now, ZONE);
  expect(queryOf({ ...usual, room: 'r' }, days, ZONE, 'day')).toEqual({
    room: 'r',
    from: '2026-11-18T14:00:00.000Z',
    to: '2026-11-25T14:00:00.000Z',
    by: 'day',
  });
  expect(queryOf(usual, {}, ZONE)).toEqual({});
});
