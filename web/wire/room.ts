// One open room: its facts, its history, what arrives and what is on its way, as one plain state.
// It joins http, socket, outbox and reduce; it holds no rule of its own and no words.

import { cell, type Readable } from './cell.ts';
import { randomCid } from './cid.ts';
import type { Room } from './generated.ts';
import { Refused, type Http } from './http.ts';
import type { Outbox, Outgoing } from './outbox.ts';
import {
  applyFrame,
  applyOwnChange,
  applyPage,
  emptyFeed,
  positionOf,
  type Feed,
} from './reduce.ts';
import type { Socket } from './socket.ts';
import { timeline, type Line } from './timeline.ts';

export interface RoomView {
  /** `missing`: it does not exist for this reader; `unreachable`: nobody answered, `reload` tries again. */
  phase: 'loading' | 'ready' | 'missing' | 'unreachable';
  room?: Room;
  lines: readonly Line[];
  /** Messages older than the first line exist. */
  hasOlder: boolean;
  loadingOlder: boolean;
  /** The highest number applied. */
  last: number;
  /** Where this reader had read to when the room was opened: the "new" marker's place. */
  readAtOpening: number;
}

export interface RoomParts {
  http: Http;
  socket: Socket;
  outbox: Readable<Outbox | undefined>;
  /** The reader's account; undefined for a guest, who gets history alone. */
  me: string | undefined;
}

export type OpenRoom = ReturnType<typeof openRoom>;

/** Opens a room by its id and begins to load it. `close` must be called. */
export function openRoom(id: string, parts: RoomParts) {
  const { http, socket } = parts;
  const blank: RoomView = {
    phase: 'loading',
    lines: [],
    hasOlder: false,
    loadingOlder: false,
    last: 0,
    readAtOpening: 0,
  };
  const view = cell<RoomView>(blank);
  const names = new Map<string, string>();
  let feed: Feed = emptyFeed(`room:${id}`);
  let marked = 0;
  let closed = false;
  let unfollow = () => {};
  let leaveItems = () => {};
  let outgoing: readonly Outgoing[] = [];

  const patch = (change: Partial<RoomView>) => {
    if (!closed) view.set({ ...view.get(), ...change });
  };

  function draw() {
    parts.outbox.get()?.settle(new Set([...feed.messages, ...feed.cards].map(({ id }) => id)));
    const mine = outgoing.filter((item) => item.room === id);
    patch({
      lines: timeline(feed, mine, parts.me, names),
      hasOlder: typeof feed.older === 'string',
      last: feed.last ?? 0,
    });
  }

  /** Loads the room and its newest page; follows it when signed in. */
  async function load() {
    patch({ phase: view.get().room === undefined ? 'loading' : view.get().phase });
    try {
      const [room, page] = await Promise.all([http.room(id), http.messages(id)]);
      if (closed) return;
      if (view.get().room === undefined) {
        marked = room.my?.read ?? 0;
        patch({ readAtOpening: marked });
      }
      feed = applyPage(
        { ...feed, feed: room.feed, seen: Math.max(feed.seen, room.seen) },
        page,
        true,
      );
      patch({ phase: 'ready', room });
      draw();
      if (parts.me !== undefined) follow();
    } catch (error) {
      const gone =
        error instanceof Refused && error.problem.status < 500 && error.problem.status !== 429;
      if (gone) patch({ phase: 'missing' });
      else if (view.get().room === undefined) patch({ phase: 'unreachable' });
    }
  }

  function follow() {
    unfollow();
    unfollow = socket.follow(feed.feed, () => positionOf(feed));
  }

  const leaveFrames = socket.hear((frame) => {
    const step = applyFrame(feed, frame);
    if (step.state === feed) return;
    feed = step.state;
    draw();
    if (step.need === 'subscribe') socket.resubscribe(feed.feed);
    // A right was taken: HTTP says whether anything is left to read here.
    if (step.need === 'reload' || step.need === 'forget') void load();
  });

  const leaveState = socket.state.subscribe((state) => {
    if (state === 'open' && view.get().phase === 'unreachable') void load();
  });

  const leaveOutbox = parts.outbox.subscribe((outbox) => {
    leaveItems();
    leaveItems =
      outbox?.items.subscribe((items) => {
        outgoing = items;
        draw();
      }) ?? (() => {});
  });

  void load();

  return {
    view: view as Readable<RoomView>,
    reload: load,

    /** Loads one more page of older messages. Throws what http throws. */
    async older(): Promise<void> {
      if (typeof feed.older !== 'string' || view.get().loadingOlder) return;
      patch({ loadingOlder: true });
      try {
        const page = await http.messages(id, { before: feed.older });
        feed = applyPage(feed, page, false);
      } finally {
        patch({ loadingOlder: false });
        draw();
      }
    },

    /** Notes how far the reader has read; told to the server once per number. */
    read(seq: number): void {
      if (
        seq > marked &&
        parts.me !== undefined &&
        socket.send({ op: 'read', feed: feed.feed, seq })
      )
        marked = seq;
    },

    /** The reader comes back: what was read meanwhile is not new, and the room may have changed. */
    reenter(): void {
      patch({ readAtOpening: marked });
      void load();
    },

    /** Takes a message of the reader's own; its line appears at once. */
    async send(text: string, acknowledged?: boolean): Promise<void> {
      await parts.outbox.get()?.add({ room: id }, text, acknowledged);
    },
    retry: (cid: string) => parts.outbox.get()?.retry(cid),
    cancel: (cid: string) => parts.outbox.get()?.cancel(cid),

    /** Changes a message of the reader's own. Throws what http throws. */
    async edit(message: string, text: string): Promise<void> {
      await http.edit(id, message, randomCid(), text);
      feed = applyOwnChange(feed, message, { text });
      draw();
    },

    /** Hides a message from everyone, with the reason in its place. Throws what http throws. */
    async hide(message: string, reason: string): Promise<void> {
      await http.hide(id, message, reason);
      feed = applyOwnChange(feed, message, { reason });
      draw();
    },

    close(): void {
      closed = true;
      unfollow();
      leaveFrames();
      leaveState();
      leaveOutbox();
      leaveItems();
    },
  };
}
