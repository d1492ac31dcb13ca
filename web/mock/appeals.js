// Appeals as the mock holds them: who sees which, how they look to whom, opening, lists. What is done to
// one is acts.js. Knows no HTTP and no socket.

import { randomUUID } from 'node:crypto';

import { read, started } from './clocks.js';
import { append, feedOf, withdraw } from './feeds.js';
import { authorOf, checked, once } from './messages.js';
import { ANSWERING, LEADING } from './people.js';
import { hasPersonal, masked } from './pii.js';
import { Refusal } from './problem.js';
import { findRoom } from './rooms.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */
/** @typedef {import('@medchat/wire/generated.ts').AppealCard} AppealCard */
/** @typedef {import('@medchat/wire/generated.ts').AppealEvent} AppealEvent */
/** @typedef {import('@medchat/wire/generated.ts').AppealState} AppealState */
/** @typedef {import('@medchat/wire/generated.ts').Lane} Lane */
/** @typedef {import('@medchat/wire/generated.ts').Message} Message */
/**
 * @typedef {object} Held
 * @property {string} id
 * @property {string} number
 * @property {string} room
 * @property {number} seq of its opening in the room's feed
 * @property {{ id: string, name: string } | null} organisation
 * @property {Person} author
 * @property {Person} [assignee]
 * @property {string} category
 * @property {AppealState} state
 * @property {number} cycle
 * @property {import('./clocks.js').Ticking[]} clocks
 * @property {AppealEvent[]} events
 * @property {Record<Lane, Message[]>} lanes
 * @property {import('@medchat/wire/generated.ts').Outcome} [outcome]
 * @property {string} [merged_into]
 * @property {number | null} rating
 * @property {string} opened_at
 * @property {string} status_code
 * @property {string[]} from
 */

/** @type {AppealState[]} */
export const OPEN = ['new', 'accepted', 'in_work', 'waiting_for_resident', 'contested'];
const LONGEST_EXCERPT = 280;

/** @param {World} world @param {Held} appeal */
export function zoneOf(world, appeal) {
  const region = world.rooms.get(appeal.room)?.region;
  return world.regions.find(({ code }) => code === region)?.zone ?? 'UTC';
}

/** The organisations that owe it an answer. @param {World} world @param {Held} appeal */
export const desksOf = (world, appeal) =>
  appeal.organisation ? [appeal.organisation] : (world.rooms.get(appeal.room)?.organisations ?? []);

/** Whether the person answers for one of its desks. @param {World} world @param {Held} appeal @param {Person} person */
export const owes = (world, appeal, person) =>
  ANSWERING.includes(person.role ?? '') &&
  desksOf(world, appeal).some(({ id }) => id === person.organisation);

/** @param {Held} appeal @param {Person} person */
export const readsPrivate = (appeal, person) =>
  person.id === appeal.author.id ||
  (ANSWERING.includes(person.role ?? '') && person.organisation === appeal.organisation?.id);

/** Whether the person sees who works on it. @param {World} world @param {Held} appeal @param {Person} person */
const seesDesk = (world, appeal, person) =>
  owes(world, appeal, person) ||
  (['curator', 'observer'].includes(person.role ?? '') &&
    person.region === world.rooms.get(appeal.room)?.region);

/** Throws `not_found` for what does not exist for this person. @param {World} world @param {string} id @param {Person | undefined} person */
export function findAppeal(world, id, person) {
  const appeal = world.appeals.get(id);
  if (appeal === undefined) throw new Refusal('not_found');
  findRoom(world, appeal.room, person);
  return appeal;
}

