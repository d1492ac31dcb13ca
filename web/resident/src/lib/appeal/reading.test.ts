import { describe, expect, it } from 'vitest';
import type { AppealEvent } from '@medchat/wire/generated.ts';
import { questionOf, reasonOf, usualLane } from './reading.ts';
import type { Said } from './thread.ts';

const said = (id: string, lane: Said['lane'], kind: 'resident' | 'staff' = 'staff'): Said => ({
  key: id,
  lane,
  secrets: [],
  line: {
    key: id,
    id,
    at: '2026-11-23T02:00:00.000Z',
    own: kind === 'resident',
    author: { id: kind, kind, alias: kind },
    text: `текст ${id}`,
    edited: false,
    hidden: false,
  },
});
const asked = (message: string): AppealEvent => ({ kind: 'asked', at: '', message });

describe('the question a resident owes a reply to', () => {
  const events = [asked('a'), asked('b')];
  it('is the last one asked, in whichever lane', () => {
    const thread = [said('a', 'public'), said('b', 'private')];
    expect(questionOf({ state: 'waiting_for_resident', events }, thread)).toEqual({
      text: 'текст b',
      secret: true,
    });
    const beside = [{ ...said('x', 'public'), secrets: [said('b', 'private').line] }];
    expect(questionOf({ state: 'waiting_for_resident', events }, beside)?.secret).toBe(true);
  });

  it('is gone with the reply', () => {
    expect(questionOf({ state: 'in_work', events }, [said('b', 'public')])).toBeUndefined();
  });
});

it('tells why it was refused', () => {
  const events: AppealEvent[] = [{ kind: 'refused', at: '', reason: 'Решает министерство' }];
  expect(reasonOf({ state: 'refused', events })).toBe('Решает министерство');
  expect(reasonOf({ state: 'new', events })).toBeUndefined();
});

it('replies where the clinic spoke last', () => {
  expect(usualLane([said('q', 'private', 'resident')])).toBe('public');
  expect(usualLane([said('a', 'private'), said('q', 'public', 'resident')])).toBe('private');
});
