// An open appeal over a server made of functions: what it loads and follows, where own messages show, and
// what it does when it is taken away.

import { expect, test, vi } from 'vitest';

import { openAppeal } from './appeal.ts';
import { cell } from './cell.ts';
import type { Appeal, Lane } from './generated.ts';
import { Refused, Unreachable } from './http.ts';
import type { Outbox, Outgoing } from './outbox.ts';
import { appeal, message, settled } from './tests/stage.ts';
import { plug } from './tests/plug.ts';

const gone = () =>
  new Refused({ type: 'about:blank', title: '', status: 404, code: 'not_found', detail: '' });

function stage(held: Appeal = appeal('x', {}, { private: [] })) {
  const wires = plug();
  const items = cell<readonly Outgoing[]>([]);
  const add = vi.fn(async () => 'c1');
  const retry = vi.fn(async () => {});
  const outbox = cell<Outbox | undefined>({
    items,
    add,
    retry,
    settle: () => {},
  } as unknown as Outbox);
  const get = vi.fn(async () => held);
  const open = openAppeal('x', { appeals: { get }, socket: wires.socket, outbox, me: 'me' });
  return { ...wires, items, add, retry, get, open, view: () => open.view.get() };
}

const mine = (change: Partial<Outgoing> = {}): Outgoing => ({
  cid: 'c1',
  appeal: 'x',
  text: 'Записала',
  at: 0,
  order: 1,
  tried: true,
  state: 'queued',
  ...change,
});

test('it loads, follows its lanes from where they are, and the room that tells of its state', async () => {
  const { asked, view } = stage();
  expect(view().phase).toBe('loading');
  await settled();
  expect(view()).toMatchObject({ phase: 'ready', public: [{ text: 'текст 1' }], private: [] });
  expect(asked).toEqual([
    ['room:a', {}],
    ['appeal:x:public', { after: 1, epoch: 'e1' }],
    ['appeal:x:private', { after: 0, epoch: 'e1' }],
  ]);
});

test.each([
  ['public', {}],
  ['public', { lane: 'public' as Lane }],
  ['private', { lane: 'private' as Lane }],
  ['private', { landed: { feed: 'appeal:x:private', seq: 1, id: 'm9', at: '' } }],
])('an own message shows in the %s lane', async (lane, change) => {
  const { items, view } = stage();
  await settled();
  items.set([mine(change), mine({ cid: 'c2', appeal: 'y' })]);
  const shown = view()
    [lane as Lane]?.filter(({ own }) => own)
    .map(({ cid }) => cid);
  expect(shown).toEqual(['c1']);
});

test('what happens while it loads asks once more, not once each', async () => {
  const { get, says } = stage();
  await settled();
  get.mockClear();
  for (const seq of [2, 3, 4]) {
    const { seq: _, ...rest } = message(seq);
    says({ ev: 'entry', feed: 'appeal:x:public', seq, entry: { kind: 'message', ...rest } });
  }
  await settled();
  expect(get).toHaveBeenCalledTimes(2);
});

test('the private lane that is taken away is followed no longer', async () => {
  const held = appeal('x', {}, { private: [message(1)] });
  const { get, says, follows, view } = stage(held);
  await settled();
  get.mockResolvedValue(appeal('x'));
  says({ ev: 'error', feed: 'appeal:x:private', code: 'not_found', detail: '' });
  expect(view().private).toBeUndefined();
  await settled();
  expect([...follows.keys()]).toEqual(['room:a', 'appeal:x:public']);
});

test('an appeal that is gone holds nothing any more', async () => {
  const { get, says, follows, view } = stage();
  await settled();
  get.mockRejectedValue(gone());
  says({ ev: 'error', feed: 'appeal:x:public', code: 'not_found', detail: '' });
  await settled();
  expect(view()).toEqual({ phase: 'missing', public: [], viewers: [] });
  expect(follows.size).toBe(0);
});

test('a loss of the connection takes nothing off the screen, and its end asks again', async () => {
  const { get, state, view } = stage();
  await settled();
  get.mockRejectedValueOnce(new Unreachable(undefined));
  state.set('waiting');
  state.set('open');
  await settled();
  expect(view().phase).toBe('ready');
  expect(get).toHaveBeenCalledTimes(2);
});

test('what one says names the appeal; what one has read is told once', async () => {
  const { add, open, sent } = stage();
  await settled();
  await open.say('Записала', { lane: 'public', seen: open.head('public') });
  expect(add).toHaveBeenCalledWith({ appeal: 'x', lane: 'public', seen: 1 }, 'Записала', undefined);
  open.read('public', 1);
  open.read('public', 1);
  expect(sent).toEqual([{ op: 'read', feed: 'appeal:x:public', seq: 1 }]);
});

test('closed, it listens to nothing', async () => {
  const { open, follows, hearers } = stage();
  await settled();
  open.close();
  expect(follows.size + hearers.size).toBe(0);
});

test('a view that is stale by one’s own last word alone is sent again, one by a colleague’s is not', async () => {
  const { items, retry } = stage();
  await settled();
  const own = message(2, { author: { id: 'me', kind: 'staff', alias: 'Ирина Седова' } });
  const stale = { state: 'failed' as const, code: 'stale_view' as const };
  items.set([mine({ ...stale, missing: [own, message(3)] })]);
  expect(retry).not.toHaveBeenCalled();
  items.set([mine({ ...stale, missing: [own] })]);
  expect(retry).toHaveBeenCalledWith('c1', 2);
});
