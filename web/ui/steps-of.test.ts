import { describe, expect, it } from 'vitest';
import type { AppealEvent, Clock } from '@medchat/wire/generated.ts';
import { stepsOf } from './steps.ts';

const ZONE = 'Asia/Vladivostok';
const at = (time: string) => new Date(`2026-11-23T${time}:00+10:00`).toISOString();
const clock = (kind: Clock['kind'], stopped_at: string | null, cycle = 1): Clock => ({
  kind,
  cycle,
  started_at: at('12:20'),
  due_at: at('14:20'),
  paused: false,
  stopped_at,
  breached: false,
});
const event = (kind: string, time: string, more: Partial<AppealEvent> = {}): AppealEvent => ({
  kind,
  at: at(time),
  ...more,
});
const read = (events: AppealEvent[], clocks: Clock[] = [], own = true) =>
  stepsOf({ events, clocks }, ZONE, own).map(({ words, more }) =>
    [words, more].filter(Boolean).join(' | ').replaceAll('\u00a0', ' '),
  );
const ira = { id: 'ira', name: 'Ирина Седова' };

describe('steps', () => {
  it('tell the promise and how it was kept', () => {
    const clocks = [clock('first_answer', at('13:45')), clock('final_answer', at('14:06'))];
    expect(
      read(
        [
          event('opened', '12:20', { actor: 'resident' }),
          event('accepted', '12:41', { actor: 'staff', by: ira }),
          event('messaged', '13:45', { actor: 'staff' }),
          event('messaged', '13:50', { actor: 'staff' }),
          event('messaged', '13:51', { actor: 'resident' }),
          event('answered', '14:06', { actor: 'staff', outcome: 'resolved' }),
        ],
        clocks,
      ),
    ).toEqual([
      'Приняли обращение | обещали ответить до 14:20',
      'Взяли в работу | Ирина Седова',
      'Ответили | в срок, за 1 ч 25 мин',
      'Финальный ответ | в срок, за 1 ч 46 мин',
    ]);
  });

  it('tell of questions to the resident and their replies', () => {
    const events = [
      event('asked', '13:00', { actor: 'staff' }),
      event('messaged', '13:10', { actor: 'resident' }),
      event('messaged', '13:11', { actor: 'resident' }),
    ];
    expect(read(events)).toEqual(['Спросили вас | срок стоит', 'Вы ответили']);
    expect(read(events, [], false)).toEqual(['Спросили жителя | срок стоит', 'Житель ответил']);
  });

  it('begin anew after a contest', () => {
    const clocks = [clock('final_answer', at('13:00')), clock('first_answer', at('14:00'), 2)];
    expect(
      read(
        [
          event('answered', '13:00', { actor: 'staff' }),
          event('rated', '13:04', { score: 2 }),
          event('contested', '13:05', { actor: 'resident', reason: 'Талонов нет' }),
          event('messaged', '14:00', { actor: 'staff' }),
        ],
        clocks,
      ),
    ).toEqual([
      'Финальный ответ | в срок, за 40 мин',
      'Вы поставили 2',
      'Вы вернули вопрос | Талонов нет',
      'Ответили | в срок, за 1 ч 40 мин',
    ]);
  });

  it('name where it went and why it ended', () => {
    expect(
      read([
        event('transferred', '12:30', {
          to: { id: 'b', name: 'Больница № 2' },
          reason: 'Не наш округ',
        }),
        event('refused', '12:40', { reason: 'Это решает министерство' }),
        event('withdrawn', '12:41'),
        event('merged', '12:42'),
        event('closed_silently', '12:43'),
        event('something_new', '12:44'),
      ]),
    ).toEqual([
      'Передали: Больница № 2 | Не наш округ',
      'Отказали | Это решает министерство',
      'Вы отозвали вопрос',
      'Объединили с другим обращением',
      'Закрыли: отзыва не было',
    ]);
  });
});
