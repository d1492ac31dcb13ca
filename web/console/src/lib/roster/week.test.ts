import { expect, test } from 'vitest';
import type { Roster } from '@medchat/wire/generated.ts';
import { dayOf } from '@medchat/ui/when.ts';
import {
  copied,
  firstHole,
  holesIn,
  instantOf,
  mondayOf,
  spanOf,
  startOf,
  weekOf,
  whoFills,
} from './week.ts';

const ZONE = 'Asia/Vladivostok';
const iso = (civil: string) => new Date(`2026-11-${civil}:00+10:00`).toISOString();
const at = (civil: string) => Date.parse(iso(civil));
const MONDAY = dayOf(at('23T12:00'), ZONE);
const DAYS = ['23', '24', '25', '26', '27', '28'];
const person = (id: string) => ({ id, name: id, position: '', roles: [], open_appeals: 0 });
let turn = 0;
const shift = (staff: string, day: string, from = '08:00', until = '14:00') => ({
  id: `s${(turn += 1)}`,
  staff,
  from: iso(`${day}T${from}`),
  until: iso(`${day}T${until}`),
});
const roster = (change: Partial<Roster> = {}): Roster => ({
  organisation: 'a',
  name: 'Поликлиника № 1 (пример)',
  time_zone: ZONE,
  people: ['ira', 'oleg', 'sergey'].map(person),
  shifts: [],
  open: DAYS.map((day) => ({ from: iso(`${day}T08:00`), until: iso(`${day}T20:00`) })),
  may_keep: true,
  ...change,
});
const full = DAYS.slice(0, 5).flatMap((day) => [
  shift('ira', day),
  shift('oleg', day, '14:00', '20:00'),
]);

test('a week begins on Monday, in the zone and not in UTC', () => {
  expect(mondayOf(MONDAY + 6)).toBe(MONDAY);
  expect(mondayOf(MONDAY - 1)).toBe(MONDAY - 7);
  expect(new Date(startOf(MONDAY, ZONE)).toISOString()).toBe('2026-11-22T14:00:00.000Z');
  expect(new Date(startOf(MONDAY, 'Europe/Moscow')).toISOString()).toBe('2026-11-22T21:00:00.000Z');
  const { from, until } = spanOf(MONDAY, ZONE);
  expect((until - from) / 3_600_000).toBe(168);
});

test('days off are left out, unless somebody works on one', () => {
  expect(weekOf(roster(), MONDAY).days.map(({ day }) => day - MONDAY)).toEqual([0, 1, 2, 3, 4, 5]);
  const sunday = weekOf(roster({ shifts: [shift('ira', '29')] }), MONDAY);
  expect(sunday.days).toHaveLength(7);
  expect(sunday.days[6]).toMatchObject({ open: [], holes: [] });
});

test('a hole is what of the open hours nobody covers', () => {
  const week = weekOf(roster({ shifts: [...full, shift('ira', '28')] }), MONDAY);
  expect(week.days.slice(0, 5).flatMap(({ holes }) => holes)).toEqual([]);
  const hole = { from: at('28T14:00'), until: at('28T20:00') };
  expect(week.days[5]?.holes).toEqual([hole]);
  expect(firstHole(week, at('23T12:00'))).toEqual(hole);
  expect(firstHole(week, at('28T15:00'))).toEqual({ ...hole, from: at('28T15:00') });
  expect(firstHole(week, at('28T20:00'))).toBeUndefined();
});

test('shifts that overlap, touch or stick out leave exactly what is not covered', () => {
  const span = { from: 10, until: 20 };
  const holes = (...shifts: [number, number][]) =>
    holesIn(
      span,
      shifts.map(([from, until]) => ({ from, until })),
    ).map(({ from, until }) => [from, until]);
  expect(holes()).toEqual([[10, 20]]);
  expect(holes([0, 12], [12, 15], [14, 16], [19, 30])).toEqual([[16, 19]]);
  expect(holes([12, 13])).toEqual([
    [10, 12],
    [13, 20],
  ]);
  expect(holes([0, 40])).toEqual([]);
});

test('somebody rested fills a hole before somebody who works that day, and nobody is in two places', () => {
  const shifts = [...full, shift('ira', '28'), shift('oleg', '28', '13:00', '15:00')];
  const week = weekOf(roster({ shifts }), MONDAY);
  const hole = { from: at('28T15:00'), until: at('28T20:00') };
  expect(whoFills(hole, week)?.id).toBe('sergey');
  const busy = [...shifts, shift('sergey', '28', '16:00', '17:00')];
  expect(whoFills(hole, weekOf(roster({ shifts: busy }), MONDAY))?.id).toBe('ira');
  expect(whoFills(hole, weekOf(roster({ people: [] }), MONDAY))).toBeUndefined();
});

test('last week is copied to the same hours, without what is there and who has left', () => {
  const before = roster({ shifts: [shift('ira', '16'), shift('oleg', '17'), shift('gone', '18')] });
  const into = roster({ shifts: [shift('ira', '23')] });
  expect(copied(before, into, { zone: ZONE, monday: MONDAY })).toEqual([
    { staff: 'oleg', from: iso('24T08:00'), until: iso('24T14:00') },
  ]);
});

test('over a change of the clocks the hours stay the same', () => {
  const berlin = 'Europe/Berlin';
  const before = roster({
    shifts: [
      {
        id: 's',
        staff: 'ira',
        from: '2026-10-19T06:00:00.000Z',
        until: '2026-10-19T12:00:00.000Z',
      },
    ],
  });
  const monday = dayOf(Date.parse('2026-10-26T12:00:00.000Z'), berlin);
  expect(copied(before, roster(), { zone: berlin, monday })).toEqual([
    { staff: 'ira', from: '2026-10-26T07:00:00.000Z', until: '2026-10-26T13:00:00.000Z' },
  ]);
});

test('a civil time of a day is an instant, also on the day the clocks change', () => {
  expect(instantOf(MONDAY, '08:30', ZONE)).toBe(at('23T08:30'));
  const sunday = dayOf(Date.parse('2026-10-25T12:00:00.000Z'), 'Europe/Berlin');
  expect(new Date(instantOf(sunday, '08:00', 'Europe/Berlin')).toISOString()).toBe(
    '2026-10-25T07:00:00.000Z',
  );
});
