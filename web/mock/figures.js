// Figures over the mock's appeals, by the definitions of the server.

import { zoneOf } from './appeals.js';
import { read } from './clocks.js';
import { workBetween } from './hours.js';
import { Refusal } from './problem.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */
/** @typedef {import('./appeals.js').Held} Held */
/** @typedef {import('@medchat/wire/generated.ts').Clock} Clock */

const ASKING = [
  'chief_physician',
  'deputy_chief_physician',
  'department_head',
  'curator',
  'observer',
];
const DAY = 86_400_000;

/** @param {World} world @param {Person} person @param {URLSearchParams} query */
export function figuresView(world, person, query) {
  if (!ASKING.includes(person.role ?? '')) throw new Refusal('not_allowed');
  const region = world.regions.find(({ code }) => code === (query.get('region') ?? person.region));
  if (region === undefined || region.code !== person.region) throw new Refusal('not_allowed');
  const organisation = person.organisation ?? query.get('organisation') ?? undefined;
  const room = query.get('room');
  const category = query.get('category');
  const [from, to] = [query.get('from'), query.get('to')];
  const chosen = [...world.appeals.values()].filter(
    (one) =>
      world.rooms.get(one.room)?.region === region.code &&
      (organisation === undefined || one.organisation?.id === organisation) &&
      (room === null || one.room === room) &&
      (category === null || one.category === category) &&
      (from === null || one.opened_at >= from) &&
      (to === null || one.opened_at < to),
  );
  return {
    ...tally(world, chosen),
    groups: groups(world, chosen, query.get('by'), region.zone),
    time_zone: region.zone,
    counted_at: new Date(world.now()).toISOString(),
    filter: {
      regions: [region.code],
      organisations: organisation === undefined ? [] : [organisation],
      room,
      category,
      from,
      to,
    },
  };
}

/** @param {World} world @param {Held[]} appeals @param {string | null} by @param {string} zone */
function groups(world, appeals, by, zone) {
  if (by === null) return [];
  /** @type {Record<string, (one: Held) => [string, string]>} */
  const keys = {
    organisation: (one) => [one.organisation?.id ?? '', one.organisation?.name ?? ''],
    room: (one) => [one.room, world.rooms.get(one.room)?.title ?? ''],
    category: (one) => [one.category, one.category],
    day: (one) => [dayOf(one.opened_at, zone, 1), dayOf(one.opened_at, zone, 1)],
    week: (one) => [dayOf(one.opened_at, zone, 7), dayOf(one.opened_at, zone, 7)],
  };
  const keyOf = keys[by];
  if (keyOf === undefined) throw new Refusal('invalid', 'by');
  /** @type {Map<string, { name: string, some: Held[] }>} */
  const found = new Map();
  for (const one of appeals) {
    const [key, name] = keyOf(one);
    const group = found.get(key) ?? { name, some: [] };
    group.some.push(one);
    found.set(key, group);
  }
  return [...found]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, { name, some }]) => ({ key, name, ...tally(world, some) }));
}

/** The first civil day of the day or week. @param {string} at @param {string} zone @param {1 | 7} days */
function dayOf(at, zone, days) {
  const civil = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(Date.parse(at));
  const day = Date.parse(`${civil}T00:00:00Z`);
  const monday = days === 7 ? (new Date(day).getUTCDay() + 6) % 7 : 0;
  return new Date(day - monday * DAY).toISOString().slice(0, 10);
}

/** @param {World} world @param {Held[]} appeals */
function tally(world, appeals) {
  const answers = appeals.flatMap(({ events }) => events.filter(({ kind }) => kind === 'answered'));
  const scores = appeals.flatMap(({ rating }) => (rating === null ? [] : [rating]));
  /** @param {(one: Held) => boolean} is */
  const count = (is) => appeals.filter(is).length;
  return {
    appeals: appeals.length,
    declared: count(({ outcome }) => outcome === 'resolved'),
    confirmed: count(({ state }) => state === 'confirmed'),
    contested: count(({ events }) => events.some(({ kind }) => kind === 'contested')),
    silent: count(({ state }) => state === 'closed_silent'),
    first_answer: waits(world, appeals, 'first_answer'),
    final_answer: waits(world, appeals, 'final_answer'),
    satisfaction: {
      mean: mean(scores),
      responses: scores.length,
      rate: answers.length === 0 ? null : scores.length / answers.length,
    },
  };
}

/** @param {World} world @param {Held[]} appeals @param {Clock['kind']} kind */
function waits(world, appeals, kind) {
  const clocks = appeals.flatMap((one) =>
    read(one.clocks, world.now())
      .filter((clock) => clock.kind === kind)
      .map((clock) => ({ ...clock, zone: zoneOf(world, one) })),
  );
  const stopped = clocks.flatMap((clock) =>
    clock.stopped_at === null
      ? []
      : [
          {
            zone: clock.zone,
            from: Date.parse(clock.started_at),
            until: Date.parse(clock.stopped_at),
          },
        ],
  );
  const told = clocks.filter((clock) => clock.stopped_at !== null || clock.breached);
  return {
    ...spread(stopped.map(({ zone, from, until }) => workBetween(zone, from, until) / 1000)),
    within: told.length === 0 ? null : told.filter((one) => !one.breached).length / told.length,
    wall: spread(stopped.map(({ from, until }) => (until - from) / 1000)),
  };
}

/** @param {number[]} values */
function spread(values) {
  const ordered = [...values].sort((a, b) => a - b);
  const half = ordered.length / 2;
  const middle = ordered.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return {
    mean: mean(values),
    median: mean(middle),
    p90: ordered[Math.ceil(0.9 * ordered.length) - 1] ?? null,
  };
}

/** @param {number[]} values */
const mean = (values) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
