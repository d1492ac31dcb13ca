// The feed's state: the rules one by one, then thousands of bad networks that must all end the same.

import { describe, expect, test } from 'vitest';

import type { Entry, Item, Page, ServerFrame } from './generated.ts';
import { applyFrame, applyPage, emptyFeed, positionOf, type Feed, type Message } from './reduce.ts';
import { card, message, seeded } from './tests/stage.ts';

const FEED = 'room:a';
const said = (seq: number, change = {}): Entry => {
  const { seq: _, edited: __, ...rest } = message(seq, change);
  return { kind: 'message', ...rest };
};
const entry = (seq: number, what: Entry): ServerFrame => ({
  ev: 'entry',
  feed: FEED,
  seq,
  entry: what,
});
const at = '2026-11-23T02:30:00.000Z';

function ready(last: number): Feed {
  const items: Item[] = Array.from({ length: last }, (_, i) => ({
    kind: 'message',
    ...message(last - i),
  }));
  const page = applyPage(emptyFeed(FEED), { items, next: null }, true);
  return applyFrame(page, { ev: 'subscribed', feed: FEED, epoch: 'e1', head: last }).state;
}

const ids = (state: Feed) => state.messages.map(({ id }) => id);

const told = (id: string, change = {}): Entry => ({ kind: 'appeal', ...card(id, change) });

describe('appeals in a feed', () => {
  test('the first card stands for the opening, later ones change it in its place', () => {
    let state = applyFrame(ready(2), entry(3, told('x'))).state;
    state = applyFrame(state, entry(4, said(4))).state;
    state = applyFrame(state, entry(5, told('x', { state: 'answered' }))).state;
    expect(state.cards).toMatchObject([{ id: 'x', seq: 3, state: 'answered' }]);
    expect(state.last).toBe(5);
  });

  test('a card of an appeal from before what is here waits for its page', () => {
    const newest: Page<Item> = { items: [{ kind: 'message', ...message(5) }], next: '5' };
    const before = { opened_at: '2026-11-22T02:20:00.000Z' };
    let state = applyPage(emptyFeed(FEED), newest, true);
    state = applyFrame(state, entry(6, told('x', { ...before, state: 'answered' }))).state;
    expect(state.cards).toEqual([]);
    const stale = { kind: 'appeal' as const, seq: 2, ...card('x', before) };
    state = applyPage(state, { items: [stale], next: null }, false);
    expect(state.cards).toMatchObject([{ seq: 2, state: 'answered' }]);
    expect(state.ahead).toEqual({});
  });

  test('a page changes nothing the feed knows better', () => {
    let state = applyFrame(ready(2), entry(3, told('x', { state: 'answered' }))).state;
    const item = { kind: 'appeal' as const, seq: 3, ...card('x') };
    state = applyPage(state, { items: [item], next: null }, true);
    expect(state.cards).toMatchObject([{ seq: 3, state: 'answered' }]);
  });

  test('notices are kept in their order', () => {
    const notice = (percent: number): Entry => ({
      kind: 'notice',
      at,
      appeal: 'x',
      number: '27-4183-6',
      clock: 'final_answer',
      cycle: 1,
      percent,
      due_at: at,
      told: [],
    });
    let state = applyFrame(ready(0), entry(1, notice(50))).state;
    state = applyFrame(state, entry(2, notice(75))).state;
    expect(state.notices.map(({ seq, percent }) => [seq, percent])).toEqual([
      [1, 50],
      [2, 75],
    ]);
  });

  test('a feed that is taken away is forgotten with all it said', () => {
    const gone: ServerFrame = { ev: 'error', feed: FEED, code: 'not_found', detail: '' };
    expect(applyFrame(ready(2), gone)).toEqual({ state: emptyFeed(FEED), need: 'forget' });
    const busy: ServerFrame = { ev: 'error', feed: FEED, code: 'rate_limited', detail: '' };
    expect(applyFrame(ready(2), busy).need).toBe('nothing');
  });
});

