// Messages that are not acknowledged yet. Each gets its cid before the first try and is sent again
// under it until the server acknowledges it or refuses it for good. Knows nothing of feeds or screens;
// where items are kept is vault.ts, how frames travel is socket.ts.

import { cell, type Readable } from './cell.ts';
import { randomCid } from './cid.ts';
import { PERMANENT } from './codes.ts';
import type {
  ClientFrame,
  Code,
  Lane,
  Message,
  OpenAppeal,
  OpenedAppeal,
  ServerFrame,
} from './generated.ts';
import { Refused, type Exclusive } from './http.ts';
import type { Socket, Timers } from './socket.ts';
import type { Kept, Opening, Vault } from './vault.ts';

/** Where a message goes. Without a lane the server chooses by what the text holds. */
export type Address =
  { room: string; opening?: Opening } | { appeal: string; lane?: Lane; seen?: number };

/** Where a message landed. */
export interface Landed {
  feed: string;
  seq: number;
  id: string;
  at: string;
}

/** A message on its way, as screens see it. `sent` stays until its entry is in the feed. */
export interface Outgoing extends Omit<Kept, 'state' | 'code'> {
  state: 'queued' | 'sending' | 'sent' | 'failed' | 'cancelling';
  /** Why it failed. */
  code?: Code;
  /** For `stale_view`: what its author had not seen. */
  missing?: readonly Message[];
  /** Where it landed, once sent. */
  landed?: Landed;
}

export interface OutboxOptions {
  account: string;
  vault: Vault;
  socket: Pick<Socket, 'send' | 'hear' | 'state'>;
  timers: Timers;
  exclusive: Exclusive;
  /** Opens an appeal; throws what http throws. No frame does it, but its cid is of the same space. */
  open: (appeal: OpenAppeal) => Promise<OpenedAppeal>;
  /** Tells the account's other tabs that the vault changed, and hears it from them. */
  tabs?: { tell(): void; hear(run: () => void): () => void };
  newCid?: () => string;
}

export type Outbox = Awaited<ReturnType<typeof openOutbox>>;

// An answer that does not come in this time is treated like a lost connection: same cid, once more.
const ANSWER_LIMIT = 20_000;
const BREATH = { first: 2_000, longest: 30_000 };

type Outcome =
  | { kind: 'landed'; at: Landed }
  | { kind: 'cancelled' }
  | { kind: 'refused'; code: Code; missing?: readonly Message[] }
  | { kind: 'later'; ms?: number }
  | { kind: 'lost' };

