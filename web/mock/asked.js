// What a route is asked and answers, and the two things every route's row says.

import { Refusal } from './problem.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */
/**
 * @typedef {object} Asked
 * @property {World} world
 * @property {Person | undefined} person
 * @property {string | undefined} token
 * @property {string | undefined} cookie
 * @property {string[]} parts
 * @property {URLSearchParams} query
 * @property {any} body
 */
/** @typedef {{ status?: number, body?: unknown, cookie?: string }} Answer */
/** @typedef {[method: string, path: RegExp, act: (asked: Asked) => Answer]} Route */

/** @param {{ answer: object, fresh: boolean }} result @param {number} first */
export const written = ({ answer, fresh }, first) => ({
  status: fresh ? first : 200,
  body: answer,
});

/** @param {Person | undefined} person */
export function known(person) {
  if (person === undefined) throw new Refusal('unauthenticated');
  return person;
}