/** @param {World} world @param {Held} appeal @param {boolean} desk @returns {AppealCard} */
export function cardOf(world, appeal, desk) {
  const text = appeal.lanes.public[0]?.text ?? '';
  return {
    id: appeal.id,
    number: appeal.number,
    state: appeal.state,
    cycle: appeal.cycle,
    category: appeal.category,
    room: appeal.room,
    organisation: appeal.organisation,
    author: authorOf(appeal.author),
    ...(desk &&
      appeal.assignee && { assignee: { id: appeal.assignee.id, name: appeal.assignee.alias } }),
    clocks: read(appeal.clocks, world.now()),
    excerpt: text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT - 1)}…` : text,
    has_private: appeal.lanes.private.length > 0,
    ...(appeal.outcome && { outcome: appeal.outcome }),
    ...(appeal.merged_into && { merged_into: appeal.merged_into }),
    opened_at: appeal.opened_at,
  };
}

/** @param {World} world @param {Held} appeal @param {Person} person */
export function appealView(world, appeal, person) {
  const closed = readsPrivate(appeal, person);
  /** @param {Lane} lane */
  const laneView = (lane) => {
    const feed = `appeal:${appeal.id}:${lane}`;
    const { log, seen } = feedOf(world, feed);
    return { feed, epoch: 'mock-1', head: log.length, seen, messages: appeal.lanes[lane] };
  };
  return {
    ...cardOf(world, appeal, seesDesk(world, appeal, person)),
    events: appeal.events.filter(({ lane }) => lane !== 'private' || closed),
    lanes: { public: laneView('public'), ...(closed && { private: laneView('private') }) },
    rating: appeal.rating,
    ...(person.id === appeal.author.id && { status_code: appeal.status_code }),
    from: appeal.from,
    may: mayDo(world, appeal, person),
    time_zone: zoneOf(world, appeal),
  };
}

/** What the person may do to it now. @param {World} world @param {Held} appeal @param {Person} person @returns {string[]} */
export function mayDo(world, appeal, person) {
  const { state } = appeal;
  const open = OPEN.includes(state);
  const spoken = ['answered', 'confirmed', 'closed_silent'].includes(state);
  /** @param {boolean} when @param {...string} acts */
  const when = (when, ...acts) => (when ? acts : []);
  if (person.id === appeal.author.id) {
    return [
      ...when(open || spoken, 'messages'),
      ...when(state === 'answered', 'confirm'),
      ...when(['answered', 'closed_silent'].includes(state), 'contest'),
      ...when(['answered', 'confirmed'].includes(state) && appeal.rating === null, 'rate'),
      ...when(open && state !== 'contested', 'withdraw'),
    ];
  }
  if (person.role === 'moderator') return when(open, 'refuse');
  if (!owes(world, appeal, person)) return [];
  return [
    ...when(state === 'new', 'accept'),
    ...when(open && appeal.assignee !== undefined, 'release'),
    ...when(open && LEADING.includes(person.role ?? ''), 'assign'),
    ...when(open, 'transfer', 'ask', 'final-answer', 'refuse', 'merge'),
    ...when(open || spoken, 'messages'),
  ];
}

/** Writes in a lane; answers where. @param {World} world @param {Held} appeal @param {Lane} lane @param {Person} person @param {string} text @param {string} [cid] */
export function write(world, appeal, lane, person, text, cid) {
  const feed = `appeal:${appeal.id}:${lane}`;
  const made = { id: randomUUID(), at: new Date(world.now()).toISOString() };
  const author = authorOf(person);
  const entry = { kind: /** @type {const} */ ('message'), ...made, author, text };
  const seq = append(world, feed, cid === undefined ? entry : { ...entry, cid });
  appeal.lanes[lane].push({ seq, ...made, author, text });
  return { seq, ...made, feed };
}

/** Tells desks how it stands, and the room when `everybody` may notice. @param {World} world @param {Held} appeal @param {boolean} everybody */
export function announce(world, appeal, everybody) {
  const room = `room:${appeal.room}`;
  const card = { kind: /** @type {const} */ ('appeal'), ...cardOf(world, appeal, false) };
  const seq = everybody ? append(world, room, card) : 0;
  if (appeal.seq === 0) appeal.seq = seq;
  for (const { id } of desksOf(world, appeal)) tellDesk(world, appeal, id);
}

/** @param {World} world @param {Held} appeal @param {string} organisation */
const tellDesk = (world, appeal, organisation) =>
  append(world, `desk:${organisation}`, { kind: 'appeal', ...cardOf(world, appeal, true) });

/** One organisation owns it from now on: it leaves the other desks and their eyes. @param {World} world @param {Held} appeal @param {string | undefined} organisation */
export function own(world, appeal, organisation) {
  const before = desksOf(world, appeal);
  const all = world.rooms.get(appeal.room)?.organisations ?? [];
  const owner = all.find(({ id }) => id === organisation);
  if (owner === undefined) throw new Refusal('invalid', 'it does not answer here');
  appeal.organisation = owner;
  for (const { id } of before) if (id !== owner.id) tellDesk(world, appeal, id);
  withdraw(`appeal:${appeal.id}:private`, (person) => readsPrivate(appeal, person));
}

/** @param {World} world @param {Person} person @param {any} body */
export function openAppeal(world, person, body) {
  const room = findRoom(world, body.room, person);
  if (person.kind !== 'resident') throw new Refusal('not_allowed');
  if (!person.verified) throw new Refusal('not_verified');
  const text = checked(body.text);
  return once(world, person, body.cid, text, () => {
    const owner = room.organisations.find(({ id }) => id === body.organisation) ?? null;
    const now = world.now();
    const zone = world.regions.find(({ code }) => code === room.region)?.zone ?? 'UTC';
    const turn = world.appeals.size + 1;
    /** @type {Held} */
    const appeal = {
      id: randomUUID(),
      number: `27-${4100 + turn}-${(turn * 7) % 10}`,
      room: room.id,
      seq: 0,
      organisation: owner,
      author: person,
      category: body.category ?? 'other',
      state: 'new',
      cycle: 1,
      clocks: started(zone, 1, now),
      events: [{ at: new Date(now).toISOString(), kind: 'opened', actor: 'resident' }],
      lanes: { public: [], private: [] },
      rating: null,
      opened_at: new Date(now).toISOString(),
      status_code: randomUUID().slice(0, 8),
      from: body.from ?? [],
    };
    world.appeals.set(appeal.id, appeal);
    write(world, appeal, 'public', person, masked(text));
    if (hasPersonal(text)) write(world, appeal, 'private', person, text);
    if (body.private_text) write(world, appeal, 'private', person, body.private_text);
    announce(world, appeal, true);
    const { id, number, status_code, state, clocks } = appeal;
    return { id, number, status_code, state, clocks: read(clocks, now) };
  });
}

/** Due first, then paused, then what nobody owes. @param {World} world @param {Person} person @param {URLSearchParams} query */
export function listAppeals(world, person, query) {
  const limit = Math.min(100, Number(query.get('limit') ?? 50));
  /** @param {string} name @param {string | undefined} value */
  const wants = (name, value) => (query.get(name) ?? value) === value;
  const found = [...world.appeals.values()]
    .filter((one) => person.id === one.author.id || seesDesk(world, one, person))
    .filter((one) => query.get('mine') !== 'true' || isMine(one, person))
    .filter(
      (one) =>
        isIn(query.get('state'), one.state) &&
        (query.get('unassigned') !== 'true' || one.assignee === undefined) &&
        hasWords(one, query.get('q')) &&
        wants('room', one.room) &&
        wants('category', one.category) &&
        wants('author', one.author.id) &&
        wants('organisation', one.organisation?.id),
    )
    .sort((a, b) => turnOf(a) - turnOf(b));
  const from = Number(query.get('after') ?? 0);
  const items = found.slice(from, from + limit).map((one) => cardOf(world, one, true));
  return { items, next: from + limit < found.length ? String(from + limit) : null };
}

/** States separated by commas; `open` stands for all open ones. @param {string | null} wanted @param {AppealState} state */
const isIn = (wanted, state) =>
  wanted === null ||
  wanted.split(',').some((word) => (word === 'open' ? OPEN.includes(state) : word === state));

/** @param {Held} appeal @param {string | null} words */
const hasWords = ({ number, lanes }, words) =>
  words === null ||
  number.replaceAll('-', '').includes(words.replaceAll('-', '')) ||
  (lanes.public[0]?.text.toLowerCase().includes(words.toLowerCase()) ?? false);

/** @param {Held} appeal @param {Person} person */
const isMine = (appeal, person) =>
  person.kind === 'resident' ? appeal.author.id === person.id : appeal.assignee?.id === person.id;

/** @param {Held} appeal */
function turnOf({ clocks, state }) {
  const running = clocks.filter((clock) => clock.stopped_at === null && !clock.paused);
  const due = Math.min(...running.map((clock) => Date.parse(clock.due_at)));
  return OPEN.includes(state) ? due : Number.MAX_SAFE_INTEGER;
}

/** The appeals of a room as its history shows them. @param {World} world @param {string} room */
export const itemsOf = (world, room) =>
  [...world.appeals.values()]
    .filter((one) => one.room === room)
    .map((one) => ({ kind: 'appeal', seq: one.seq, ...cardOf(world, one, false) }));

/** What number and code show without signing in. @param {World} world @param {URLSearchParams} query */
export function statusOf(world, query) {
  const appeal = [...world.appeals.values()].find(
    (one) => one.number === query.get('number') && one.status_code === query.get('code'),
  );
  if (appeal === undefined) throw new Refusal('not_found');
  const { number, state, category, opened_at } = appeal;
  return {
    number,
    state,
    category,
    organisation: appeal.organisation?.name ?? null,
    room: world.rooms.get(appeal.room)?.title ?? '',
    opened_at,
    clocks: read(appeal.clocks, world.now()),
    time_zone: zoneOf(world, appeal),
  };
}
