// Who is signed in. Access tokens here are plain words: nothing a mock says is secret.

import { randomUUID } from 'node:crypto';

import { Refusal } from './problem.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */

/** @param {World} world @param {Person} person */
function opened(world, person) {
  const token = randomUUID();
  world.sessions.set(token, { person, frames: new Set() });
  return { token, tokens: { access_token: token, expires_in: 600, account: accountOf(person) } };
}

/** @param {World} world @param {string} login @param {string} password */
export function signIn(world, login, password) {
  const person = world.people.find((one) => one.login === login && one.password === password);
  if (person === undefined) throw new Refusal('unauthenticated');
  return opened(world, person);
}

/** The old token goes on working for requests on their way. @param {World} world @param {string | undefined} cookie */
export function refresh(world, cookie) {
  const session = world.sessions.get(cookie ?? '');
  if (session === undefined) throw new Refusal('unauthenticated');
  return opened(world, session.person);
}

/** @param {World} world @param {{ login: string, password: string, alias: string }} wish */
export function signUp(world, { login, password, alias }) {
  const errors = [
    ...((password ?? '').length < 10 ? [{ field: 'password', code: 'too_short', detail: '' }] : []),
    ...(/врач|модератор|поликлиник|админ/i.test(alias ?? '')
      ? [{ field: 'alias', code: 'reserved', detail: '' }]
      : []),
  ];
  if (errors.length > 0) throw new Refusal('invalid', 'see errors', { errors });
  if (world.people.some((one) => one.login === login)) throw new Refusal('login_taken');
  /** @type {Person} */
  const person = {
    id: `person-${world.people.length + 1}`,
    login,
    password,
    alias,
    kind: 'resident',
    verified: false,
    rooms: new Set(),
    read: new Map(),
  };
  world.people.push(person);
  return accountOf(person);
}

/** @param {Person} person */
export function accountOf(person) {
  return { id: person.id, kind: person.kind, alias: person.alias, verified_adult: person.verified };
}
