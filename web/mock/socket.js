// The socket medchat.v1 over the mock's world: sign-in, subscriptions with resume, posts, marks, and who
// looks at which appeal.

import { message, seenUpTo } from './acts.js';
import { findAppeal, owes, readsPrivate } from './appeals.js';
import { feedOf, followers, tell } from './feeds.js';
import { cancel, markRead, post } from './messages.js';
import { Refusal } from './problem.js';
import { findRoom } from './rooms.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */
/** @typedef {import('./feeds.js').Send} Send */

const EPOCH = 'mock-1';
const LAPSES_MS = 60_000;

/** Who looks at an appeal, by connection. @type {Map<string, Map<Send, { person: Person, drafting: boolean, at: number }>>} */
const viewers = new Map();

/** Serves one connection. @param {World} world @param {import('ws').WebSocket} socket */
export function serve(world, socket) {
  /** @type {import('./people.js').Person | undefined} */
  let person;
  /** @param {any} frame */
  const send = (frame) =>
    frame.close === undefined ? socket.send(JSON.stringify(frame)) : socket.close(frame.close);
  /** @type {Set<string>} */
  const feeds = new Set();
  const who = () => /** @type {Person} */ (person);
  /** @param {string} feed */
  const unfollow = (feed) => void (feeds.delete(feed) && followers.get(feed)?.delete(send));

  /** @type {Record<string, (frame: any) => void>} */
  const OPS = {
    ping: () => send({ ev: 'pong' }),
    unsubscribe: ({ feed }) => unfollow(feed),
    subscribe({ feed, after, epoch }) {
      readable(world, String(feed), person);
      const { log, seen } = feedOf(world, feed);
      const head = log.length;
      feeds.add(feed);
      followers.set(feed, (followers.get(feed) ?? new Map()).set(send, person));
      if ((epoch !== undefined && epoch !== EPOCH) || after > head)
        return send({ ev: 'reset', feed, epoch: EPOCH, head });
      send({ ev: 'subscribed', feed, epoch: EPOCH, head });
      log
        .slice(after ?? head)
        .forEach((entry, i) =>
          send({ ev: 'entry', feed, seq: after + i + 1, entry: shown(world, feed, entry) }),
        );
      if (seen > 0) send({ ev: 'seen', feed, seq: seen });
    },
    post({ cid, room: id, text, appeal, lane, seen }) {
      if (appeal !== undefined) {
        const held = findAppeal(world, appeal, person);
        const { answer } = message(world, held, who(), { cid, lane, text, seen });
        return send({ ev: 'ack', cid, ...answer });
      }
      const room = findRoom(world, id, person);
      const { answer } = post(world, room, who(), cid, text);
      send({ ev: 'ack', cid, feed: `room:${id}`, ...answer });
    },
    cancel({ cid }) {
      const old = cancel(world, who(), cid);
      send(old === undefined ? { ev: 'cancelled', cid } : { ev: 'ack', cid, feed: '', ...old });
    },
    read({ feed, seq }) {
      if (String(feed).startsWith('room:'))
        return markRead(findRoom(world, feed.slice('room:'.length), person), who(), seq);
      const appeal = readable(world, String(feed), person);
      if (appeal === undefined || !owes(world, appeal, who())) return;
      const seen = seenUpTo(world, feed, seq);
      if (seen !== undefined) tell(feed, { ev: 'seen', feed, seq: seen });
    },
    viewing({ appeal, drafting }) {
      if (!owes(world, findAppeal(world, appeal, person), who())) throw new Refusal('not_found');
      look(world, appeal, send, { person: who(), drafting });
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
      const { missing } = /** @type {any} */ (error.body);
      send({
        ev: 'error',
        ...about,
        code: error.code,
        detail: error.message,
        ...(missing && { missing }),
      });
    }
  });
  socket.on('close', () => {
    [...feeds].forEach(unfollow);
    look(world, undefined, send);
  });
}

/** Throws `not_found` for a feed that does not exist for this person; answers with the appeal of a lane. @param {World} world @param {string} feed @param {Person | undefined} person */
function readable(world, feed, person) {
  const [kind, id = '', lane] = feed.split(':');
  if (kind === 'room') return void findRoom(world, id, person);
  const mine =
    (kind === 'desk' && person?.organisation === id) || (kind === 'person' && person?.id === id);
  if (mine) return undefined;
  if (kind !== 'appeal' || person === undefined) throw new Refusal('not_found');
  const appeal = findAppeal(world, id, person);
  if (lane === 'private' && !readsPrivate(appeal, person)) throw new Refusal('not_found');
  return appeal;
}

/** Another appeal takes the place of the one before; everybody there is told. @param {World} world @param {string | undefined} appeal @param {Send} send @param {{ person: Person, drafting: boolean }} [now] */
function look(world, appeal, send, now) {
  for (const [id, there] of viewers) {
    const left = there.delete(send) && id !== appeal;
    if (id === appeal && now) there.set(send, { ...now, at: world.now() });
    if (left || id === appeal) tellViewers(world, id, there);
  }
  if (appeal === undefined || now === undefined || viewers.has(appeal)) return;
  viewers.set(appeal, new Map([[send, { ...now, at: world.now() }]]));
}

/** @param {World} world @param {string} appeal @param {Map<Send, { person: Person, drafting: boolean, at: number }>} there */
function tellViewers(world, appeal, there) {
  for (const [send, me] of there) {
    const people = [...there.values()]
      .filter(({ person, at }) => person !== me.person && world.now() - at < LAPSES_MS)
      .map(({ person, drafting }) => ({ name: person.alias, drafting }));
    send({ ev: 'viewing', appeal, people });
  }
}

/** @param {World} world @param {string} feed @param {import('@medchat/wire/generated.ts').Entry} entry */
function shown(world, feed, entry) {
  const room = world.rooms.get(feed.replace(/^room:/, ''));
  return room === undefined ? entry : masked(room, entry);
}

/** A replay shows hidden text as a placeholder. @param {import('./world.js').Room} room @param {import('@medchat/wire/generated.ts').Entry} entry */
function masked(room, entry) {
  if (entry.kind !== 'message' && entry.kind !== 'edit') return entry;
  const id = entry.kind === 'message' ? entry.id : entry.target;
  if (!room.messages.get(id)?.hidden) return entry;
  return entry.kind === 'message' ? { ...entry, text: '', hidden: true } : { ...entry, text: '' };
}
