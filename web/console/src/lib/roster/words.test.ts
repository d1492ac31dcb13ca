import { expect, test } from 'vitest';
import { datesOf, dayName, spanWords } from './words.ts';

const day = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

test('days and weeks by their dates', () => {
  expect(dayName(day('2026-11-23'))).toBe('Пн 23');
  expect(dayName(day('2026-11-29'))).toBe('Вс 29');
  expect(datesOf(day('2026-11-23'), day('2026-11-29'))).toBe('23–29 ноября');
  expect(datesOf(day('2026-11-30'), day('2026-12-06'))).toBe('30 ноября – 6 декабря');
});

test('hours as people write them', () => {
  const at = (civil: string) => Date.parse(`2026-11-23T${civil}:00+10:00`);
  const span = { from: at('08:00'), until: at('20:30') };
  expect(spanWords(span, 'Asia/Vladivostok')).toBe('8:00–20:30');
});