/** Takes up what the vault holds and goes on sending. */
export async function openOutbox(options: OutboxOptions) {
  const { vault, socket, timers } = options;
  const newCid = options.newCid ?? randomCid;
  const items = cell<readonly Outgoing[]>((await vault.all()).map(shown));
  const waiting = new Map<string, (outcome: Outcome) => void>();
  const busy = new Set<string>();
  const writes = new Map<string, Promise<void>>();
  // Only what the vault once held can be missed there; an item it could not take is sent all the same.
  const stored = new Set(items.get().map((item) => item.cid));
  let closed = false;

  const find = (cid: string) => items.get().find((item) => item.cid === cid);
  const isOpen = () => !closed && socket.state.get() === 'open';

  function show(cid: string, change: Partial<Outgoing> | undefined) {
    items.set(
      items.get().flatMap((item) => {
        if (item.cid !== cid) return [item];
        return change === undefined ? [] : [{ ...item, ...change }];
      }),
    );
  }

  /** Keeps an item in the vault; writes of one item keep their order. */
  const keep = (item: Outgoing) =>
    write(item.cid, async () => {
      await vault.put(kept(item));
      stored.add(item.cid);
    });

  function write(cid: string, work: () => Promise<void>): Promise<void> {
    const turn = (writes.get(cid) ?? Promise.resolve()).then(work).catch(() => {
      // A full or broken storage must not stop the sending: the item lives on in this page.
    });
    writes.set(cid, turn);
    return turn.then(() => {
      if (writes.get(cid) === turn) writes.delete(cid);
      options.tabs?.tell();
    });
  }

  async function change(cid: string, what: Partial<Outgoing>) {
    show(cid, what);
    const item = find(cid);
    if (item !== undefined) await keep(item);
  }

  async function forget(cid: string) {
    show(cid, undefined);
    await write(cid, () => vault.remove(cid));
  }

  /** What another tab added or finished; what this tab has in flight, landed or could not store stays. */
  async function reload() {
    const rows = await vault.all();
    if (closed) return;
    const here = new Map(items.get().map((item) => [item.cid, item]));
    const next: Outgoing[] = [];
    for (const row of rows) {
      const mine = here.get(row.cid);
      here.delete(row.cid);
      if (mine?.state === 'sending' || mine?.state === 'sent') next.push(mine);
      else if (mine !== undefined || !writes.has(row.cid)) next.push(shown(row));
      stored.add(row.cid);
    }
    for (const mine of here.values()) {
      const inFlight = mine.state === 'sending' || mine.state === 'sent';
      if (inFlight || writes.has(mine.cid) || !stored.has(mine.cid)) next.push(mine);
    }
    items.set(next.sort((a, b) => a.order - b.order));
    drainAll();
  }

  function drainAll() {
    for (const place of new Set(items.get().filter(due).map(placeOf))) void drain(place);
  }

  /** One message of a place at a time and in order, in all tabs together; the lock dies with its tab. */
  async function drain(place: string) {
    if (busy.has(place)) return;
    busy.add(place);
    try {
      for (
        let breath = BREATH.first;
        isOpen() && items.get().some((item) => placeOf(item) === place && due(item));
      ) {
        const outcome = await options.exclusive(`medchat-outbox ${options.account} ${place}`, () =>
          sendNext(place),
        );
        if (outcome?.kind === 'lost') return;
        if (outcome?.kind !== 'later') breath = BREATH.first;
        else {
          await pause(outcome.ms ?? breath);
          breath = Math.min(BREATH.longest, breath * 2);
        }
      }
    } catch {
      // The browser took the lock away; the next connection or message starts again.
    } finally {
      busy.delete(place);
    }
  }

  async function sendNext(place: string): Promise<Outcome | undefined> {
    const item = items.get().find((one) => placeOf(one) === place && due(one));
    if (item === undefined || !isOpen()) return undefined;
    await writes.get(item.cid);
    await lookAgain(item.cid);
    const now = find(item.cid);
    if (now === undefined || !due(now)) return undefined;
    const outcome = now.state === 'cancelling' ? await giveUp(now) : await tryOnce(now);
    await settleOutcome(item.cid, outcome);
    return outcome;
  }

  /** Another tab may have sent an item, or given it up, while this one waited for its turn. */
  async function lookAgain(cid: string) {
    if (!stored.has(cid)) return;
    try {
      const row = await vault.get(cid);
      show(cid, row && shown(row));
    } catch {
      // The storage broke while we work: what this page remembers goes.
    }
  }

  async function tryOnce(item: Outgoing): Promise<Outcome> {
    // Written down before the frame leaves: after a crash the outcome counts as unknown, not as untried.
    if (!item.tried) await change(item.cid, { tried: true });
    if (find(item.cid)?.state !== 'queued') return { kind: 'later', ms: 0 };
    show(item.cid, { state: 'sending' });
    if (item.opening !== undefined) return openAppeal(item, item.opening);
    return exchange(item.cid, () => socket.send(frameOf(item)));
  }

  async function openAppeal({ cid, room = '', text, acknowledged }: Outgoing, opening: Opening) {
    try {
      const { id } = await options.open({
        ...opening,
        cid,
        room,
        text,
        ...(acknowledged === undefined ? {} : { acknowledged }),
      });
      const at = new Date(timers.now()).toISOString();
      return landed({ feed: `appeal:${id}:public`, seq: 1, id, at });
    } catch (error) {
      return refusal(error);
    }
  }

  const giveUp = (item: Outgoing) =>
    exchange(item.cid, () => socket.send({ op: 'cancel', cid: item.cid }));

  function exchange(cid: string, send: () => boolean): Promise<Outcome> {
    return new Promise((done) => {
      const finish = (outcome: Outcome) => {
        stopTimer();
        waiting.delete(cid);
        done(outcome);
      };
      const stopTimer = timers.after(ANSWER_LIMIT, () => finish({ kind: 'later', ms: 0 }));
      waiting.set(cid, finish);
      if (!send()) finish({ kind: 'lost' });
    });
  }

  async function settleOutcome(cid: string, outcome: Outcome) {
    const item = find(cid);
    if (item === undefined || closed) return;
    switch (outcome.kind) {
      case 'landed':
        show(cid, { state: 'sent', landed: outcome.at });
        return write(cid, () => vault.remove(cid));
      case 'cancelled':
        return forget(cid);
      case 'refused':
        // A refused cancel has nothing left to cancel.
        return item.state === 'cancelling'
          ? forget(cid)
          : change(cid, {
              state: 'failed',
              code: outcome.code,
              ...(outcome.missing === undefined ? {} : { missing: outcome.missing }),
            });
      default:
        if (item.state === 'sending') show(cid, { state: 'queued' });
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((done) => void timers.after(ms, done));
  }

  function hear(frame: ServerFrame) {
    if (!('cid' in frame) || frame.cid === undefined) return;
    const finish = waiting.get(frame.cid);
    if (frame.ev === 'ack') {
      const { feed, seq, id, at } = frame;
      const outcome = landed({ feed, seq, id, at });
      // An answer that comes after its time is still the truth.
      if (finish === undefined) void settleOutcome(frame.cid, outcome);
      else finish(outcome);
    }
    if (frame.ev === 'cancelled') finish?.({ kind: 'cancelled' });
    if (frame.ev === 'error') {
      const { code, retry_after, missing } = frame;
      if (PERMANENT.includes(code))
        finish?.({ kind: 'refused', code, ...(missing === undefined ? {} : { missing }) });
      else
        finish?.({
          kind: 'later',
          ...(retry_after === undefined ? {} : { ms: retry_after * 1000 }),
        });
    }
  }

  const leave = [
    socket.hear(hear),
    socket.state.subscribe((state) => {
      if (state === 'open') drainAll();
      else for (const finish of [...waiting.values()]) finish({ kind: 'lost' });
    }),
    options.tabs?.hear(() => void reload()) ?? (() => {}),
  ];

  function close() {
    closed = true;
    for (const stop of leave) stop();
    for (const finish of [...waiting.values()]) finish({ kind: 'lost' });
  }

  return {
    items: items as Readable<readonly Outgoing[]>,

    /** Takes a message; it is sent as soon as there is a connection. */
    async add(to: Address, text: string, acknowledged?: boolean): Promise<string> {
      const last = items.get().at(-1)?.order ?? 0;
      const item: Outgoing = {
        cid: newCid(),
        ...to,
        text,
        at: timers.now(),
        order: Math.max(last + 1, timers.now()),
        tried: false,
        state: 'queued',
        ...(acknowledged === undefined ? {} : { acknowledged }),
      };
      items.set([...items.get(), item]);
      await keep(item);
      void drain(placeOf(item));
      return item.cid;
    },

    /**
     * Tries a failed message again; after `stale_view` with the head its author has seen now. A cid that
     * is taken by another text needs a new one.
     */
    async retry(cid: string, seen?: number): Promise<void> {
      const item = find(cid);
      if (item?.state !== 'failed') return;
      const { code, missing: _, ...rest } = item;
      const again: Outgoing = { ...rest, state: 'queued', ...(seen === undefined ? {} : { seen }) };
      if (code === 'cid_conflict') {
        await forget(cid);
        again.cid = newCid();
        again.tried = false;
        items.set([...items.get(), again]);
      } else {
        items.set(items.get().map((one) => (one.cid === cid ? again : one)));
      }
      await keep(again);
      void drain(placeOf(item));
    },

    /**
     * Gives a message up. One that may have reached the server is asked back there: the answer is
     * `cancelled`, or the acknowledgement it already has.
     */
    async cancel(cid: string): Promise<void> {
      const item = find(cid);
      if (item === undefined || item.state === 'sent') return;
      if (item.state === 'failed' || !item.tried) return forget(cid);
      await change(cid, { state: 'cancelling' });
      waiting.get(cid)?.({ kind: 'later', ms: 0 });
      void drain(placeOf(item));
    },

    /** The feed holds these now: the outbox need not show them any longer. */
    settle(ids: ReadonlySet<string>): void {
      const left = items
        .get()
        .filter((item) => item.landed === undefined || !ids.has(item.landed.id));
      if (left.length !== items.get().length) items.set(left);
    },

    /** Stops sending and listening; what is unsent stays in the vault. */
    close,

    /** At sign-out: stops and forgets everything. */
    async clear(): Promise<void> {
      items.set([]);
      closed = true;
      await vault.clear();
      options.tabs?.tell();
      close();
    },
  };
}

const landed = (at: Landed): Outcome => ({ kind: 'landed', at });

/** Whoever did not answer, or is busy, may answer later. */
function refusal(error: unknown): Outcome {
  if (!(error instanceof Refused)) return { kind: 'later' };
  const { code } = error.problem;
  if (PERMANENT.includes(code)) return { kind: 'refused', code };
  return {
    kind: 'later',
    ...(error.retryAfter === undefined ? {} : { ms: error.retryAfter * 1000 }),
  };
}

/** Messages to one place leave in their order. */
function placeOf(item: Kept | Outgoing): string {
  return item.appeal ?? item.room ?? '';
}

function frameOf({ cid, room, appeal, lane, seen, text, acknowledged }: Outgoing): ClientFrame {
  return {
    op: 'post',
    cid,
    ...(room === undefined ? {} : { room }),
    ...(appeal === undefined ? {} : { appeal }),
    ...(lane === undefined ? {} : { lane }),
    text,
    ...(seen === undefined ? {} : { seen }),
    ...(acknowledged === undefined ? {} : { acknowledged }),
  };
}

function due(item: Outgoing): boolean {
  return item.state === 'queued' || item.state === 'cancelling';
}

function shown(row: Kept): Outgoing {
  const { code, ...rest } = row;
  return { ...rest, ...(code === undefined ? {} : { code: code as Code }) };
}

function kept(item: Outgoing): Kept {
  const { landed: _, missing: __, state, ...rest } = item;
  return { ...rest, state: state === 'failed' || state === 'cancelling' ? state : 'queued' };
}
