import { describe, expect, it } from 'vitest';
import { by, clockTime, dayLine, dayOf, lasting, stamp, until, untilFrom, when } from './when.ts';

const ZONE = 'Asia/Vladivostok';
/** A moment by Khabarovsk's clock, which is UTC+10 all year. */
const at = (civil: string) => Date.parse(`${civil}:00+10:00`);
const now = at('2026-11-21T19:30'); // a Saturday

describe('when', () => {
  it.each([
    ['2026-11-20T20:00', 'вчера в 20:00'],
    ['2026-11-21T20:00', 'сегодня в 20:00'],
    ['2026-11-22T08:00', 'завтра в 08:00'],
    ['2026-11-23T08:00', 'в понедельник в 08:00'],
    ['2026-11-24T08:00', 'во вторник в 08:00'],
    ['2026-11-28T08:00', '28 ноября в 08:00'],
    ['2027-01-09T08:00', '9 января 2027 в 08:00'],
  ])('says %s', (civil, words) => {
    expect(when(at(civil), now, ZONE)).toBe(words);
  });
});

describe('by', () => {
  it.each([
    ['2026-11-21T20:00', 'сегодня до 20:00'],
    ['2026-11-23T09:30', 'в понедельник до 09:30'],
    ['2026-11-19T09:30', '19 ноября до 09:30'],
  ])('says %s', (civil, words) => {
    expect(by(at(civil), now, ZONE)).toBe(words);
  });
});

it('names a later moment without days that pass', () => {
  expect(untilFrom(at('2026-11-21T20:00'), now, ZONE)).toBe('20:00');
  expect(untilFrom(at('2026-11-22T08:00'), now, ZONE)).toBe('22 ноября, 08:00');
});

it('stamps a moment for paper', () => {
  expect(stamp(at('2026-11-21T08:05'), ZONE)).toBe('21 ноября 2026, 08:05');
});

describe('lasting', () => {
  it.each([
    [0, '0 мин'],
    [46, '46 мин'],
    [60, '1 ч'],
    [106, '1 ч 46 мин'],
  ])('says %s minutes', (minutes, words) => {
    expect(lasting(minutes * 60_000).replaceAll('\u00a0', ' ')).toBe(words);
  });
});

describe('until', () => {
  it.each([
    ['2026-11-21T20:00', '20:00'],
    ['2026-11-22T08:00', 'завтра, 08:00'],
    ['2026-11-23T08:00', 'понедельника, 08:00'],
  ])('says %s', (civil, words) => {
    expect(until(at(civil), now, ZONE)).toBe(words);
  });
});

describe('day lines', () => {
  it.each([
    ['2026-11-21T00:00', 'Сегодня'],
    ['2026-11-20T23:59', 'Вчера'],
    ['2026-11-19T12:00', '19 ноября'],
    ['2025-12-31T12:00', '31 декабря 2025'],
  ])('names the day of %s', (civil, words) => {
    expect(dayLine(at(civil), now, ZONE)).toBe(words);
  });

  it('changes the day at the region’s own midnight, not the reader’s', () => {
    expect(dayOf(at('2026-11-21T00:01'), ZONE) - dayOf(at('2026-11-20T23:59'), ZONE)).toBe(1);
    expect(clockTime(at('2026-11-21T00:01'), ZONE)).toBe('00:01');
  });
});
