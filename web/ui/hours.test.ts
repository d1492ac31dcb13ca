import { describe, expect, it } from 'vitest';
import {
  expectation,
  headline,
  isStale,
  promisedBy,
  shortHeadline,
  type Hours,
  type Place,
} from './hours.ts';

const place: Place = { time_zone: 'Asia/Vladivostok', outside_hours: 'queue' };
/** A moment by Khabarovsk's clock, UTC+10. */
const at = (civil: string) => new Date(`${civil}:00+10:00`).toISOString();
const now = Date.parse(at('2026-11-21T12:20')); // a Saturday

const open: Hours = {
  open_now: true,
  closes_at: at('2026-11-21T20:00'),
  next_opening: at('2026-11-23T08:00'),
  holiday: null,
};
const closed: Hours = { ...open, open_now: false, closes_at: null };

describe('an open room', () => {
  it('says until when, and when it opens next', () => {
    expect(headline(open, place, now)).toBe('Сейчас открыто, до 20:00');
    expect(shortHeadline(open, place, now)).toBe('Открыто до 20:00');
    expect(expectation(open, place, now).replaceAll('\u00a0', ' ')).toBe(
      'Отвечают за 2 часа. В понедельник — с 08:00',
    );
  });

  it('goes stale at its closing', () => {
    expect(isStale(open, Date.parse(at('2026-11-21T19:59')))).toBe(false);
    expect(isStale(open, Date.parse(at('2026-11-21T20:00')))).toBe(true);
  });

  it('says less when the server says less', () => {
    const unknown = { ...open, closes_at: null, next_opening: null };
    expect(headline(unknown, place, now)).toBe('Сейчас открыто');
    expect(expectation(unknown, place, now)).toBe('Отвечают за 2 часа.');
    expect(isStale(unknown, now)).toBe(false);
  });
});

describe('a closed room', () => {
  it('names the day and the hour, and promises what it queues', () => {
    expect(headline(closed, place, now)).toBe('Закрыто до понедельника, 08:00');
    expect(expectation(closed, place, now)).toBe(
      'Напишите сейчас — ответ начнётся в понедельник в 08:00',
    );
  });

  it('promises nothing where nobody may write', () => {
    expect(expectation(closed, { ...place, outside_hours: 'read_only' }, now)).toBe(
      'Писать можно в понедельник в 08:00. Читать — всегда',
    );
  });

  it('names the holiday', () => {
    const holiday = { ...closed, holiday: 'День народного единства' };
    expect(expectation(holiday, place, now)).toMatch(
      /^Сегодня выходной: День народного единства\. Напишите сейчас/,
    );
  });

  it('goes stale at its opening', () => {
    expect(isStale(closed, Date.parse(at('2026-11-23T08:00')))).toBe(true);
  });
});

describe('the promise', () => {
  const said = (room: Hours, civil: string) => promisedBy(room, Date.parse(at(civil)));
  it('is two hours of opening time', () => {
    expect(said(open, '2026-11-21T12:20')).toBe(Date.parse(at('2026-11-21T14:20')));
    expect(said(open, '2026-11-21T19:30')).toBe(Date.parse(at('2026-11-23T09:30')));
    expect(said(closed, '2026-11-21T21:00')).toBe(Date.parse(at('2026-11-23T10:00')));
  });

  it('is not made where nobody knows when it opens', () => {
    expect(said({ ...closed, next_opening: null }, '2026-11-21T21:00')).toBeUndefined();
    expect(said({ ...open, next_opening: null }, '2026-11-21T19:30')).toBeUndefined();
    expect(said({ ...open, closes_at: null }, '2026-11-21T19:30')).toBe(
      Date.parse(at('2026-11-21T21:30')),
    );
  });
});
