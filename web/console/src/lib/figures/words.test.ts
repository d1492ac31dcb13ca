import { expect, test } from 'vitest';
import { offsetOf, periodWords } from './words.ts';

const day = (date: string) => Date.parse(date) / 86_400_000;

test('zones by their offset from UTC, periods by their dates', () => {
  const now = Date.parse('2026-11-23T03:45:00.000Z');
  expect(offsetOf('Asia/Vladivostok', now)).toBe('UTC+10');
  expect(offsetOf('UTC', now)).toBe('UTC');
  const days = { from: day('2026-11-02'), until: day('2026-11-22') };
  expect(periodWords({ period: 'own' }, days)).toBe('2–21 ноября');
  expect(periodWords({ period: 'all' }, {})).toBe('всё время');
});
