// What the tests of this package act on: a clock moved by hand, seeded chance, and a WebSocket whose
// other end is the test. Nothing here waits for real time.

import type { Appeal, AppealCard, ClientFrame, Message, ServerFrame } from '../generated.ts';
import type { Timers, Wire } from '../socket.ts';

/** Timers that run when the test says so. */
export function handClock(start = 1_000_000) {
  let now = start;
  let turn = 0;
  const due = new Map<number, { at: number; run: () => void }>();
  const timers: Timers = {
    now: () => now,
    after(ms, run) {
      const id = (turn += 1);
      due.set(id, { at: now + ms, run });
      return () => due.delete(id);
    },
  };
  /** Moves on by `ms`, running what falls due in its order, promises in between. */
  async function advance(ms: number) {
    const end = now + ms;
    for (;;) {
      await settled();
      const next = [...due].sort(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined || next[1].at > end) break;
      due.delete(next[0]);
      now = next[1].at;
      next[1].run();
    }
    now = end;
    await settled();
  }
  return { timers, advance, pending: () => [...due.values()].map(({ at }) => at - now) };
}

/** Lets every promise that can go on do so. */
export async function settled() {
  for (let i = 0; i < 5; i += 1) await new Promise((done) => setImmediate(done));
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A WebSocket whose server is the test. */
export class FakeWire implements Wire {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: ClientFrame[] = [];
  closed: number | undefined;

  send(text: string) {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close(code = 1000) {
    this.closed = code;
  }
  opens() {
    this.onopen?.(undefined as never);
  }
  says(frame: ServerFrame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  greets() {
    this.opens();
    this.says({ ev: 'hello', session: 's', server_time: '2026-11-23T02:20:00.000Z' });
  }
  dies(code: number) {
    this.onclose?.({ code });
  }
}

/** An invented resident's message. */
export function message(seq: number, change: Partial<Message> = {}): Message {
  const author = { id: 'nina', kind: 'resident' as const, alias: 'Нина К.' };
  return {
    seq,
    id: `m${seq}`,
    at: '2026-11-23T02:20:00.000Z',
    author,
    text: `текст ${seq}`,
    ...change,
  };
}

/** An invented appeal's card. */
export function card(id: string, change: Partial<AppealCard> = {}): AppealCard {
  return {
    id,
    number: '27-4183-6',
    state: 'new',
    cycle: 1,
    category: 'appointment',
    room: 'a',
    organisation: { id: 'org-a', name: 'Поликлиника № 1 (пример)' },
    author: { id: 'nina', kind: 'resident', alias: 'Нина К.' },
    clocks: [],
    excerpt: 'Не могу записать маму к неврологу',
    has_private: false,
    opened_at: '2026-11-23T02:20:00.000Z',
    ...change,
  };
}

/** The whole of an invented appeal; each lane holds the messages given. */
export function appeal(
  id: string,
  change: Partial<Appeal> = {},
  lanes: { public?: Message[]; private?: Message[] } = {},
): Appeal {
  const lane = (name: string, messages: Message[]) => ({
    feed: `appeal:${id}:${name}`,
    epoch: 'e1',
    head: messages.at(-1)?.seq ?? 0,
    seen: 0,
    messages,
  });
  return {
    ...card(id),
    events: [],
    lanes: {
      public: lane('public', lanes.public ?? [message(1)]),
      ...(lanes.private && { private: lane('private', lanes.private) }),
    },
    rating: null,
    from: [],
    may: [],
    time_zone: 'Asia/Vladivostok',
    ...change,
  };
}
