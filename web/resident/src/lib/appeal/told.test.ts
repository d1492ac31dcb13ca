import { expect, it } from 'vitest';
import type { Notice, ServerFrame } from '@medchat/wire/generated.ts';
import { plug } from '@medchat/wire/tests/plug.ts';
import { openTold } from './told.ts';

const notice = (cycle: number): Notice => ({
  at: '2026-11-23T04:20:00.000Z',
  appeal: 'a',
  number: '27-0001-1',
  clock: 'first_answer',
  cycle,
  percent: 100,
  due_at: '2026-11-23T04:20:00.000Z',
  told: ['chief_physician'],
});
const told = (seq: number, cycle: number): ServerFrame => ({
  ev: 'entry',
  feed: 'person:me',
  seq,
  entry: { kind: 'notice', ...notice(cycle) },
});
const subscribed: ServerFrame = { ev: 'subscribed', feed: 'person:me', epoch: 'e', head: 1 };

it('tells what the person was told, from the beginning', () => {
  const { socket, asked, says, hearers } = plug();
  const open = openTold(socket, 'me');
  expect(asked).toEqual([['person:me', { after: 0 }]]);
  says(subscribed);
  says(told(1, 1));
  says(told(1, 1));
  expect(open.notices.get()).toEqual([notice(1)]);
  open.close();
  expect(hearers.size).toBe(0);
});

it('asks again after a gap, and begins anew in another history', () => {
  const { socket, asked, says } = plug();
  const open = openTold(socket, 'me');
  says(subscribed);
  says(told(1, 1));
  says(told(3, 3));
  expect(asked.at(-1)).toEqual(['person:me', { after: 1, epoch: 'e' }]);
  says({ ev: 'reset', feed: 'person:me', epoch: 'f', head: 1 });
  expect(asked.at(-1)).toEqual(['person:me', { after: 0, epoch: 'f' }]);
  says(told(1, 2));
  expect(open.notices.get()).toEqual([notice(2)]);
});
