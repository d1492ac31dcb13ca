import { describe, expect, it } from 'vitest';
import type { Clock } from '@medchat/wire/generated.ts';
import { keptWords } from './kept.ts';

const ZONE = 'Asia/Vladivostok';
const at = (civil: string) => new Date(`${civil}:00+10:00`).toISOString();
const first: Clock = {
  kind: 'first_answer',
  cycle: 1,
  started_at: at('2026-11-23T12:20'),
  due_at: at('2026-11-23T14:20'),
  paused: false,
  stopped_at: null,
  breached: false,
};

describe('a promise', () => {
  const kept = (change: Partial<Clock>) => {
    const told = keptWords({ ...first, ...change }, ZONE);
    return told && { ...told, words: told.words.replaceAll('\u00a0', ' ') };
  };
  it('is kept or broken, and by how much within a day', () => {
    expect(kept({})).toBeUndefined();
    expect(kept({ stopped_at: at('2026-11-23T14:06') })).toEqual({
      kept: true,
      words: 'в срок, за 1 ч 46 мин',
    });
    expect(kept({ stopped_at: at('2026-11-23T14:32'), breached: true })).toEqual({
      kept: false,
      words: 'позже на 12 мин',
    });
  });

  it('is not measured over a night, when the clock stood', () => {
    const due_at = at('2026-11-24T09:00');
    expect(kept({ due_at, stopped_at: at('2026-11-24T08:30') })?.words).toBe('в срок');
    expect(kept({ stopped_at: at('2026-11-24T08:30') })?.words).toBe('позже, чем обещали');
  });
});
