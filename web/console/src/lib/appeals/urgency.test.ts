import { expect, test } from 'vitest';
import type { AppealState, Clock } from '@medchat/wire/generated.ts';
import { urgencyOf } from './urgency.ts';

const ZONE = 'Asia/Vladivostok';
const at = (civil: string) => new Date(`2026-11-${civil}:00+10:00`).toISOString();
const now = Date.parse(at('23T13:45'));
const clock = (change: Partial<Clock> = {}): Clock => ({
  kind: 'final_answer',
  cycle: 1,
  started_at: at('23T12:20'),
  due_at: at('23T14:20'),
  paused: false,
  stopped_at: null,
  breached: false,
  ...change,
});
const look = (state: AppealState, ...clocks: Clock[]) => {
  const { words, ...rest } = urgencyOf({ state, clocks }, now, ZONE);
  return { ...rest, words: words.replaceAll('\u00a0', ' ') };
};

test.each<[string, AppealState, Clock, object]>([
  ['soon', 'in_work', clock(), { look: 'soon', words: 'осталось 35 мин', short: '35' }],
  [
    'calm',
    'in_work',
    clock({ due_at: at('23T14:55') }),
    { look: 'calm', words: 'осталось 1 ч 10 мин', short: '1:10' },
  ],
  [
    'asked before the opening',
    'new',
    clock({ started_at: at('23T14:00'), due_at: at('23T16:00') }),
    { look: 'calm', words: 'сегодня до 16:00' },
  ],
  ['of tomorrow', 'new', clock({ due_at: at('24T09:00') }), { words: 'завтра до 09:00' }],
  [
    'late',
    'new',
    clock({ due_at: at('23T13:33') }),
    { look: 'late', words: 'просрочено на 12 мин', short: '12' },
  ],
  ['late for days', 'new', clock({ due_at: at('21T12:00') }), { words: 'просрочено на 2 дня' }],
  [
    'paused',
    'waiting_for_resident',
    clock({ paused: true }),
    { look: 'paused', words: 'пауза: ждём жителя' },
  ],
  [
    'kept',
    'answered',
    clock({ stopped_at: at('23T13:06') }),
    { look: 'kept', words: 'в срок, за 46 мин' },
  ],
  [
    'broken',
    'confirmed',
    clock({ stopped_at: at('23T14:32'), breached: true }),
    { look: 'broken', words: 'позже на 12 мин' },
  ],
  ['over', 'withdrawn', clock({ stopped_at: at('23T13:06') }), { look: 'over', words: 'Отозвано' }],
])('one that is %s', (_, state, one, wanted) => {
  expect(look(state, one)).toMatchObject(wanted);
});

test('the next clock that runs counts, not one that is stopped or paused', () => {
  const first = clock({ kind: 'first_answer', due_at: at('23T14:00'), stopped_at: at('23T12:41') });
  expect(look('in_work', first, clock({ due_at: at('23T16:00') })).words).toBe(
    'осталось 2 ч 15 мин',
  );
  expect(look('new', { ...first, stopped_at: null }, clock()).words).toBe('осталось 15 мин');
});
