import { expect, test } from 'vitest';
import { headline, isStale, opening } from './hours.ts';

const place = { time_zone: 'Asia/Vladivostok' };
const saturdayNight = Date.parse('2026-11-21T13:00:00.000Z');
const closed = { open_now: false, closes_at: null, next_opening: '2026-11-22T22:00:00.000Z' };
const open = {
  open_now: true,
  closes_at: '2026-11-23T10:00:00.000Z',
  next_opening: '2026-11-23T22:00:00.000Z',
};
const mondayNoon = Date.parse('2026-11-23T02:00:00.000Z');

test('closed: until which day and hour', () => {
  expect(headline(closed, place, saturdayNight)).toBe('Закрыто до понедельника, 08:00');
  expect(opening(closed, place, saturdayNight)).toBe('Откроется в понедельник в 08:00');
  expect(headline({ ...closed, next_opening: null }, place, saturdayNight)).toBe('Закрыто');
});

test('open: until which hour', () => {
  expect(headline(open, place, mondayNoon)).toBe('Открыто до 20:00');
  expect(opening(open, place, mondayNoon)).toBeUndefined();
});

test('stale from the moment it turns', () => {
  expect(isStale(open, Date.parse(open.closes_at) - 1)).toBe(false);
  expect(isStale(open, Date.parse(open.closes_at))).toBe(true);
  expect(isStale(closed, Date.parse(closed.next_opening))).toBe(true);
});
