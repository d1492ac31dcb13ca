import { render } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import Fate, { type FateName } from './Fate.svelte';

const words = (fate: FateName, short: boolean) =>
  render(Fate, { fate, time: '12:20', short }).container.textContent?.trim();

describe('Fate', () => {
  it.each<[FateName, string, string]>([
    ['queued', 'Уйдёт, когда будет связь', 'ждёт связи'],
    ['sending', 'Отправляем', 'Отправляем'],
    ['sent', 'Отправлено · 12:20', '12:20'],
    ['seen', 'Увидели в поликлинике · 12:20', 'Увидели · 12:20'],
    ['failed', 'Не ушло', 'Не ушло'],
  ])('says %s in words, fewer on a short line', (fate, long, short) => {
    expect(words(fate, false)).toBe(long);
    expect(words(fate, true)).toBe(short);
  });
});
