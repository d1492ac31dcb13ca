// Numbered feeds and who follows them. A room keeps its own log; lanes, desks and people have theirs here.
// What an entry means, and who may read which feed, is not its business.

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */
/** @typedef {import('@medchat/wire/generated.ts').Entry} Entry */
/** @typedef {(frame: any) => void} Send */

/** Who follows a feed; the socket adds itself. @type {Map<string, Map<Send, Person>>} */
export const followers = new Map();

/** The feed of this name, empty when nobody wrote in it. @param {World} world @param {string} name */
export function feedOf(world, name) {
  const room = name.startsWith('room:') ? world.rooms.get(name.slice('room:'.length)) : undefined;
  if (room !== undefined) return room;
  const feed = world.feeds.get(name) ?? { log: [], seen: 0 };
  world.feeds.set(name, feed);
  return feed;
}

/** Writes an entry and tells it to the followers; answers with its number. @param {World} world @param {string} name @param {Entry} entry */
export function append(world, name, entry) {
  const seq = feedOf(world, name).log.push(entry);
  tell(name, { ev: 'entry', feed: name, seq, entry });
  return seq;
}

/** @param {string} name @param {object} frame */
export function tell(name, frame) {
  for (const send of followers.get(name)?.keys() ?? []) send(frame);
}

/** Takes a feed away from those who may no longer read it. @param {string} name @param {(person: Person) => boolean} may */
export function withdraw(name, may) {
  for (const [send, person] of followers.get(name) ?? []) {
    if (may(person)) continue;
    followers.get(name)?.delete(send);
    send({ ev: 'error', feed: name, code: 'not_found', detail: 'no longer yours' });
  }
}
