// The connection as a written state machine. It carries frames and knows when to come back; what
// frames mean is for reduce.ts and outbox.ts. Clock, timers, chance and the WebSocket are handed in.
//
//                 start                 opened                hello
//   ┌─────────┐ ───────▶ ┌────────────┐ ───────▶ ┌────────────┐ ───────▶ ┌──────┐
//   │ stopped │          │ connecting │          │ signing_in │          │ open │
//   └─────────┘ ◀─┐      └────────────┘          └────────────┘          └──────┘
//        ▲        │        ▲        │ lost             │ lost                │ lost
//        │ stop   │ refused│ due    ▼                  ▼                     ▼
//        │        │        │     ┌─────────────────────────────────────────────┐
//        └────────┴────────┴──── │ waiting (back-off, or the server's retry_ms)│
//                                └─────────────────────────────────────────────┘
//
// `refused` and `stop` lead to stopped from every state; `due` is the timer or a reason to hurry.

import { cell, type Readable } from './cell.ts';
import { MOMENTARY, TAKEN } from './codes.ts';
import { CLOSE, SUBPROTOCOL, type ClientFrame, type ServerFrame } from './generated.ts';

export type State = 'stopped' | 'connecting' | 'signing_in' | 'open' | 'waiting';
export type Event = 'start' | 'opened' | 'hello' | 'lost' | 'refused' | 'due' | 'stop';

/** Every transition there is; an event without a row in its state changes nothing. */
export const TRANSITIONS: Record<State, Partial<Record<Event, State>>> = {
  stopped: { start: 'connecting' },
  connecting: { opened: 'signing_in', lost: 'waiting', refused: 'stopped', stop: 'stopped' },
  signing_in: { hello: 'open', lost: 'waiting', refused: 'stopped', stop: 'stopped' },
  open: { lost: 'waiting', refused: 'stopped', stop: 'stopped' },
  waiting: { due: 'connecting', refused: 'stopped', stop: 'stopped' },
};

/** Where a reader of a feed stands: what to ask for at the next subscription. */
export interface Position {
  after?: number;
  epoch?: string;
}

