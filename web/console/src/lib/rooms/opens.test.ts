import { expect, test } from 'vitest';
import { opens } from './opens.ts';

const place = { time_zone: 'Asia/Vladivostok' };
const saturdayNight = Date.parse('2026-11-21T13:00:00.000Z');
const closed = {
  kind: 'medchat' as const,
  open_now: false,
  next_opening: '2026-11-22T22:00:00.000Z',
};

test('a closed medchat names its day and hour', () => {
  expect(opens(closed, place, saturdayNight)).toBe('Откроется в понедельник в 08:00');
});

test('open ones, other rooms, and those that never open say nothing', () => {
  expect(opens({ ...closed, open_now: true }, place, saturdayNight)).toBeUndefined();
  expect(opens({ ...closed, kind: 'staff' }, place, saturdayNight)).toBeUndefined();
  expect(opens({ ...closed, next_opening: null }, place, saturdayNight)).toBeUndefined();
});
