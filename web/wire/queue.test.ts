// The queue: list and feed together, whichever comes first.

import { expect, test, vi } from 'vitest';

import type { AppealQuery } from './appeals.ts';
import type { AppealCard, Page, ServerFrame } from './generated.ts';
import { Unreachable } from './http.ts';
import { openQueue } from './queue.ts';
import { OPEN } from './standing.ts';
import { card, settled } from './tests/stage.ts';
import { plug } from './tests/plug.ts';

const DESK = 'desk:org-a';

function stage({
  held = [card('x'), card('y')],
  ...given
}: { held?: AppealCard[]; organisation?: string | undefined } = {}) {
  const organisation = 'organisation' in given ? given.organisation : 'org-a';
  const wires = plug();
  const list = vi.fn(async ({ state }: AppealQuery = {}): Promise<Page<AppealCard>> => ({
    items: held.filter((one) =>
      state === 'open' ? OPEN.includes(one.state) : state?.split(',').includes(one.state),
    ),
    next: null,
  }));
  const queue = openQueue({ appeals: { list }, socket: wires.socket, organisation });
  const shown = () => queue.view.get().cards.map(({ id, state }) => [id, state]);
  return { ...wires, held, list, queue, shown };
}

const told = (seq: number, id: string, change: Partial<AppealCard> = {}): ServerFrame => ({
  ev: 'entry',
  feed: DESK,
  seq,
  entry: { kind: 'appeal', ...card(id, change) },
});
const subscribed: ServerFrame = { ev: 'subscribed', feed: DESK, epoch: 'e1', head: 4 };

test('it lists what is open and then follows the desk', async () => {
  const { list, asked, shown, says } = stage();
  await settled();
  expect(list.mock.calls.map(([query]) => query?.state)).toEqual(['open']);
  expect(asked).toEqual([[DESK, {}]]);
  says(subscribed);
  says(told(5, 'x', { state: 'accepted' }));
  says(told(6, 'z'));
  expect(shown()).toEqual([
    ['x', 'accepted'],
    ['y', 'new'],
    ['z', 'new'],
  ]);
});

test('a list that comes after the feed takes nothing back', async () => {
  const { shown, says, queue } = stage();
  says(subscribed);
  says(told(5, 'x', { state: 'accepted' }));
  await queue.reload();
  await settled();
  expect(shown()).toContainEqual(['x', 'accepted']);
});

test('what another desk took is gone; what nobody owns is everybody’s', async () => {
  const { shown, says } = stage({ held: [card('x', { organisation: null })] });
  await settled();
  says(subscribed);
  expect(shown()).toEqual([['x', 'new']]);
  says(told(5, 'x', { organisation: { id: 'org-b', name: 'Больница № 2 (пример)' } }));
  expect(shown()).toEqual([]);
});

test('a long list is read to its end', async () => {
  const { list, queue } = stage({ held: [] });
  await settled();
  list.mockImplementation(async ({ after } = {}) => ({
    items: [card(after ?? 'first')],
    next: after === undefined ? 'second' : null,
  }));
  await queue.reload();
  expect(queue.view.get().cards.map(({ id }) => id)).toEqual(['first', 'second']);
});

test('closed ones are listed beside them when they are wanted: the latest, by their words', async () => {
  const { list, queue, shown } = stage({ held: [card('x'), card('y', { state: 'answered' })] });
  await settled();
  expect(shown()).toEqual([['x', 'new']]);
  list.mockClear();
  queue.want({ states: ['answered', 'refused'], q: 'талон' });
  await settled();
  expect(shown()).toEqual([
    ['x', 'new'],
    ['y', 'answered'],
  ]);
  expect(list.mock.calls.at(-1)?.[0]).toEqual({
    state: 'answered,refused',
    q: 'талон',
    limit: 100,
  });
  list.mockClear();
  queue.want({ states: ['answered', 'refused'], q: 'талон' });
  await settled();
  expect(list).not.toHaveBeenCalled();
});

test('who has no desk hears of appeals from the rooms, which do not say who works on them', async () => {
  const assignee = { id: 'ira', name: 'Ирина Седова' };
  const held = [card('x', { assignee })];
  const { queue, shown, says, asked } = stage({ held, organisation: undefined });
  await settled();
  expect(asked).toEqual([]);
  says({ ...told(9, 'x', { state: 'in_work' }), feed: 'room:a' } as ServerFrame);
  says({ ...told(10, 'z'), feed: 'room:a' } as ServerFrame);
  expect(shown()).toEqual([
    ['x', 'in_work'],
    ['z', 'new'],
  ]);
  expect(queue.view.get().cards[0]?.assignee).toEqual(assignee);
});

test('the answer of an act shows before its entry', async () => {
  const { queue, shown } = stage();
  await settled();
  queue.take(card('x', { state: 'in_work' }));
  expect(shown()).toContainEqual(['x', 'in_work']);
});

test('nobody answers: it says so, and asks again when the connection is back', async () => {
  const { list, queue, state, shown } = stage({ organisation: undefined });
  list.mockRejectedValue(new Unreachable(undefined));
  await queue.reload();
  expect(queue.view.get().phase).toBe('unreachable');
  list.mockImplementation(async () => ({ items: [card('x')], next: null }));
  state.set('waiting');
  state.set('open');
  await settled();
  expect(queue.view.get().phase).toBe('ready');
  expect(shown()).toEqual([['x', 'new']]);
});
