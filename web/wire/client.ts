// The whole client side of the contract behind one door: who is signed in, whether we are connected,
// what is on its way, and rooms to open. It ties the other files together and owns their lifetimes.

import { cell, type Readable } from './cell.ts';
import { CLOSE } from './generated.ts';
import { exclusiveByWebLocks, openHttp, type Http } from './http.ts';
import { laterSocket } from './later.ts';
import type { Outbox } from './outbox.ts';
import { openRoom, type OpenRoom } from './room.ts';
import type { Socket } from './socket.ts';

/** `idle`: nobody is signed in. `offline` lasts from a loss to the next greeting, so that it does not flicker. */
export type Connection = 'idle' | 'connecting' | 'live' | 'offline';

export interface Client {
  readonly http: Http;
  readonly socket: Socket;
  readonly session: Http['session'];
  readonly connection: Readable<Connection>;
  /** The close code after which the server wants no reconnection; null while all is well. */
  readonly halted: Readable<number | null>;
  readonly outbox: Readable<Outbox | undefined>;
  /** Takes up the session the browser holds. Resolves also when offline; then it is tried again. */
  start(): Promise<void>;
  signIn(login: string, password: string, code?: string): Promise<void>;
  /** Forgets everything here, unsent messages too, and ends the session on the server. */
  signOut(): Promise<void>;
  openRoom(id: string): OpenRoom;
  /** «Повторить»: connects now. */
  hurry(): void;
  close(): void;
}

// A right taken away closes the socket once; closing again at once means the session is no good.
const FORGIVEN_EVERY = 30_000;
const START_AGAIN = 3_000;

/** Opens the client of this page; `base` is where the contract's HTTP lives. */
export function openClient(base = '/api/v1'): Client {
  const http = openHttp({ base });
  const connection = cell<Connection>('idle');
  const halted = cell<number | null>(null);
  const outbox = cell<Outbox | undefined>(undefined);
  let account: string | undefined;
  let forgivenAt = -Infinity;
  let closed = false;

  /** Reading needs none of this, and a phone on a slow network reads first; offline it is asked for again. */
  const live = async (): Promise<typeof import('./live.ts')> => {
    for (;;) {
      try {
        return await import('./live.ts');
      } catch {
        connection.set('offline');
        await new Promise((done) => setTimeout(done, START_AGAIN));
      }
    }
  };
  const socket = laterSocket(async () => {
    const { followBrowser, openSocket } = await live();
    const opened = openSocket({ url: socketUrl(base), token: (fresh) => http.token(fresh) });
    if (typeof document !== 'undefined') leave.push(followBrowser(opened));
    return opened;
  });

  const leave = [
    http.session.subscribe((session) => {
      const next = session.state === 'signed_in' ? session.account.id : undefined;
      if (next !== account) void become(next);
    }),
    socket.state.subscribe((state) => {
      const now = connection.get();
      if (state === 'open') connection.set('live');
      else if (state === 'stopped') connection.set(account === undefined ? 'idle' : 'offline');
      else if (state === 'waiting') connection.set('offline');
      else if (now === 'idle') connection.set('connecting');
      halted.set(state === 'stopped' ? socket.stoppedBy() : null);
      if (state === 'stopped') void afterStop(socket.stoppedBy());
    }),
  ];

  /** Another person, or nobody: what belonged to the one before is put away. */
  async function become(next: string | undefined) {
    account = next;
    outbox.get()?.close();
    outbox.set(undefined);
    socket.stop();
    if (next === undefined) return;
    const { appealsOver, openOutbox, openVault, platformTimers } = await live();
    const opened = await openOutbox({
      account: next,
      vault: await openVault(next),
      socket,
      timers: platformTimers,
      exclusive: exclusiveByWebLocks,
      open: appealsOver(http).open,
      ...tabsOf(next),
    });
    if (account !== next || closed) return opened.close();
    outbox.set(opened);
    socket.start();
  }

  /** The session ended or a right was taken: HTTP knows which, and only then do we come back. */
  async function afterStop(code: number | null) {
    if (code !== CLOSE.session_ended && code !== CLOSE.not_signed_in) return;
    if (Date.now() - forgivenAt < FORGIVEN_EVERY) return;
    forgivenAt = Date.now();
    try {
      if (await http.refresh()) socket.start();
    } catch {
      // Unreachable: `hurry` and the next start try again.
      halted.set(null);
      connection.set('offline');
    }
  }

  return {
    http,
    socket,
    session: http.session,
    connection,
    halted,
    outbox,

    async start() {
      try {
        await http.resume();
      } catch {
        connection.set('offline');
        setTimeout(() => {
          if (!closed && http.session.get().state === 'starting') void this.start();
        }, START_AGAIN);
      }
    },

    async signIn(login, password, code) {
      await http.signIn(login, password, code);
    },

    async signOut() {
      const leaving = outbox.get();
      outbox.set(undefined);
      socket.stop();
      await leaving?.clear();
      await http.signOut();
    },

    openRoom: (id) => openRoom(id, { http, socket, outbox, me: account }),

    hurry() {
      if (http.session.get().state === 'starting') void this.start();
      else if (account !== undefined && socket.state.get() === 'stopped') socket.start();
      else socket.hurry();
    },

    close() {
      closed = true;
      for (const stop of leave) stop();
      outbox.get()?.close();
      socket.stop();
    },
  };
}

function socketUrl(base: string): string {
  const url = new URL(
    `${base}/socket`,
    typeof location === 'undefined' ? 'http://localhost' : location.href,
  );
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** The account's other tabs, where the browser lets them talk. */
function tabsOf(account: string) {
  if (typeof BroadcastChannel === 'undefined') return {};
  const channel = new BroadcastChannel(`medchat-outbox ${account}`);
  let gone = false;
  return {
    tabs: {
      tell() {
        if (!gone) channel.postMessage(null);
      },
      hear(run: () => void) {
        channel.onmessage = run;
        return () => {
          gone = true;
          channel.close();
        };
      },
    },
  };
}
