// One sentence for every way an appeal can stand, with the next clock that still runs.
import { describe, expect, it } from 'vitest';
import type { AppealState, Clock, Notice } from '@medchat/wire/generated.ts';
import { outlookOf, runningClock } from './outlook.ts';

const ZONE = 'Asia/Vladivostok';
const at = (civil: string) => new Date(`${civil}:00+10:00`).toISOString();
const now = Date.parse(at('2026-11-23T12:45'));

const clock = (kind: Clock['kind'], change: Partial<Clock> = {}): Clock => ({
  kind,
  cycle: 1,
  started_at: at('2026-11-23T12:20'),
  due_at: at(kind === 'first_answer' ? '2026-11-23T14:20' : '2026-11-24T12:20'),
  paused: false,
  stopped_at: null,
  breached: false,
  ...change,
});
const first = clock('first_answer');
const final = clock('final_answer');
const spoken = { ...first, stopped_at: at('2026-11-23T12:41') };
const look = (
  state: AppealState,
  clocks: Clock[] = [first, final],
  own = true,
  notices: Notice[] = [],
) => outlookOf({ state, clocks }, { now, zone: ZONE, own }, notices);

describe('the outlook', () => {
  it.each<[string, AppealState, Clock[], string, string]>([
    ['a new one', 'new', [first, final], 'runs', 'Ответят сегодня до 14:20'],
    ['one spoken to', 'in_work', [spoken, final], 'runs', 'Финальный ответ завтра до 12:20'],
    [
      'one asked at night',
      'new',
      [
        clock('first_answer', {
          started_at: at('2026-11-24T08:00'),
          due_at: at('2026-11-24T10:00'),
        }),
      ],
      'runs',
      'Ответят завтра до 10:00',
    ],
    [
      'a late one',
      'new',
      [clock('first_answer', { due_at: at('2026-11-23T12:44') }), final],
      'late',
      'Не ответили вовремя: обещали сегодня до 12:44',
    ],
    [
      'one late with the final answer',
      'in_work',
      [spoken, clock('final_answer', { due_at: at('2026-11-22T12:44') })],
      'late',
      'Нет финального ответа: обещали вчера до 12:44',
    ],
    [
      'a contested one',
      'contested',
      [
        spoken,
        { ...final, stopped_at: at('2026-11-23T12:42') },
        clock('first_answer', { cycle: 2 }),
      ],
      'runs',
      'Вернулись к вопросу, ответят сегодня до 14:20',
    ],
    ['one without a clock', 'new', [], 'runs', 'Ответ ещё не обещан'],
    [
      'a paused one',
      'waiting_for_resident',
      [spoken, { ...final, paused: true }],
      'waits',
      'Поликлиника ждёт вашего ответа',
    ],
    [
      'an answered one',
      'answered',
      [spoken, { ...final, stopped_at: at('2026-11-23T12:42') }],
      'waits',
      'Ответили сегодня в 12:42',
    ],
    ['a confirmed one', 'confirmed', [], 'done', 'Вопрос решён'],
    ['one closed by silence', 'closed_silent', [], 'over', 'Закрыто: отзыва не было'],
    ['a refused one', 'refused', [], 'over', 'Поликлиника отказала'],
    ['a withdrawn one', 'withdrawn', [], 'over', 'Вопрос отозван'],
    ['a merged one', 'merged', [], 'over', 'Вопрос рассмотрят в другом обращении'],
  ])('of %s', (_, state, clocks, shape, words) => {
    expect(look(state, clocks)).toMatchObject({ look: shape, words });
  });

  it('says when time begins to count, while it does not', () => {
    const night = clock('first_answer', { started_at: at('2026-11-24T08:00') });
    expect(look('new', [night]).more).toBe('Сейчас закрыто, время пойдёт завтра в 08:00.');
    expect(look('new').more).toBeUndefined();
  });

  it('says plainly who knows of a broken promise', () => {
    const late = [clock('first_answer', { breached: true, due_at: at('2026-11-23T12:00') })];
    expect(look('new', late).more).toBe('Об этом сообщили: главному врачу.');
    const notice = { clock: 'first_answer', cycle: 1, told: ['curator', 'unheard_of'] };
    const told = look('new', late, true, [notice as Notice, { ...notice, cycle: 2 } as Notice]);
    expect(told.more).toBe('Об этом сообщили: главному врачу, куратору министерства.');
  });

  it('asks nothing of a neighbour', () => {
    const waiting = look('waiting_for_resident', [first], false);
    expect(waiting).toEqual({ look: 'over', words: 'Поликлиника ждёт ответа жителя' });
    expect(look('answered', [final], false).more).toBeUndefined();
    expect(look('confirmed', [], false).more).toBeUndefined();
  });

  it('rests on the clocks of the last cycle alone', () => {
    const second = clock('final_answer', { cycle: 2 });
    expect(runningClock({ clocks: [final, { ...first, cycle: 2, paused: true }, second] })).toBe(
      second,
    );
    expect(
      runningClock({ clocks: [first, { ...final, cycle: 2, stopped_at: at('2026-11-23T12:30') }] }),
    ).toBe(undefined);
  });
});
