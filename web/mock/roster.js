// Who works for an organisation and who is on duty when.

import { randomUUID } from 'node:crypto';

import { OPEN } from './appeals.js';
import { openings } from './hours.js';
import { ANSWERING, LEADING } from './people.js';
import { Refusal } from './problem.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */

/** @param {World} world @param {string} id @param {Person} person */
function seen(world, id, person) {
  const region = world.regions.find(({ clinics }) => clinics.some((one) => one.id === id));
  const clinic = region?.clinics.find((one) => one.id === id);
  const curates = person.role === 'curator' && person.region === region?.code;
  if (region === undefined || clinic === undefined || (person.organisation !== id && !curates))
    throw new Refusal('not_found');
  return { region, clinic };
}

/** @param {Person} person @param {string} id */
const keeps = (person, id) => person.organisation === id && LEADING.includes(person.role ?? '');

/** @param {World} world @param {string} id @param {Person} person @param {URLSearchParams} query */
export function rosterView(world, id, person, query) {
  const { region, clinic } = seen(world, id, person);
  const from = Date.parse(query.get('from') ?? '');
  const to = Date.parse(query.get('to') ?? '');
  if (!(from < to)) throw new Refusal('invalid', 'from, to');
  return {
    organisation: id,
    name: clinic.name,
    time_zone: region.zone,
    people: world.people
      .filter((one) => one.organisation === id && ANSWERING.includes(one.role ?? ''))
      .map((one) => colleague(world, one))
      .sort((a, b) => a.name.localeCompare(b.name)),
    shifts: [...world.shifts.values()]
      .filter((one) => one.organisation === id)
      .filter((one) => Date.parse(one.from) < to && Date.parse(one.until) > from)
      .map(({ organisation: _, ...shift }) => shift)
      .sort((a, b) => a.from.localeCompare(b.from)),
    open: openings(region.zone, from, to),
    may_keep: keeps(person, id),
  };
}

/** @param {World} world @param {Person} person */
function colleague(world, { id, alias, signature, role }) {
  const open = [...world.appeals.values()].filter(
    (one) => one.assignee?.id === id && OPEN.includes(one.state),
  );
  return {
    id,
    name: alias,
    position: signature?.position ?? '',
    roles: [role ?? ''],
    open_appeals: open.length,
  };
}

/** @param {World} world @param {string} id @param {Person} person @param {any} body */
export function addShift(world, id, person, { staff, from, until }) {
  seen(world, id, person);
  if (!keeps(person, id)) throw new Refusal('not_allowed');
  if (!(Date.parse(from) < Date.parse(until)))
    throw new Refusal('invalid', '', {
      errors: [{ field: 'until', code: 'too_early', detail: '' }],
    });
  const shift = { id: randomUUID(), staff, from, until };
  world.shifts.set(shift.id, { ...shift, organisation: id });
  return shift;
}

/** @param {World} world @param {string} id @param {Person} person @param {string} shift */
export function removeShift(world, id, person, shift) {
  seen(world, id, person);
  if (!keeps(person, id)) throw new Refusal('not_allowed');
  if (world.shifts.get(shift)?.organisation !== id) throw new Refusal('not_found');
  world.shifts.delete(shift);
}
