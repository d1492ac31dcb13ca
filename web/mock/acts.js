// What is done to an appeal, by the contract's paragraph on states and acts. Each act checks who asks and
// how the appeal stands, writes its event and tells everybody concerned.

import { announce, mayDo, own, owes, readsPrivate, write, zoneOf } from './appeals.js';
import { pause, resume, started, stop } from './clocks.js';
import { feedOf } from './feeds.js';
import { checked, once } from './messages.js';
import { ANSWERING } from './people.js';
import { hasPersonal, masked } from './pii.js';
import { Refusal } from './problem.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */
/** @typedef {import('./appeals.js').Held} Held */
/** @typedef {import('@medchat/wire/generated.ts').AppealEvent} AppealEvent */
/** @typedef {import('@medchat/wire/generated.ts').Lane} Lane */
/** @typedef {{ world: World, appeal: Held, person: Person, body: any, now: number }} Doing */

const STAFF_ACTS = [
  'accept',
  'release',
  'assign',
  'transfer',
  'ask',
  'final-answer',
  'refuse',
  'merge',
];

/** @type {Record<string, (doing: Doing) => void>} */
const ACTS = {
  accept({ appeal, person }) {
    appeal.assignee = person;
    appeal.state = 'accepted';
  },
  release({ appeal }) {
    delete appeal.assignee;
    if (appeal.state === 'accepted') appeal.state = 'new';
  },
  assign({ world, appeal, body }) {
    const staff = world.people.find(({ id }) => id === body.staff);
    const answers = staff !== undefined && ANSWERING.includes(staff.role ?? '');
    if (!answers || staff.organisation !== appeal.organisation?.id)
      throw new Refusal('invalid', 'staff', { errors: [fault('staff')] });
    appeal.assignee = staff;
    if (appeal.state === 'new') appeal.state = 'accepted';
  },
  transfer({ world, appeal, body }) {
    reasonOf(body);
    own(world, appeal, body.organisation);
    delete appeal.assignee;
    appeal.state = 'new';
  },
  ask({ world, appeal, person, body, now }) {
    said(world, appeal, person, body);
    stop(appeal.clocks, 'first_answer', now);
    pause(zoneOf(world, appeal), appeal.clocks, now);
    appeal.state = 'waiting_for_resident';
  },
  'final-answer'({ world, appeal, person, body, now }) {
    if (body.outcome === undefined)
      throw new Refusal('invalid', '', { errors: [fault('outcome')] });
    said(world, appeal, person, body);
    stop(appeal.clocks, undefined, now);
    appeal.state = 'answered';
    appeal.outcome = body.outcome;
    appeal.rating = null;
  },
  refuse({ appeal, body, now }) {
    reasonOf(body);
    stop(appeal.clocks, undefined, now);
    appeal.state = 'refused';
  },
  merge({ world, appeal, body, now }) {
    const into = world.appeals.get(body.into);
    if (into === undefined || into === appeal)
      throw new Refusal('invalid', 'into', { errors: [fault('into')] });
    stop(appeal.clocks, undefined, now);
    appeal.state = 'merged';
    appeal.merged_into = into.id;
  },
  confirm({ appeal }) {
    appeal.state = 'confirmed';
  },
  contest({ world, appeal, body, now }) {
    reasonOf(body);
    appeal.cycle += 1;
    appeal.clocks.push(...started(zoneOf(world, appeal), appeal.cycle, now));
    appeal.state = 'contested';
  },
  rate({ appeal, body }) {
    if (appeal.rating !== null) throw new Refusal('already_done');
    appeal.rating = body.score;
  },
  withdraw({ appeal, now }) {
    stop(appeal.clocks, undefined, now);
    appeal.state = 'withdrawn';
  },
};

/** What the log calls them. @type {Record<string, string>} */
const KINDS = {
  accept: 'accepted',
  release: 'released',
  assign: 'assigned',
  transfer: 'transferred',
  ask: 'asked',
  'final-answer': 'answered',
  refuse: 'refused',
  merge: 'merged',
  confirm: 'confirmed',
  contest: 'contested',
  rate: 'rated',
  withdraw: 'withdrawn',
};

/** @param {World} world @param {Held} appeal @param {Person} person @param {string} name @param {any} body */
export function act(world, appeal, person, name, body) {
  const doing = ACTS[name];
  if (doing === undefined) throw new Refusal('not_found');
  allow(world, appeal, person, name);
  fresh(world, appeal, person, body);
  if (STAFF_ACTS.includes(name) && person.organisation && appeal.organisation === null)
    own(world, appeal, person.organisation);
  const state = appeal.state;
  doing({ world, appeal, person, body, now: world.now() });
  note(world, appeal, person, KINDS[name] ?? name, body);
  announce(world, appeal, appeal.state !== state);
}

