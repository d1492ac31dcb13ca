// The clocks of an appeal: two a cycle, in working time; a question to the resident pauses the second.

import { afterWork, hoursAt, workBetween } from './hours.js';

/** @typedef {import('@medchat/wire/generated.ts').Clock} Clock */
/** A clock with the working time it had left when it was paused. @typedef {Clock & { left?: number }} Ticking */

const TARGETS = /** @type {const} */ ([
  ['first_answer', 120 * 60_000],
  ['final_answer', 720 * 60_000],
]);

/** @param {number} at */
const iso = (at) => new Date(at).toISOString();

/** The clocks of a cycle that begins at `at`. @param {string} zone @param {number} cycle @param {number} at @returns {Ticking[]} */
export function started(zone, cycle, at) {
  const hours = hoursAt(zone, at);
  const from = hours.open ? at : Date.parse(hours.next_opening);
  return TARGETS.map(([kind, target]) => ({
    kind,
    cycle,
    started_at: iso(from),
    due_at: iso(afterWork(zone, from, target)),
    paused: false,
    stopped_at: null,
    breached: false,
  }));
}

/** @param {Ticking[]} clocks @param {Clock['kind'] | undefined} kind every kind when left out @param {number} at */
export function stop(clocks, kind, at) {
  for (const clock of clocks) {
    if ((kind !== undefined && clock.kind !== kind) || clock.stopped_at !== null) continue;
    clock.breached = !clock.paused && at > Date.parse(clock.due_at);
    clock.paused = false;
    clock.stopped_at = iso(at);
  }
}

/** @param {string} zone @param {Ticking[]} clocks @param {number} at */
export function pause(zone, clocks, at) {
  for (const clock of clocks) {
    if (clock.stopped_at !== null || clock.paused) continue;
    clock.paused = true;
    clock.left = Math.max(0, workBetween(zone, at, Date.parse(clock.due_at)));
  }
}

/** @param {string} zone @param {Ticking[]} clocks @param {number} at */
export function resume(zone, clocks, at) {
  for (const clock of clocks) {
    if (!clock.paused) continue;
    clock.paused = false;
    clock.due_at = iso(afterWork(zone, at, clock.left ?? 0));
  }
}

/** As people read them now. @param {Ticking[]} clocks @param {number} now @returns {Clock[]} */
export const read = (clocks, now) =>
  clocks.map(({ left: _, ...clock }) => ({
    ...clock,
    breached:
      clock.breached ||
      (clock.stopped_at === null && !clock.paused && now > Date.parse(clock.due_at)),
  }));