describe('rules', () => {
  test('the next number is applied, an old one dropped', () => {
    const one = applyFrame(ready(2), entry(3, said(3)));
    expect(ids(one.state)).toEqual(['m1', 'm2', 'm3']);
    const again = applyFrame(one.state, entry(3, said(3)));
    expect(again.state).toBe(one.state);
  });

  test('a gap asks again once, and what follows waits for the answer', () => {
    const gap = applyFrame(ready(2), entry(5, said(5)));
    expect(gap.need).toBe('subscribe');
    expect(positionOf(gap.state)).toEqual({ after: 2, epoch: 'e1' });
    const more = applyFrame(gap.state, entry(6, said(6)));
    expect(more).toEqual({ state: gap.state, need: 'nothing' });
    const back = applyFrame(more.state, { ev: 'subscribed', feed: FEED, epoch: 'e1', head: 6 });
    expect(applyFrame(back.state, entry(9, said(9))).need).toBe('subscribe');
  });

  test('edits and hides are folded in; hidden is for ever', () => {
    let state = ready(2);
    state = applyFrame(state, entry(3, { kind: 'edit', target: 'm1', text: 'иначе', at })).state;
    state = applyFrame(
      state,
      entry(4, { kind: 'hide', target: 'm2', reason: 'Реклама', at }),
    ).state;
    state = applyFrame(state, entry(5, { kind: 'edit', target: 'm2', text: 'снова', at })).state;
    expect(state.messages[0]).toMatchObject({ text: 'иначе', edited: true, hidden: false });
    expect(state.messages[1]).toMatchObject({ text: '', hidden: true, reason: 'Реклама' });
  });

  test('a hidden message of the history says why', () => {
    const hidden = { ...message(1), text: '', hidden: true, reason: 'Номер телефона' };
    const page: Page<Item> = { items: [{ kind: 'message', ...hidden }], next: null };
    const [shown] = applyPage(emptyFeed(FEED), page, true).messages;
    expect(shown).toMatchObject({ text: '', hidden: true, reason: 'Номер телефона' });
  });

  test('a change to a message of an older page is remembered until the page comes', () => {
    let state = applyPage(
      emptyFeed(FEED),
      { items: [{ kind: 'message', ...message(5) }], next: '5' },
      true,
    );
    state = applyFrame(state, entry(6, { kind: 'edit', target: 'm1', text: 'иначе', at })).state;
    const stale: Page<Item> = { items: [{ kind: 'message', ...message(1) }], next: null };
    state = applyPage(state, stale, false);
    expect(state.messages[0]).toMatchObject({ id: 'm1', text: 'иначе', edited: true });
    expect(state.older).toBeNull();
  });

  test.each<[string, ServerFrame]>([
    ['reset', { ev: 'reset', feed: FEED, epoch: 'e2', head: 1 }],
    ['another epoch', { ev: 'subscribed', feed: FEED, epoch: 'e2', head: 1 }],
  ])('%s empties the state and asks for history', (_, frame) => {
    const { state, need } = applyFrame(ready(3), frame);
    expect(need).toBe('reload');
    expect(state.messages).toEqual([]);
    expect(state.epoch).toBe('e2');
    expect(positionOf(state)).toEqual({});
  });

  test('entries that come before the first page are left to the subscription after it', () => {
    const early = applyFrame(emptyFeed(FEED), entry(7, said(7)));
    expect(early.state.messages).toEqual([]);
    expect(early.need).toBe('nothing');
  });

  test('seen only rises', () => {
    const up = applyFrame(ready(3), { ev: 'seen', feed: FEED, seq: 2 }).state;
    expect(applyFrame(up, { ev: 'seen', feed: FEED, seq: 1 }).state.seen).toBe(2);
  });

  test('frames of other feeds and of no feed change nothing', () => {
    const state = ready(1);
    expect(applyFrame(state, { ev: 'pong' }).state).toBe(state);
    expect(applyFrame(state, { ...entry(2, said(2)), feed: 'room:b' } as ServerFrame).state).toBe(
      state,
    );
  });
});

