// Rooms and regions as a person sees them. Knows no HTTP.

import { hoursAt } from './hours.js';
import { may, sees } from './people.js';
import { Refusal } from './problem.js';
import { checkOf } from './world.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./world.js').Room} Room */
/** @typedef {import('./people.js').Person} Person */

/** @param {World} world @param {Room} room @param {Person | undefined} person */
export function roomView(world, room, person) {
  const zone = world.regions.find(({ code }) => code === room.region)?.zone ?? 'UTC';
  const { open, next_opening, closes_at, holiday } = hoursAt(zone, world.now());
  return {
    id: room.id,
    kind: room.kind,
    region: room.region,
    okrug: room.okrug,
    title: room.title,
    subtitle: room.subtitle,
    members: world.people.filter(({ rooms }) => rooms.has(room.id)).length,
    open_now: open,
    next_opening,
    closes_at,
    holiday,
    invitation_code: room.code,
    feed: `room:${room.id}`,
    seen: room.seen,
    organisations: room.organisations,
    links: room.links,
    ...(person === undefined ? {} : { my: myView(room, person) }),
  };
}

/** @param {Room} room @param {Person} person */
function myView(room, person) {
  const read = person.read.get(room.id) ?? 0;
  const unread = [...room.messages.values()].filter(
    ({ seq, author }) => seq > read && author.id !== person.id,
  ).length;
  return { member: person.rooms.has(room.id), read, unread, may: may(person, room) };
}

/** Throws `not_found` for what does not exist for this person. @param {World} world @param {string} id @param {Person | undefined} person */
export function findRoom(world, id, person) {
  const room = world.rooms.get(id);
  if (room === undefined || !sees(person, room)) throw new Refusal('not_found');
  return room;
}

/** @param {World} world @param {Person | undefined} person @param {URLSearchParams} query */
export function listRooms(world, person, query) {
  const limit = Math.min(100, Number(query.get('limit') ?? 50));
  const words = (query.get('q') ?? '').toLowerCase();
  const all = [...world.rooms.values()].filter(
    (room) =>
      sees(person, room) &&
      (query.get('region') ?? room.region) === room.region &&
      (query.get('kind') ?? room.kind) === room.kind &&
      [room.title, room.subtitle, ...room.organisations.map(({ name }) => name)]
        .join(' ')
        .toLowerCase()
        .includes(words),
  );
  const from = Number(query.get('after') ?? 0);
  const items = all.slice(from, from + limit).map((room) => roomView(world, room, person));
  return { items, next: from + limit < all.length ? String(from + limit) : null };
}

/** The rooms a person's screen starts with. @param {World} world @param {Person} person */
export function myRooms(world, person) {
  return [...world.rooms.values()]
    .filter((room) =>
      person.kind === 'resident'
        ? person.rooms.has(room.id)
        : person.region === room.region && sees(person, room),
    )
    .map((room) => roomView(world, room, person));
}

/** Latin look-alikes count as the Cyrillic letters. @param {World} world @param {string} typed */
export function invitation(world, typed) {
  const alike = /** @type {Record<string, string>} */ ({
    A: 'А',
    B: 'В',
    E: 'Е',
    K: 'К',
    M: 'М',
    H: 'Н',
    O: 'О',
    P: 'Р',
    C: 'С',
    T: 'Т',
    Y: 'У',
    X: 'Х',
  });
  const code = [...typed.toUpperCase().replace(/[\s-]/g, '')]
    .map((letter) => alike[letter] ?? letter)
    .join('');
  if (code.length !== 6 || checkOf(code.slice(0, 5)) !== code[5]) {
    throw new Refusal('invalid', 'the check character differs', {
      errors: [{ field: 'code', code: 'mistyped', detail: '' }],
    });
  }
  const room = [...world.rooms.values()].find((one) => one.code === code);
  if (room === undefined) throw new Refusal('not_found');
  return { code, room };
}

/** @param {World} world @param {World['regions'][number]} region */
export function regionView(world, region) {
  const medchats = [...world.rooms.values()].filter(
    ({ kind, okrug, region: code }) => kind === 'medchat' && okrug && code === region.code,
  );
  return {
    code: region.code,
    name: region.name,
    time_zone: region.zone,
    okrugs: medchats.map((room) => ({
      key: room.okrug,
      name: room.title,
      units: [room.title],
      except: [],
      room: room.id,
    })),
    topic_policy: region.topics,
    now: hoursAt(region.zone, world.now()),
    outside_hours: 'queue',
  };
}
