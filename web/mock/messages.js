// What is said in a room: posting, editing, hiding, pages of history. Every act makes one numbered
// entry and tells the room's followers. Knows no HTTP and no socket.

import { append, tell } from './feeds.js';
import { may } from './people.js';
import { Refusal } from './problem.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./world.js').Room} Room */
/** @typedef {import('./people.js').Person} Person */

const EDITABLE_MS = 15 * 60_000;
const LONGEST = 4000;

/** @param {World} world @param {Room} room @param {Person} person @param {string} cid @param {string} text */
export function post(world, room, person, cid, text) {
  const rights = may(person, room);
  if (rights.includes('post_after_verification')) throw new Refusal('not_verified');
  if (!rights.includes('post')) throw new Refusal('not_allowed');
  return once(world, person, cid, checked(text), () => {
    const made = next(world, room);
    const message = {
      ...made,
      author: authorOf(person),
      text: checked(text),
      edited: false,
      hidden: false,
    };
    room.messages.set(made.id, message);
    append(world, `room:${room.id}`, {
      kind: 'message',
      id: made.id,
      at: made.at,
      author: message.author,
      text: message.text,
      cid,
    });
    return made;
  });
}

/** @param {World} world @param {Room} room @param {Person} person @param {string} id @param {string} cid @param {string} text */
export function edit(world, room, person, id, cid, text) {
  const message = found(room, id);
  if (message.author.id !== person.id || message.hidden) throw new Refusal('not_allowed');
  if (world.now() - Date.parse(message.at) > EDITABLE_MS)
    throw new Refusal('wrong_state', 'too late', { state: 'settled' });
  return once(world, person, cid, checked(text), () => {
    const made = next(world, room);
    Object.assign(message, { text: checked(text), edited: true });
    append(world, `room:${room.id}`, { kind: 'edit', target: id, text: message.text, at: made.at });
    return { ...made, id };
  });
}

/** @param {World} world @param {Room} room @param {Person} person @param {string} id @param {string} reason */
export function hide(world, room, person, id, reason) {
  if (!may(person, room).includes('hide')) throw new Refusal('not_allowed');
  const message = found(room, id);
  if (reason.trim() === '')
    throw new Refusal('invalid', 'why?', {
      errors: [{ field: 'reason', code: 'empty', detail: '' }],
    });
  if (message.hidden) return;
  const made = next(world, room);
  Object.assign(message, { text: '', hidden: true, reason });
  append(world, `room:${room.id}`, { kind: 'hide', target: id, reason, at: made.at });
}

/** @param {World} world @param {Person} person @param {string} cid */
export function cancel(world, person, cid) {
  const name = `${person.id} ${cid}`;
  const old = world.cids.get(name);
  if (old === undefined) world.cids.set(name, 'barred');
  return old === undefined || old === 'barred' ? undefined : old.answer;
}

/** Newest first: messages, and each appeal at its opening. @param {Room} room @param {URLSearchParams} query @param {object[]} appeals */
export function page(room, query, appeals) {
  const limit = Math.min(100, Number(query.get('limit') ?? 50));
  const before = Number(query.get('before') ?? Infinity);
  const messages = [...room.messages.values()].map((message) => ({ kind: 'message', ...message }));
  const older = /** @type {{ seq: number }[]} */ ([...messages, ...appeals])
    .filter(({ seq }) => seq < before)
    .sort((a, b) => b.seq - a.seq);
  const items = older.slice(0, limit);
  return { items, next: older.length > limit ? String(items.at(-1)?.seq) : null };
}

/** @param {Room} room @param {Person} person @param {number} seq */
export function markRead(room, person, seq) {
  const read = Math.min(seq, room.log.length);
  if (read > (person.read.get(room.id) ?? 0)) person.read.set(room.id, read);
  if (person.organisation === undefined || !may(person, room).includes('post') || read <= room.seen)
    return;
  room.seen = read;
  tell(`room:${room.id}`, { ev: 'seen', feed: `room:${room.id}`, seq: read });
}

/**
 * One cid, one result.
 * @template {object} A
 * @param {World} world @param {Person} person @param {string} cid @param {string} text @param {() => A} act
 * @returns {{ answer: A, fresh: boolean }}
 */
export function once(world, person, cid, text, act) {
  if (!/^[\x20-\x7e]{1,64}$/.test(cid)) throw new Refusal('invalid', 'cid');
  const name = `${person.id} ${cid}`;
  const old = world.cids.get(name);
  if (old === undefined) {
    const answer = act();
    world.cids.set(name, { text, answer });
    return { answer, fresh: true };
  }
  if (old === 'barred' || old.text !== text) throw new Refusal('cid_conflict');
  return { answer: /** @type {A} */ (old.answer), fresh: false };
}

/** @param {World} world @param {Room} room */
function next(world, room) {
  const seq = room.log.length + 1;
  return { seq, id: `${room.id}-${seq}`, at: new Date(world.now()).toISOString() };
}

/** @param {Room} room @param {string} id */
function found(room, id) {
  const message = room.messages.get(id);
  if (message === undefined) throw new Refusal('not_found');
  return message;
}

/** @param {string} text */
export function checked(text) {
  const clean = text.trim();
  if (clean === '' || [...clean].length > LONGEST) {
    throw new Refusal('invalid', 'text', {
      errors: [{ field: 'text', code: 'length', detail: '' }],
    });
  }
  return clean;
}

/** @param {Person} person */
export function authorOf({ id, kind, alias, signature }) {
  return { id, kind, alias, ...(signature === undefined ? {} : { signature }) };
}
