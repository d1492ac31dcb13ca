import { expect, it } from 'vitest';
import { from, until } from './day.ts';

it('begins with its first moment and ends with the next day', () => {
  const [begins, ends] = [from('2026-11-28'), until('2026-11-28')].map((at) =>
    Date.parse(at ?? ''),
  );
  expect(new Date(begins ?? 0).getDate()).toBe(28);
  expect((ends ?? 0) - (begins ?? 0)).toBe(24 * 3_600_000);
});

it('is nothing for what is no day', () => {
  for (const text of ['', '2026-13-01', 'завтра']) {
    expect(from(text)).toBeUndefined();
    expect(until(text)).toBeUndefined();
  }
});
