// The contract's routes of appeals, rosters and figures over the mock's world. One row per route.

import { act, message } from './acts.js';
import { appealView, findAppeal, listAppeals, openAppeal, statusOf } from './appeals.js';
import { known, written } from './asked.js';
import { figuresView } from './figures.js';
import { addShift, removeShift, rosterView } from './roster.js';

/** @type {import('./asked.js').Route[]} */
export const APPEAL_ROUTES = [
  ['GET', /^\/status$/, ({ world, query }) => ({ body: statusOf(world, query) })],
  [
    'POST',
    /^\/appeals$/,
    ({ world, person, body }) => written(openAppeal(world, known(person), body), 201),
  ],
  [
    'GET',
    /^\/appeals$/,
    ({ world, person, query }) => ({ body: listAppeals(world, known(person), query) }),
  ],
  [
    'GET',
    /^\/appeals\/([^/]+)$/,
    ({ world, person, parts: [id = ''] }) => {
      const me = known(person);
      return { body: appealView(world, findAppeal(world, id, me), me) };
    },
  ],
  [
    'POST',
    /^\/appeals\/([^/]+)\/messages$/,
    ({ world, person, body, parts: [id = ''] }) => {
      const me = known(person);
      return written(message(world, findAppeal(world, id, me), me, body), 201);
    },
  ],
  [
    'POST',
    /^\/appeals\/([^/]+)\/([a-z-]+)$/,
    ({ world, person, body, parts: [id = '', name = ''] }) => {
      const me = known(person);
      const appeal = findAppeal(world, id, me);
      act(world, appeal, me, name, body);
      return { body: appealView(world, appeal, me) };
    },
  ],
  [
    'GET',
    /^\/organisations\/([^/]+)\/roster$/,
    ({ world, person, query, parts: [id = ''] }) => ({
      body: rosterView(world, id, known(person), query),
    }),
  ],
  [
    'POST',
    /^\/organisations\/([^/]+)\/shifts$/,
    ({ world, person, body, parts: [id = ''] }) => ({
      status: 201,
      body: addShift(world, id, known(person), body),
    }),
  ],
  [
    'DELETE',
    /^\/organisations\/([^/]+)\/shifts\/([^/]+)$/,
    ({ world, person, parts: [id = '', shift = ''] }) => {
      removeShift(world, id, known(person), shift);
      return { status: 204 };
    },
  ],
  [
    'GET',
    /^\/figures$/,
    ({ world, person, query }) => ({ body: figuresView(world, known(person), query) }),
  ],
];
