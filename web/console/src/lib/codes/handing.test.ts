import { expect, test } from 'vitest';
import type { Room } from '@medchat/wire/generated.ts';
import { Refused } from '@medchat/wire/http.ts';
import { codes as words, problem } from '@medchat/ui/texts.ts';
import { medchatsOf, nameOf, whyNone } from './handing.ts';

const room = (id: string, change: Partial<Room> = {}) =>
  ({
    id,
    kind: 'medchat',
    title: `Медчат ${id}`,
    invitation_code: `1АК774Р${id}`,
    organisations: [{ id: 'a', name: 'Поликлиника № 41' }],
    ...change,
  }) as unknown as Room;

test('a slip may name the medchats its organisation answers in, its own first', () => {
  const rooms = [
    room('1'),
    room('2', { default_organisation: 'a' } as Partial<Room>),
    room('3', { organisations: [{ id: 'b', name: 'Больница № 2' }] }),
    room('4', { kind: 'staff' }),
    room('5', { invitation_code: null }),
  ];
  expect(medchatsOf(rooms, 'a').map(({ id, code }) => [id, code])).toEqual([
    ['2', '1АК774Р2'],
    ['1', '1АК774Р1'],
  ]);
  expect(nameOf(rooms, 'b')).toBe('Больница № 2');
  expect(nameOf(rooms, 'c')).toBeUndefined();
});

test('the day’s limit is told from a hurry', () => {
  const limited = (seconds: number) =>
    new Refused({ type: '', title: '', status: 429, code: 'rate_limited', detail: '' }, seconds);
  expect(whyNone(limited(3600))).toBe(words.too_many);
  expect(whyNone(limited(2))).toBe(problem.rate_limited);
});
