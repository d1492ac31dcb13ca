// A socket whose other end is the test, as open rooms, appeals and queues use one: what it follows, what it
// was told to send, and frames spoken into it.

import { cell } from '../cell.ts';
import type { ClientFrame, ServerFrame } from '../generated.ts';
import type { Position, Socket, State } from '../socket.ts';

/** A plug: `socket` goes into what is tested, the rest is the test's. */
export function plug(first: State = 'open') {
  const state = cell<State>(first);
  const hearers = new Set<(frame: ServerFrame) => void>();
  const sent: ClientFrame[] = [];
  const follows = new Map<string, () => Position>();
  const asked: [string, Position][] = [];
  const socket = {
    state,
    hear: (run: (frame: ServerFrame) => void) => (hearers.add(run), () => hearers.delete(run)),
    send: (frame: ClientFrame) => (sent.push(frame), state.get() === 'open'),
    follow(feed: string, position: () => Position) {
      follows.set(feed, position);
      asked.push([feed, position()]);
      return () => follows.delete(feed);
    },
    resubscribe: (feed: string) => void asked.push([feed, follows.get(feed)!()]),
  } as unknown as Socket;
  const says = (frame: ServerFrame) => hearers.forEach((run) => run(frame));
  return { socket, state, hearers, sent, follows, asked, says };
}