/** The part of a WebSocket used here. */
export interface Wire {
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

/** Timers by name of the platform, so that tests bring their own. */
export interface Timers {
  now(): number;
  /** Calls back after `ms`; the answer takes the timer back. */
  after(ms: number, run: () => void): () => void;
}

export interface SocketOptions {
  url: string;
  /** The token for the first frame; `fresh` after the server called the last one expired. */
  token: (fresh: boolean) => Promise<string | undefined>;
  connect?: (url: string, protocol: string) => Wire;
  timers?: Timers;
  random?: () => number;
}

/** Why a stopped socket stopped: the close code, or null when nobody is signed in or `stop` was called. */
export type Stopped = number | null;

export const BACK_OFF = { first: 500, longest: 30_000, shortest: 100 };
export const HEARTBEAT = { every: 25_000, limit: 10_000, hurried: 4_000 };
// The server gives five seconds from the upgrade to the auth frame; its answer may take a slow network's time.
const SIGN_IN_LIMIT = 15_000;
// A connection that lasted this long was a good one: the next loss starts the back-off from the beginning.
const SETTLED = 10_000;
// Browsers let scripts close with 1000 and 3000–4999 alone; this one never leaves the machine's own events.
const STALE = 3000;

export type Socket = ReturnType<typeof openSocket>;

/** Makes a stopped socket. */
export function openSocket(options: SocketOptions) {
  const connect = options.connect ?? ((url, protocol) => new WebSocket(url, protocol) as Wire);
  const timers = options.timers ?? platformTimers;
  const random = options.random ?? Math.random;

  const state = cell<State>('stopped');
  const feeds = new Map<string, Set<() => Position>>();
  const hearers = new Set<(frame: ServerFrame) => void>();
  const retries = new Map<string, () => void>();
  let wire: Wire | undefined;
  let clear: () => void = () => {};
  let failures = 0;
  let openedAt = 0;
  let expired = false;
  let window: [number, number] | undefined;
  let stoppedBy: Stopped = null;
  let pongDue: (() => void) | undefined;

  /** The one place that changes the state; entering a state is what acts. */
  function on(event: Event) {
    const next = TRANSITIONS[state.get()][event];
    if (next === undefined) return;
    clear();
    clear = () => {};
    if (state.get() === 'open') leaveOpen();
    state.set(next);
    ENTER[next]();
  }

  const ENTER: Record<State, () => void> = {
    connecting: () => void dial(),
    signing_in: () => (clear = timers.after(SIGN_IN_LIMIT, drop)),
    open() {
      openedAt = timers.now();
      expired = false;
      for (const feed of feeds.keys()) subscribe(feed);
      beat();
    },
    waiting() {
      hangUp();
      clear = timers.after(delay(), () => on('due'));
    },
    stopped: hangUp,
  };

  function leaveOpen() {
    if (timers.now() - openedAt >= SETTLED) failures = 0;
    for (const cancel of retries.values()) cancel();
    retries.clear();
  }

  async function dial() {
    let live = true;
    clear = () => (live = false);
    let token: string | undefined;
    try {
      token = await options.token(expired);
    } catch {
      // No network, or a server in trouble: the same back-off as for the socket itself.
      if (live) on('lost');
      return;
    }
    if (!live) return;
    if (token === undefined) {
      stoppedBy = null;
      on('refused');
      return;
    }
    try {
      attach(connect(options.url, SUBPROTOCOL), token);
    } catch {
      on('lost');
    }
  }

  function attach(mine: Wire, token: string) {
    wire = mine;
    clear = timers.after(SIGN_IN_LIMIT, drop);
    mine.onopen = () => {
      if (wire !== mine) return;
      on('opened');
      put({ op: 'auth', token });
    };
    mine.onmessage = ({ data }) => {
      if (wire === mine && typeof data === 'string') hear(data);
    };
    mine.onclose = ({ code }) => {
      if (wire === mine) closed(code);
    };
  }

  function closed(code: number) {
    wire = undefined;
    if (code === CLOSE.token_expired) expired = true;
    const terminal = code >= 4500 && code <= 4999;
    stoppedBy = terminal ? code : null;
    on(terminal ? 'refused' : 'lost');
  }

  /** Gives up on a wire that says nothing, without waiting for its goodbye. */
  function drop() {
    hangUp();
    on('lost');
  }

  function hangUp() {
    pongDue?.();
    pongDue = undefined;
    const old = wire;
    wire = undefined;
    try {
      old?.close(STALE);
    } catch {
      // Already gone.
    }
  }

  function hear(text: string) {
    const frame = frameOf(text);
    if (frame === undefined) return drop();
    pongDue?.();
    pongDue = undefined;
    if (frame.ev === 'hello') on('hello');
    if (frame.ev === 'closing') window = frame.retry_ms;
    if (frame.ev === 'error' && frame.feed !== undefined) refusedFeed(frame.feed, frame);
    for (const run of [...hearers]) run(frame);
  }

  /** A subscription refused for the moment is asked for again; a feed that was taken away is forgotten. */
  function refusedFeed(feed: string, error: Extract<ServerFrame, { ev: 'error' }>) {
    if (TAKEN.includes(error.code)) feeds.delete(feed);
    if (!MOMENTARY.includes(error.code) || !feeds.has(feed) || retries.has(feed)) return;
    const ms = (error.retry_after ?? 2) * 1000 * (1 + random());
    const cancel = timers.after(ms, () => {
      retries.delete(feed);
      subscribe(feed);
    });
    retries.set(feed, cancel);
  }

  /** Full jitter, so that a million phones do not come back in one second. */
  function delay(): number {
    if (window !== undefined) {
      const [from, to] = window;
      window = undefined;
      return from + random() * Math.max(0, to - from);
    }
    const most = Math.min(BACK_OFF.longest, BACK_OFF.first * 2 ** failures);
    failures += 1;
    return Math.max(BACK_OFF.shortest, random() * most);
  }

  function beat() {
    clear = timers.after(HEARTBEAT.every, () => {
      probe(HEARTBEAT.limit);
      beat();
    });
  }

  /** Asks for a sign of life; any frame counts as one. */
  function probe(limit: number) {
    if (!put({ op: 'ping' })) return;
    pongDue ??= timers.after(limit, drop);
  }

  function put(frame: ClientFrame): boolean {
    if (wire === undefined) return false;
    try {
      wire.send(JSON.stringify(frame));
      return true;
    } catch {
      return false;
    }
  }

  function send(frame: ClientFrame): boolean {
    return state.get() === 'open' && put(frame);
  }

  /** Several may follow one feed: ask from the lowest number; those ahead drop what they know. */
  function subscribe(feed: string) {
    const positions = [...(feeds.get(feed) ?? [])].map((position) => position());
    if (positions.length === 0) return;
    const known = positions.filter((position) => position.after !== undefined);
    const lowest = known.reduce<Position>(
      (a, b) => ((b.after ?? 0) < (a.after ?? Infinity) ? b : a),
      {},
    );
    send({ op: 'subscribe', feed, ...lowest });
  }

  function resubscribe(feed: string) {
    if (!feeds.has(feed)) return;
    send({ op: 'unsubscribe', feed });
    subscribe(feed);
  }

  function follow(feed: string, position: () => Position): () => void {
    const followers = feeds.get(feed) ?? new Set();
    feeds.set(feed, followers);
    followers.add(position);
    if (followers.size === 1) subscribe(feed);
    else resubscribe(feed);
    return () => {
      if (!followers.delete(position) || followers.size > 0) return;
      if (feeds.get(feed) !== followers) return;
      feeds.delete(feed);
      retries.get(feed)?.();
      retries.delete(feed);
      send({ op: 'unsubscribe', feed });
    };
  }

  return {
    state: state as Readable<State>,
    /** Why it stopped; meaningful in the state `stopped`. */
    stoppedBy: () => stoppedBy,

    start() {
      failures = 0;
      on('start');
    },
    stop() {
      stoppedBy = null;
      on('stop');
    },

    /** False when the socket is not open: whoever needs an answer keeps the frame. */
    send,

    /**
     * Follows a feed through every reconnection; `position` is asked at each of them. The answer stops it.
     */
    follow,
    /** Asks again from the present position: after a gap, or after a reset. */
    resubscribe,

    hear(run: (frame: ServerFrame) => void): () => void {
      hearers.add(run);
      return () => hearers.delete(run);
    },

    /** The network came back, the page is looked at again, or a person pressed «Повторить». */
    hurry() {
      if (state.get() === 'waiting') on('due');
      else if (state.get() === 'open') probe(HEARTBEAT.hurried);
    },
  };
}

function frameOf(text: string): ServerFrame | undefined {
  try {
    return JSON.parse(text) as ServerFrame;
  } catch {
    return undefined;
  }
}

export const platformTimers: Timers = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Lets the browser's own news reach the socket; the answer takes the listeners back. */
export function followBrowser(socket: Pick<Socket, 'hurry'>): () => void {
  const visible = () => {
    if (document.visibilityState === 'visible') socket.hurry();
  };
  const hurry = () => socket.hurry();
  // `offline` hurries too: an open socket is probed at once instead of at the next heartbeat.
  addEventListener('online', hurry);
  addEventListener('offline', hurry);
  document.addEventListener('visibilitychange', visible);
  return () => {
    removeEventListener('online', hurry);
    removeEventListener('offline', hurry);
    document.removeEventListener('visibilitychange', visible);
  };
}
