// One open appeal: the whole of it, what arrives in its lanes and what is on its way there, as one plain
// state. It joins HTTP, socket, outbox and standing.ts; it holds no rule of its own and no words.

import type { Appeals } from './appeals.ts';
import { cell, type Readable } from './cell.ts';
import type { Appeal, Lane, Viewer } from './generated.ts';
import { Refused } from './http.ts';
import type { Outbox, Outgoing } from './outbox.ts';
import { positionOf } from './reduce.ts';
import type { Socket } from './socket.ts';
import { applyToStanding, headOf, standingOf, type Standing } from './standing.ts';
import { timeline, type Line } from './timeline.ts';

export interface AppealView {
  /** `missing`: it does not exist for this reader; `unreachable`: nobody answered, `reload` tries again. */
  phase: 'loading' | 'ready' | 'missing' | 'unreachable';
  appeal?: Appeal;
  public: readonly Line[];
  /** Absent for whoever may not read it. */
  private?: readonly Line[];
  /** Colleagues who look at it now. */
  viewers: readonly Viewer[];
}

export interface AppealParts {
  appeals: Pick<Appeals, 'get'>;
  socket: Socket;
  outbox: Readable<Outbox | undefined>;
  /** The reader's account. */
  me: string;
}

const LANES: readonly Lane[] = ['public', 'private'];

export type OpenAppeal = ReturnType<typeof openAppeal>;

/** Opens an appeal by its id and begins to load it. `close` must be called. */
export function openAppeal(id: string, parts: AppealParts) {
  const { appeals, socket } = parts;
  const view = cell<AppealView>({ phase: 'loading', public: [], viewers: [] });
  const names = new Map<string, string>();
  const follows = new Map<string, () => void>();
  const marked = new Map<string, number>();
  let standing: Standing | undefined;
  let outgoing: readonly Outgoing[] = [];
  let leaveItems = () => {};
  let loading = false;
  let again = false;
  let closed = false;

  const patch = (change: Partial<AppealView>) => {
    if (!closed) view.set({ ...view.get(), ...change });
  };

  function linesOf(lane: Lane): Line[] | undefined {
    const feed = standing?.[lane];
    if (feed === undefined) return undefined;
    const mine = outgoing.filter((item) => item.appeal === id && laneOf(item) === lane);
    return timeline(feed, mine, parts.me, names);
  }

  function draw() {
    if (standing === undefined) return;
    const here = LANES.flatMap((lane) => standing?.[lane]?.messages ?? []);
    parts.outbox.get()?.settle(new Set(here.map((message) => message.id)));
    const { private: _, ...rest } = view.get();
    const closedLines = linesOf('private');
    if (closed) return;
    view.set({
      ...rest,
      phase: 'ready',
      appeal: standing.appeal,
      public: linesOf('public') ?? [],
      ...(closedLines === undefined ? {} : { private: closedLines }),
      viewers: standing.viewers,
    });
  }

  /** Takes the whole appeal, as HTTP told it, and follows its lanes and the room that tells of its state. */
  function take(appeal: Appeal) {
    if (closed) return;
    standing = standingOf(appeal, standing);
    follow(`room:${appeal.room}`);
    for (const lane of LANES) {
      const feed = standing[lane]?.feed;
      if (feed !== undefined) follow(feed, lane);
    }
    draw();
  }

  function follow(feed: string, lane?: Lane) {
    if (follows.has(feed)) return;
    const position = () => {
      const state = lane === undefined ? undefined : standing?.[lane];
      return state === undefined ? {} : positionOf(state);
    };
    follows.set(feed, socket.follow(feed, position));
  }

  /** One load at a time; what happens meanwhile asks for one more. */
  async function load() {
    if (loading) return void (again = true);
    loading = true;
    try {
      do {
        again = false;
        take(await appeals.get(id));
      } while (again && !closed);
    } catch (error) {
      const gone =
        error instanceof Refused && error.problem.status < 500 && error.problem.status !== 429;
      if (gone) leave();
      else if (standing === undefined) patch({ phase: 'unreachable' });
    } finally {
      loading = false;
    }
  }

  /** It is no longer this reader's to see. */
  function leave() {
    standing = undefined;
    for (const stop of follows.values()) stop();
    follows.clear();
    if (!closed) view.set({ phase: 'missing', public: [], viewers: [] });
  }

  /** What one wrote oneself a moment ago is no news: only a colleague's word asks for a second look. */
  const isStaleByOwn = ({ appeal, code, missing = [] }: Outgoing) =>
    appeal === id &&
    code === 'stale_view' &&
    missing.length > 0 &&
    missing.every(({ author }) => author.id === parts.me);

  function sendAgain({ cid, missing = [] }: Outgoing) {
    const seen = Math.max(...missing.map(({ seq }) => seq));
    void parts.outbox.get()?.retry(cid, seen);
  }

  const leaveFrames = socket.hear((frame) => {
    if (standing === undefined) return;
    const step = applyToStanding(standing, frame);
    if (step.standing === standing) return;
    for (const lane of LANES) {
      const feed = standing[lane]?.feed;
      if (feed === undefined || step.standing[lane] !== undefined) continue;
      follows.get(feed)?.();
      follows.delete(feed);
    }
    standing = step.standing;
    draw();
    for (const feed of step.subscribe) socket.resubscribe(feed);
    if (step.reload) void load();
  });

  // Cards of the room are not replayed here: after a loss the whole appeal is asked for again.
  const leaveState = socket.state.subscribe((state) => {
    if (state === 'open') void load();
  });

  const leaveOutbox = parts.outbox.subscribe((outbox) => {
    leaveItems();
    leaveItems =
      outbox?.items.subscribe((items) => {
        outgoing = items;
        draw();
        items.filter(isStaleByOwn).forEach(sendAgain);
      }) ?? (() => {});
  });

  if (!loading) void load();

  return {
    view: view as Readable<AppealView>,
    reload: load,
    /** Takes the answer of an act. */
    take,

    /** The highest number of the lane that is here. */
    head: (lane: Lane) => (standing === undefined ? 0 : headOf(standing, lane)),

    /** Takes a message of the reader's own; its line appears at once. Without a lane the server chooses. */
    async say(
      text: string,
      how: { lane?: Lane; seen?: number; acknowledged?: boolean } = {},
    ): Promise<string | undefined> {
      const { acknowledged, ...where } = how;
      return parts.outbox.get()?.add({ appeal: id, ...where }, text, acknowledged);
    },
    retry: (cid: string, seen?: number) => parts.outbox.get()?.retry(cid, seen),
    cancel: (cid: string) => parts.outbox.get()?.cancel(cid),

    /** Notes how far the reader has read a lane; told to the server once per number. */
    read(lane: Lane, seq: number): void {
      const feed = standing?.[lane]?.feed;
      if (feed === undefined || seq <= (marked.get(feed) ?? 0)) return;
      if (socket.send({ op: 'read', feed, seq })) marked.set(feed, seq);
    },

    /** Staff: tells colleagues that one is here; to be said again within a minute. */
    viewing(drafting: boolean): void {
      socket.send({ op: 'viewing', appeal: id, drafting });
    },

    close(): void {
      closed = true;
      for (const stop of follows.values()) stop();
      follows.clear();
      leaveFrames();
      leaveState();
      leaveOutbox();
      leaveItems();
    },
  };
}

/** Where a message on its way is to be shown: where it landed, else where it was sent, else in the open. */
function laneOf(item: Outgoing): Lane {
  if (item.landed !== undefined)
    return item.landed.feed.endsWith(':private') ? 'private' : 'public';
  return item.lane ?? 'public';
}
