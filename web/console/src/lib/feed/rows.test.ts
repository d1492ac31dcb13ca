import { expect, test } from 'vitest';
import type { Line } from '@medchat/wire/timeline.ts';
import { rowsOf } from './rows.ts';

const line = (seq: number, at: string, own = false): Line => ({
  key: `m${seq}`,
  seq,
  at,
  own,
  text: '',
  edited: false,
  hidden: false,
});
const lines = [
  line(1, '2026-11-22T13:30:00.000Z'),
  line(2, '2026-11-22T14:30:00.000Z', true),
  line(3, '2026-11-22T14:31:00.000Z'),
  line(4, '2026-11-22T14:00:00.000Z'),
];
const keys = (read: number, last: number) =>
  rowsOf(lines, 'Asia/Vladivostok', { read, last }).map(({ kind, key }) =>
    kind === 'day' ? 'day' : key,
  );

test('a day line where the day of the place turns, and never back', () => {
  expect(keys(9, 9)).toEqual(['day', 'm1', 'day', 'm2', 'm3', 'm4']);
});

test('the line of news stands above the first unread message of others, and does not move', () => {
  expect(keys(1, 3)).toEqual(['day', 'm1', 'day', 'm2', 'new', 'm3', 'm4']);
  expect(keys(3, 3)).not.toContain('new');
});
