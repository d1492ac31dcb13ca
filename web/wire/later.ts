// A socket that may be asked before its machine has been fetched: pages draw first, and what they asked of it
// meanwhile is handed over. It stands for socket.ts, whose states and promises are its own, and adds none.

import { cell, type Readable } from './cell.ts';
import type { Socket, State } from './socket.ts';

/** Something asked of the socket, and how to take it back once it was handed over. */
interface Asked {
  attach: (socket: Socket) => () => void;
  detach?: () => void;
}

/** Makes a stopped socket; `fetch` brings the real one at the first start, and never fails. */
export function laterSocket(fetch: () => Promise<Socket>): Socket {
  const state = cell<State>('stopped');
  const asked = new Set<Asked>();
  let real: Socket | undefined;
  let fetching = false;
  let wanted = false;

  function ask(attach: Asked['attach']): () => void {
    const one: Asked = { attach };
    if (real !== undefined) one.detach = attach(real);
    asked.add(one);
    return () => {
      asked.delete(one);
      one.detach?.();
    };
  }

  async function bring() {
    if (fetching) return;
    fetching = true;
    const socket = await fetch();
    real = socket;
    for (const one of asked) one.detach = one.attach(socket);
    if (wanted) socket.start();
    socket.state.subscribe((next) => state.set(next));
  }

  return {
    state: state as Readable<State>,
    stoppedBy: () => real?.stoppedBy() ?? null,
    start() {
      wanted = true;
      if (real !== undefined) return real.start();
      state.set('connecting');
      void bring();
    },
    stop() {
      wanted = false;
      if (real !== undefined) real.stop();
      else state.set('stopped');
    },
    send: (frame) => real?.send(frame) ?? false,
    follow: (feed, position) => ask((socket) => socket.follow(feed, position)),
    resubscribe: (feed) => real?.resubscribe(feed),
    hear: (run) => ask((socket) => socket.hear(run)),
    hurry: () => real?.hurry(),
  };
}
