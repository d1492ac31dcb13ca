// The socket medchat.v1 over the mock's world: sign-in, subscriptions with resume, posts, marks.

import { cancel, followers, markRead, post } from './messages.js';
import { Refusal } from './problem.js';
import { findRoom } from './rooms.js';

/** @typedef {import('./world.js').World} World */

const EPOCH = 'mock-1';

/** Serves one connection. @param {World} world @param {import('ws').WebSocket} socket */
export function serve(world, socket) {
  /** @type {import('./people.js').Person | undefined} */
  let person;
  /** @param {any} frame */
  const send = (frame) =>
    frame.close === undefined ? socket.send(JSON.stringify(frame)) : socket.close(frame.close);
  /** @type {Set<string>} */
  const feeds = new Set();
  /** @param {string} feed */
  const unfollow = (feed) => void (feeds.delete(feed) && followers.get(feed)?.delete(send));

  /** @type {Record<string, (frame: any) => void>} */
  const OPS = {
    ping: () => send({ ev: 'pong' }),
    unsubscribe: ({ feed }) => unfollow(feed),
    subscribe({ feed, after, epoch }) {
      const room = findRoom(world, String(feed).replace(/^room:/, ''), person);
      const head = room.log.length;
      feeds.add(feed);
      followers.set(feed, (followers.get(feed) ?? new Set()).add(send));
      if ((epoch !== undefined && epoch !== EPOCH) || after > head)
        return send({ ev: 'reset', feed, epoch: EPOCH, head });
      send({ ev: 'subscribed', feed, epoch: EPOCH, head });
      room.log
        .slice(after ?? head)
        .forEach((entry, i) =>
          send({ ev: 'entry', feed, seq: after + i + 1, entry: masked(room, entry) }),
        );
      if (room.seen > 0) send({ ev: 'seen', feed, seq: room.seen });
    },
    post({ cid, room: id, text }) {
      const room = findRoom(world, id, person);
      const { answer } = post(world, room, /** @type {any} */ (person), cid, text);
      send({ ev: 'ack', cid, feed: `room:${id}`, ...answer });
    },
    cancel({ cid }) {
      const old = cancel(world, /** @type {any} */ (person), cid);
      send(old === undefined ? { ev: 'cancelled', cid } : { ev: 'ack', cid, feed: '', ...old });
    },
    read({ feed, seq }) {
      markRead(
        findRoom(world, String(feed).replace(/^room:/, ''), person),
        /** @type {any} */ (person),
        seq,
      );
    },
  };

  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (person === undefined) {
      const session = frame.op === 'auth' ? world.sessions.get(frame.token) : undefined;
      if (session === undefined) return socket.close(frame.op === 'auth' ? 4004 : 4501);
      person = session.person;
      session.frames.add(send);
      return send({
        ev: 'hello',
        session: 'mock',
        server_time: new Date(world.now()).toISOString(),
      });
    }
    try {
      const act = OPS[frame.op];
      if (act === undefined) throw new Refusal('invalid');
      act(frame);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const about = {
        ...(frame.cid && { cid: frame.cid }),
        ...(frame.feed && { feed: frame.feed }),
      };
      send({ ev: 'error', ...about, code: error.code, detail: error.message });
    }
  });
  socket.on('close', () => [...feeds].forEach(unfollow));
}

/** A replay shows hidden text as a placeholder. @param {import('./world.js').Room} room @param {import('@medchat/wire/generated.ts').Entry} entry */
function masked(room, entry) {
  if (entry.kind !== 'message' && entry.kind !== 'edit') return entry;
  const id = entry.kind === 'message' ? entry.id : entry.target;
  if (!room.messages.get(id)?.hidden) return entry;
  return entry.kind === 'message' ? { ...entry, text: '', hidden: true } : { ...entry, text: '' };
}