/** A message of either side. @param {World} world @param {Held} appeal @param {Person} person @param {any} body */
export function message(world, appeal, person, body) {
  const text = checked(body.text);
  const known = world.cids.get(`${person.id} ${body.cid}`);
  if (known === undefined) {
    allow(world, appeal, person, 'messages');
    fresh(world, appeal, person, body);
  }
  return once(world, person, body.cid, text, () => {
    const now = world.now();
    const { state } = appeal;
    const first = appeal.clocks.some((one) => one.kind === 'first_answer' && !one.stopped_at);
    if (person.kind === 'staff' && appeal.organisation === null)
      own(world, appeal, person.organisation);
    const made = said(world, appeal, person, body);
    const byStaff = person.kind === 'staff';
    if (byStaff) stop(appeal.clocks, 'first_answer', now);
    if (byStaff && ['new', 'accepted', 'contested'].includes(state)) appeal.state = 'in_work';
    if (!byStaff && state === 'waiting_for_resident') {
      appeal.state = 'in_work';
      resume(zoneOf(world, appeal), appeal.clocks, now);
    }
    note(world, appeal, person, 'messaged', {}, made);
    announce(world, appeal, appeal.state !== state || (byStaff && first));
    return made;
  });
}

/** @param {World} world @param {Held} appeal @param {Person} person @param {string} name */
function allow(world, appeal, person, name) {
  if (mayDo(world, appeal, person).includes(name)) return;
  const mine = person.id === appeal.author.id;
  const ours = owes(world, appeal, person) && (STAFF_ACTS.includes(name) || name === 'messages');
  const theirs = mine && !STAFF_ACTS.includes(name);
  if (name === 'rate' && mine && appeal.rating !== null) throw new Refusal('already_done');
  if (ours || theirs) throw new Refusal('wrong_state', '', { state: appeal.state });
  throw new Refusal('not_allowed');
}

/** Staff must have seen what other staff wrote. @param {World} world @param {Held} appeal @param {Person} person @param {any} body */
function fresh(world, appeal, person, body) {
  if (person.kind !== 'staff' || body.seen === undefined) return;
  const messages = appeal.lanes[/** @type {Lane} */ (body.lane ?? 'public')];
  const unseen = messages.filter(({ seq }) => seq > body.seen);
  if (unseen.some(({ author }) => author.kind === 'staff'))
    throw new Refusal('stale_view', '', { missing: unseen });
}

/** Puts a text where it belongs; answers where its author will look for it. @param {World} world @param {Held} appeal @param {Person} person @param {any} body */
function said(world, appeal, person, body) {
  const text = checked(body.text);
  const personal = hasPersonal(text);
  const lane = body.lane ?? (personal ? 'private' : 'public');
  const closed = readsPrivate(appeal, person);
  if (lane === 'private' && !closed) throw new Refusal('not_found');
  const made = write(
    world,
    appeal,
    lane,
    person,
    lane === 'public' ? masked(text) : text,
    body.cid,
  );
  if (lane === 'public' && personal) write(world, appeal, 'private', person, text);
  return made;
}

/** @param {World} world @param {Held} appeal @param {Person} person @param {string} kind @param {any} body @param {{ id: string, feed: string }} [made] */
function note(world, appeal, person, kind, body, made) {
  const { reason, outcome, score, into } = body;
  const to =
    kind === 'transferred'
      ? appeal.organisation
      : kind === 'assigned'
        ? appeal.assignee
        : undefined;
  const spoken = ['asked', 'answered'].includes(kind) ? lastOf(world, appeal) : made;
  /** @type {AppealEvent} */
  const event = {
    at: new Date(world.now()).toISOString(),
    kind,
    actor: person.kind,
    ...(person.kind === 'staff' && { by: { id: person.id, name: person.alias } }),
    ...(to && { to: { id: to.id, name: 'alias' in to ? to.alias : to.name } }),
    ...(spoken && {
      lane: spoken.feed.endsWith(':private') ? 'private' : 'public',
      message: spoken.id,
    }),
    ...(reason && { reason }),
    ...(outcome && { outcome }),
    ...(score && { score }),
    ...(into && { into }),
  };
  appeal.events.push(event);
}

/** The newest message of both lanes. @param {World} world @param {Held} appeal */
function lastOf(world, appeal) {
  const lanes = /** @type {Lane[]} */ (['public', 'private']);
  const last = lanes.flatMap((lane) =>
    appeal.lanes[lane]
      .slice(-1)
      .map(({ id, at }) => ({ id, at, feed: `appeal:${appeal.id}:${lane}` })),
  );
  return last.sort((a, b) => b.at.localeCompare(a.at))[0];
}

/** @param {any} body */
function reasonOf(body) {
  if (!body.reason?.trim()) throw new Refusal('invalid', 'why?', { errors: [fault('reason')] });
}

/** @param {string} field */
const fault = (field) => ({ field, code: 'empty', detail: '' });

/** How far those who owe the answer have read a lane. @param {World} world @param {string} name @param {number} seq */
export function seenUpTo(world, name, seq) {
  const feed = feedOf(world, name);
  const seen = Math.min(seq, feed.log.length);
  if (seen <= feed.seen) return undefined;
  feed.seen = seen;
  return seen;
}
