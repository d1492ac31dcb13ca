// An open room over a server made of functions: what it loads, follows, sends, and what it does when the
// history is replaced or a right is taken.

import { expect, test, vi } from 'vitest';

import { cell } from './cell.ts';
import type { ClientFrame, Item, Room, ServerFrame } from './generated.ts';
import { Refused, Unreachable, type Http } from './http.ts';
import type { Outbox, Outgoing } from './outbox.ts';
import { openRoom } from './room.ts';
import type { Position, Socket, State } from './socket.ts';
import { message, settled } from './tests/stage.ts';

const FEED = 'room:a';
const item = (seq: number): Item => ({ kind: 'message', ...message(seq) });
const gone = () =>
  new Refused({ type: 'about:blank', title: '', status: 404, code: 'not_found', detail: '' });

function stage({ guest = false, alone = false, held = [item(1), item(2)] } = {}) {
  const state = cell<State>('open');
  const hearers = new Set<(frame: ServerFrame) => void>();
  const sent: ClientFrame[] = [];
  const asked: Position[] = [];
  const follows = new Map<string, () => Position>();
  const socket = {
    state,
    hear: (run: (frame: ServerFrame) => void) => (hearers.add(run), () => hearers.delete(run)),
    send: (frame: ClientFrame) => (sent.push(frame), true),
    follow(feed: string, position: () => Position) {
      follows.set(feed, position);
      asked.push(position());
      return () => follows.delete(feed);
    },
    resubscribe: (feed: string) => void asked.push(follows.get(feed)!()),
  } as unknown as Socket;
  const items = cell<readonly Outgoing[]>([]);
  const outbox = cell<Outbox | undefined>({ items, settle: () => {} } as unknown as Outbox);
  const http = {
    room: vi.fn(async () => ({ id: 'a', feed: FEED, seen: 1, my: { read: 1 } }) as unknown as Room),
    messages: vi.fn(async (_: string, page: { before?: string } = {}) =>
      page.before === undefined
        ? { items: [...held].reverse().slice(0, 2), next: held.length > 2 ? '2' : null }
        : { items: [...held].reverse().slice(2), next: null },
    ),
    edit: vi.fn(async () => ({})),
  };
  if (alone) http.room.mockRejectedValueOnce(new Unreachable(undefined));
  const room = openRoom('a', {
    http: http as unknown as Http,
    socket,
    outbox,
    me: guest ? undefined : 'me',
  });
  const says = (frame: ServerFrame) => hearers.forEach((run) => run(frame));
  const texts = () => room.view.get().lines.map(({ text }) => text);
  return { room, http, held, says, sent, asked, follows, items, texts, state, hearers };
}

test('history first, then everything after it', async () => {
  const { room, texts, asked, says } = stage();
  expect(room.view.get().phase).toBe('loading');
  await settled();
  expect(room.view.get()).toMatchObject({ phase: 'ready', readAtOpening: 1, last: 2 });
  expect(asked).toEqual([{ after: 2 }]);
  says({ ev: 'subscribed', feed: FEED, epoch: 'e', head: 3 });
  const { seq, edited: _, hidden: __, ...rest } = message(3);
  says({ ev: 'entry', feed: FEED, seq, entry: { kind: 'message', ...rest } });
  expect(texts()).toEqual(['текст 1', 'текст 2', 'текст 3']);
});

test('a guest gets history alone', async () => {
  const { texts, asked, room, sent } = stage({ guest: true });
  await settled();
  expect(texts()).toHaveLength(2);
  expect(asked).toHaveLength(0);
  room.read(2);
  expect(sent).toEqual([]);
});

test('a replaced history is loaded anew and followed from there', async () => {
  const { held, says, texts, asked } = stage();
  await settled();
  held.splice(0, 2, item(1));
  says({ ev: 'reset', feed: FEED, epoch: 'e2', head: 1 });
  expect(texts()).toEqual([]);
  await settled();
  expect(texts()).toEqual(['текст 1']);
  expect(asked.at(-1)).toEqual({ after: 1, epoch: 'e2' });
});

test('older pages come in front', async () => {
  const { room, texts } = stage({ held: [1, 2, 3, 4].map(item) });
  await settled();
  expect(room.view.get().hasOlder).toBe(true);
  await room.older();
  expect(texts()).toEqual(['текст 1', 'текст 2', 'текст 3', 'текст 4']);
  expect(room.view.get().hasOlder).toBe(false);
});

test('an unsent message of this room stands at the end, of another room nowhere', async () => {
  const { items, texts } = stage();
  await settled();
  const common = { text: 'моё', at: 1, order: 1, tried: false, state: 'queued' as const };
  items.set([
    { cid: 'c', room: 'a', ...common },
    { cid: 'd', room: 'b', ...common },
  ]);
  expect(texts()).toEqual(['текст 1', 'текст 2', 'моё']);
});

test('a number is told as read once, and only upwards', async () => {
  const { room, sent } = stage();
  await settled();
  room.read(1);
  room.read(2);
  room.read(2);
  expect(sent).toEqual([{ op: 'read', feed: FEED, seq: 2 }]);
});

test('an edit shows before its entry comes back', async () => {
  const { room, texts, http } = stage();
  await settled();
  await room.edit('m1', 'иначе');
  expect(texts()[0]).toBe('иначе');
  expect(http.edit).toHaveBeenCalledWith(
    'a',
    'm1',
    expect.stringMatching(/^[0-9a-f]{32}$/),
    'иначе',
  );
});

test('a right that is taken shows as a room that is not there', async () => {
  const { room, http, says } = stage();
  await settled();
  http.room.mockRejectedValue(gone());
  says({ ev: 'error', feed: FEED, code: 'not_found', detail: '' });
  await settled();
  expect(room.view.get().phase).toBe('missing');
});

test('without an answer it waits for the connection and loads then', async () => {
  const { room, state } = stage({ alone: true });
  await settled();
  expect(room.view.get().phase).toBe('unreachable');
  state.set('waiting');
  state.set('open');
  await settled();
  expect(room.view.get().phase).toBe('ready');
});

test('a closed room listens to nothing any more', async () => {
  const { room, follows, hearers } = stage();
  await settled();
  room.close();
  expect(follows.size + hearers.size).toBe(0);
});

test('who comes back finds nothing new that they have read, and the room as it is', async () => {
  const { room, held, texts } = stage();
  await settled();
  room.read(2);
  held.push(item(3));
  room.reenter();
  expect(room.view.get()).toMatchObject({ phase: 'ready', readAtOpening: 2 });
  await settled();
  expect(texts()).toHaveLength(3);
  expect(room.view.get().readAtOpening).toBe(2);
});
