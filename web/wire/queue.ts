// The appeals an organisation owes an answer, or those somebody may look at: what HTTP listed and what the
// desk's feed told since, as one plain state. In which order and in which words is the screens' business.

import { cell, type Readable } from './cell.ts';
import type { AppealCard, AppealState, Notice, ServerFrame } from './generated.ts';
import { Refused } from './http.ts';
import type { Appeals } from './appeals.ts';
import { applyFrame, emptyFeed, positionOf, type Feed } from './reduce.ts';
import type { Socket } from './socket.ts';

export interface QueueView {
  phase: 'loading' | 'ready' | 'missing' | 'unreachable';
  cards: readonly AppealCard[];
  notices: readonly Notice[];
}

/** Closed appeals to list: in which states, and with which words or digits. */
export interface Ended {
  states: readonly AppealState[];
  q: string;
}

export interface QueueParts {
  appeals: Pick<Appeals, 'list'>;
  socket: Socket;
  /** Whose desk; undefined for those who look at a region, who have no desk to follow. */
  organisation: string | undefined;
}

export type OpenQueue = ReturnType<typeof openQueue>;

/** The cards as they stand: the feed's are newer than what was listed; what went to another desk is gone. */
export function cardsOf(
  listed: ReadonlyMap<string, AppealCard>,
  feed: Feed,
  organisation: string | undefined,
): AppealCard[] {
  const cards = new Map(listed);
  for (const { seq: _, ...card } of feed.cards) cards.set(card.id, card);
  return [...cards.values()].filter(
    (card) =>
      organisation === undefined ||
      card.organisation === null ||
      card.organisation.id === organisation,
  );
}

/** Opens a queue and begins to load it. `close` must be called. */
export function openQueue({ appeals, socket, organisation }: QueueParts) {
  const view = cell<QueueView>({ phase: 'loading', cards: [], notices: [] });
  const name = organisation === undefined ? undefined : `desk:${organisation}`;
  let feed = emptyFeed(name ?? '');
  let listed: ReadonlyMap<string, AppealCard> = new Map();
  let ended: Ended = { states: [], q: '' };
  let turn = 0;
  let closed = false;

  const draw = (phase: QueueView['phase']) => {
    if (closed) return;
    const notices = feed.notices.map(({ seq: _, ...notice }) => notice);
    view.set({ phase, cards: cardsOf(listed, feed, organisation), notices });
  };

  /** All that is open. */
  async function openOnes(): Promise<AppealCard[]> {
    const cards: AppealCard[] = [];
    for (let after: string | undefined; ;) {
      const page = await appeals.list({ state: 'open', ...(after && { after }), limit: 100 });
      cards.push(...page.items);
      if (page.next === null) return cards;
      after = page.next;
    }
  }

  /** Of what is over, years of it, the latest, or the latest with these words. */
  async function endedOnes({ states, q }: Ended): Promise<AppealCard[]> {
    if (states.length === 0) return [];
    return (await appeals.list({ state: states.join(), ...(q && { q }), limit: 100 })).items;
  }

  /** Lists what is wanted anew. The feed is followed first, so nothing falls between list and feed. */
  async function load() {
    const mine = (turn += 1);
    try {
      // Not by organisation: what nobody owns yet is this desk's too.
      const lists = await Promise.all([openOnes(), endedOnes(ended)]);
      if (mine !== turn) return;
      listed = new Map(lists.flat().map((card) => [card.id, card]));
      draw('ready');
    } catch (error) {
      if (mine !== turn) return;
      const gone =
        error instanceof Refused && error.problem.status < 500 && error.problem.status !== 429;
      if (gone) draw('missing');
      else if (view.get().phase === 'loading') draw('unreachable');
    }
  }

  /** Without a desk, the rooms one follows tell of their appeals; who works on them they do not. */
  function hearRooms(frame: ServerFrame) {
    if (frame.ev !== 'entry' || frame.entry.kind !== 'appeal' || !frame.feed.startsWith('room:'))
      return;
    const { kind: _, ...card } = frame.entry;
    const assignee = listed.get(card.id)?.assignee;
    listed = new Map(listed).set(card.id, assignee ? { ...card, assignee } : card);
    if (view.get().phase === 'ready') draw('ready');
  }

  const leaveFrames = socket.hear((frame) => {
    if (name === undefined) return hearRooms(frame);
    const step = applyFrame(feed, frame);
    if (step.state === feed) return;
    feed = step.state;
    if (frame.ev === 'subscribed' || step.need !== 'nothing') {
      if (step.need === 'subscribe') socket.resubscribe(feed.feed);
      else void load();
    }
    if (view.get().phase === 'ready') draw('ready');
  });

  const leaveState = socket.state.subscribe((state) => {
    if (state === 'open' && (name === undefined || view.get().phase === 'unreachable')) void load();
  });

  const unfollow = name === undefined ? () => {} : socket.follow(name, () => positionOf(feed));
  if (turn === 0) void load();

  return {
    view: view as Readable<QueueView>,
    reload: load,

    /** What of the closed ones is listed beside those in which somebody owes something. */
    want(wanted: Ended): void {
      if (wanted.states.join() === ended.states.join() && wanted.q === ended.q) return;
      ended = wanted;
      void load();
    },

    /** An act answered with the card as it stands since. */
    take(card: AppealCard): void {
      listed = new Map(listed).set(card.id, card);
      feed = {
        ...feed,
        cards: feed.cards.map((one) => (one.id === card.id ? { ...card, seq: one.seq } : one)),
      };
      draw(view.get().phase);
    },

    close(): void {
      closed = true;
      unfollow();
      leaveFrames();
      leaveState();
    },
  };
}
