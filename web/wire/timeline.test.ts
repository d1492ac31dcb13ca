// Own messages from the first try to the feed: once, in one place, under one key.

import { expect, test } from 'vitest';

import type { Outgoing } from './outbox.ts';
import { applyFrame, applyPage, emptyFeed } from './reduce.ts';
import { openTally, applyToTally, readUpTo, unreadOf } from './tally.ts';
import { card, message } from './tests/stage.ts';
import { timeline, unreadAfter } from './timeline.ts';
import type { Entry, Room, ServerFrame } from './generated.ts';

const me = { id: 'me', kind: 'resident' as const, alias: 'Я' };
const feedOf = (last: number) =>
  applyPage(
    emptyFeed('room:a'),
    {
      items: Array.from({ length: last }, (_, i) => ({ kind: 'message', ...message(i + 1) })),
      next: null,
    },
    true,
  );
const mine = (cid: string, change: Partial<Outgoing> = {}): Outgoing => ({
  cid,
  room: 'a',
  text: cid,
  at: 1,
  order: 1,
  tried: true,
  state: 'sending',
  ...change,
});
const entry = (seq: number, what: Partial<Entry> = {}): ServerFrame => ({
  ev: 'entry',
  feed: 'room:a',
  seq,
  entry: { kind: 'message', ...message(seq), ...what } as Entry,
});
const landed = (seq: number) => ({
  state: 'sent' as const,
  landed: { feed: 'room:a', seq, id: `m${seq}`, at: '2026-11-23T02:20:00.000Z' },
});

test('the entry before the ack, the ack before the entry, and both: one line with one key', () => {
  const names = new Map<string, string>();
  const before = timeline(feedOf(2), [mine('c')], 'me', names);
  const withEntry = applyFrame(
    feedOf(2),
    entry(3, { author: me, cid: 'c' } as Partial<Entry>),
  ).state;
  const withoutCid = applyFrame(feedOf(2), entry(3, { author: me } as Partial<Entry>)).state;
  const all = [
    before,
    timeline(withEntry, [mine('c')], 'me', names),
    timeline(feedOf(2), [mine('c', landed(3))], 'me', names),
    timeline(withEntry, [mine('c', landed(3))], 'me', names),
    timeline(withoutCid, [mine('c', landed(3))], 'me', names),
    timeline(withoutCid, [], 'me', names),
  ];
  for (const lines of all) {
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatchObject({ key: 'c', own: true });
  }
  expect(all.map((lines) => lines[2]!.fate)).toEqual([
    'sending',
    'sent',
    'sent',
    'sent',
    'sent',
    'sent',
  ]);
});

test('a landed message stands at its number although later ones are here first', () => {
  const later = applyFrame({ ...feedOf(2), last: 3 }, entry(4)).state;
  const lines = timeline(
    later,
    [mine('c', landed(3)), mine('d', { state: 'queued' })],
    'me',
    new Map(),
  );
  expect(lines.map((line) => line.seq)).toEqual([1, 2, 3, 4, undefined]);
});

test("another's message under the same cid is another message", () => {
  const state = applyFrame(feedOf(0), entry(1, { cid: 'c' } as Partial<Entry>)).state;
  expect(timeline(state, [mine('c')], 'me', new Map())).toHaveLength(2);
});

test('staff have seen what is not above their mark', () => {
  const feed = applyFrame(applyFrame(feedOf(0), entry(1, { author: me } as Partial<Entry>)).state, {
    ev: 'seen',
    feed: 'room:a',
    seq: 1,
  }).state;
  const lines = timeline(feed, [mine('c', landed(2))], 'me', new Map());
  expect(lines.map((line) => line.fate)).toEqual(['seen', 'sent']);
  expect(unreadAfter(timeline(feedOf(5), [], 'me', new Map()), 3)).toBe(2);
});

test('a tally counts what others wrote after the mark, whatever is repeated', () => {
  const room = {
    feed: 'room:a',
    my: { member: true, read: 2, unread: 1, may: [] },
  } as unknown as Room;
  let tally = openTally(room);
  const hear = (frame: ServerFrame) => {
    const step = applyToTally(tally, frame, 'me');
    tally = step.tally;
    return step.gap;
  };
  hear({ ev: 'subscribed', feed: 'room:a', epoch: 'e', head: 3 });
  hear(entry(3));
  hear(entry(3));
  hear(entry(4, { author: me } as Partial<Entry>));
  hear(entry(5, { kind: 'hide', target: 'm3', reason: '', at: '' }));
  expect(unreadOf(tally)).toBe(1);
  expect(hear(entry(8))).toBe(true);
  expect(hear(entry(9))).toBe(false);
  tally = readUpTo(tally, 3);
  expect(unreadOf(tally)).toBe(0);
});

test('an appeal stands as a card at its opening and is no unread message', () => {
  const { id: _, ...rest } = card('x');
  const item = { kind: 'appeal' as const, id: 'x', seq: 2, ...rest };
  const items = [
    { kind: 'message' as const, ...message(3) },
    item,
    { kind: 'message' as const, ...message(1) },
  ];
  const feed = applyPage(emptyFeed('room:a'), { items, next: null }, true);
  const lines = timeline(feed, [], 'me', new Map());
  expect(lines.map(({ key }) => key)).toEqual(['m1', 'x', 'm3']);
  expect(lines[1]).toMatchObject({ own: false, appeal: { number: '27-4183-6', state: 'new' } });
  expect(unreadAfter(lines, 0)).toBe(2);
});

test('a question on its way stands at the end, and gives way to its appeal', () => {
  const asking = mine('q', { opening: {}, state: 'queued' });
  const opened = mine('q', {
    opening: {},
    state: 'sent',
    landed: { feed: 'appeal:x:public', seq: 1, id: 'x', at: '2026-11-23T02:20:00.000Z' },
  });
  for (const item of [asking, opened]) {
    const last = timeline(feedOf(2), [item], 'me', new Map()).at(-1);
    expect(last).toMatchObject({ key: 'q', opens: true, fate: item.state });
    expect(last).not.toHaveProperty('seq');
  }
  const told = applyFrame(feedOf(2), entry(3, { kind: 'appeal', ...card('x') } as Partial<Entry>));
  const lines = timeline(told.state, [opened], 'me', new Map());
  expect(lines.map(({ key }) => key)).toEqual(['m1', 'm2', 'x']);
});
