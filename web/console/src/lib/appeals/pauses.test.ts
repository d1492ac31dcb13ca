import { expect, test } from 'vitest';
import type { AppealEvent } from '@medchat/wire/generated.ts';
import { pausesOf } from './pauses.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 2, minute)).toISOString();
const event = (minute: number, kind: string, actor?: 'resident' | 'staff'): AppealEvent => ({
  at: at(minute),
  kind,
  ...(actor && { actor }),
  ...(actor === 'staff' && { by: { id: 'ira', name: 'Ирина Седова' } }),
});
const minutes = (events: AppealEvent[]) =>
  pausesOf(events).map(({ from, until, name }) => [
    new Date(from).getUTCMinutes(),
    until === undefined ? undefined : new Date(until).getUTCMinutes(),
    name,
  ]);

test('a pause lasts from the question to the resident’s word, whatever staff add', () => {
  const events = [
    event(1, 'accepted', 'staff'),
    event(5, 'asked', 'staff'),
    event(6, 'messaged', 'staff'),
    event(7, 'asked', 'staff'),
    event(9, 'messaged', 'resident'),
    event(12, 'asked', 'staff'),
  ];
  expect(minutes(events)).toEqual([
    [5, 9, 'Ирина Седова'],
    [12, undefined, 'Ирина Седова'],
  ]);
});

test('an end of the cycle ends it too', () => {
  expect(minutes([event(5, 'asked', 'staff'), event(8, 'answered', 'staff')])).toEqual([
    [5, 8, 'Ирина Седова'],
  ]);
});
