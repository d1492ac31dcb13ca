import { expect, test } from 'vitest';
import type { Group } from '@medchat/wire/generated.ts';
import { columnsOf, piecesOf, ticksFor } from './series.ts';

const day = (date: string) => Date.parse(date) / 86_400_000;
const group = (key: string) => ({ key, name: key, appeals: 1 }) as Group;
const shown = (...args: Parameters<typeof columnsOf>) =>
  columnsOf(...args).map(({ label, figures }) => [label, figures?.appeals]);

test('every week of the period is a column, also one without appeals', () => {
  const days = { from: day('2026-11-02'), until: day('2026-11-23') };
  expect(shown([group('2026-11-02'), group('2026-11-16')], 'week', days)).toEqual([
    ['2–8 ноя', 1],
    ['9–15 ноя', undefined],
    ['16–22 ноя', 1],
  ]);
});

test('a period that begins within a week begins with its week; months may differ', () => {
  const days = { from: day('2026-11-26'), until: day('2026-12-08') };
  expect(shown([], 'week', days).map(([label]) => label)).toEqual([
    '23–29 ноя',
    '30 ноя – 6 дек',
    '7–13 дек',
  ]);
});

test('without a period the columns go as far as there is anything', () => {
  expect(shown([], 'week', {})).toEqual([]);
  expect(shown([group('2026-11-23'), group('2026-11-09')], 'week', {})).toHaveLength(3);
  expect(shown([group('2026-11-23')], 'day', {})).toEqual([['23 ноя', 1]]);
});

test('the axis goes in whole tens as far down as the values do', () => {
  expect(ticksFor([0.93, 0.841])).toEqual([100, 90, 80]);
  expect(ticksFor([0.62])).toEqual([100, 80, 60]);
  expect(ticksFor([0.05])).toEqual([100, 75, 50, 25, 0]);
  expect(ticksFor([])).toEqual([100, 90, 80]);
});

test('a line breaks where there is no value', () => {
  expect(piecesOf([1, null, 0.5, 0.6, undefined])).toEqual([
    [{ at: 0, value: 1 }],
    [
      { at: 2, value: 0.5 },
      { at: 3, value: 0.6 },
    ],
  ]);
});