/** A feed as the server holds it: entries by number, pages read at any moment. */
function serverFeed(random: () => number) {
  const log: Entry[] = [];
  const folded = new Map<string, Message>();
  return {
    log,
    grow() {
      const targets = [...folded.keys()];
      const target = targets[Math.floor(random() * targets.length)];
      const chance = random();
      const seq = log.length + 1;
      if (target === undefined || chance < 0.6) {
        log.push(said(seq));
        folded.set(`m${seq}`, { ...message(seq), edited: false, hidden: false });
      } else if (chance < 0.85 && !folded.get(target)!.hidden) {
        log.push({ kind: 'edit', target, text: `правка ${seq}`, at });
        Object.assign(folded.get(target)!, { text: `правка ${seq}`, edited: true });
      } else {
        log.push({ kind: 'hide', target, reason: 'Не по теме', at });
        Object.assign(folded.get(target)!, { text: '', hidden: true });
      }
    },
    page(before: string | undefined, limit: number): Page<Item> {
      const all = [...folded.values()].filter(
        (one) => before === undefined || one.seq < Number(before),
      );
      const items = all
        .slice(-limit)
        .reverse()
        .map((one): Item => ({ kind: 'message', ...one }));
      return { items, next: all.length > limit ? String(items.at(-1)!.seq) : null };
    },
    truth: () => [...folded.values()].map(({ reason: _, ...rest }) => rest),
  };
}

/** Hurts a batch on its way: loses, repeats and moves frames. */
function hurt(frames: ServerFrame[], random: () => number): ServerFrame[] {
  const out: ServerFrame[] = [];
  for (const frame of frames) {
    if (random() < 0.2) continue;
    const copies = random() < 0.2 ? 2 : 1;
    for (let i = 0; i < copies; i += 1) {
      const late = random() < 0.2 ? Math.min(out.length, 3) : 0;
      out.splice(out.length - Math.floor(random() * (late + 1)), 0, frame);
    }
  }
  return out;
}

test.each(Array.from({ length: 400 }, (_, seed) => seed))(
  'any network ends in the same state (seed %i)',
  (seed) => {
    const random = seeded(seed + 1);
    const server = serverFeed(random);
    for (let i = random() * 12; i > 0; i -= 1) server.grow();
    let told = server.log.length;
    let state = applyPage(emptyFeed(FEED), server.page(undefined, 4), true);
    let olderOnItsWay: Page<Item> | undefined;

    const replay = (): ServerFrame[] => [
      { ev: 'subscribed', feed: FEED, epoch: 'e1', head: server.log.length },
      ...server.log
        .map((what, i) => entry(i + 1, what))
        .slice(positionOf(state).after ?? server.log.length),
    ];
    const hear = (frames: ServerFrame[], whole: boolean) => {
      const queue = [...frames];
      for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) {
        const step = applyFrame(state, frame);
        state = step.state;
        const numbers = state.messages.map(({ seq }) => seq);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        if (step.need === 'subscribe') queue.push(...(whole ? replay() : hurt(replay(), random)));
      }
    };

    for (let round = 0; round < 12; round += 1) {
      for (let i = random() * 4; i > 0; i -= 1) server.grow();
      const fresh = server.log.map((what, i) => entry(i + 1, what)).slice(told);
      told = server.log.length;
      const chance = random();
      if (chance < 0.15) hear(hurt(replay(), random), false);
      else hear(hurt(fresh, random), false);
      if (olderOnItsWay !== undefined && random() < 0.5) {
        state = applyPage(state, olderOnItsWay, false);
        olderOnItsWay = undefined;
      } else if (typeof state.older === 'string' && olderOnItsWay === undefined && random() < 0.4) {
        olderOnItsWay = server.page(state.older, 3);
      }
    }
    if (olderOnItsWay !== undefined) state = applyPage(state, olderOnItsWay, false);
    while (typeof state.older === 'string')
      state = applyPage(state, server.page(state.older, 3), false);
    hear(replay(), true);

    expect(state.last).toBe(server.log.length);
    expect(state.messages.map(({ reason: _, ...rest }) => rest)).toEqual(server.truth());
  },
);
