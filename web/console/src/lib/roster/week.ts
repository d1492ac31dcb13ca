// One week of a roster as a grid: days with the hours somebody should be there, each colleague's shifts day by
// day, and the holes in which nobody is. Pure: civil days are those of the roster's zone.
import type { Colleague, Roster, Shift, Stretch } from '@medchat/wire/generated.ts';
import { clockTime, dayOf } from '@medchat/ui/when.ts';

const DAY_MS = 24 * 60 * 60_000;

export interface Span {
  from: number;
  until: number;
}

export interface Day {
  /** Days since 1970. */
  day: number;
  /** When somebody should be there; nothing on a day off. */
  open: Span[];
  /** The part of it in which nobody is. */
  holes: Span[];
}

export interface Block extends Span {
  id: string;
}

export interface PersonWeek {
  person: Colleague;
  /** Shifts by day, in the days' order: a shift stands on the day it begins. */
  days: Block[][];
}

export interface Week {
  days: Day[];
  people: PersonWeek[];
}

/** The Monday of a day, both in days since 1970. */
export const mondayOf = (day: number): number => day - ((((day + 3) % 7) + 7) % 7);

const MINUTE_MS = 60_000;
/** Zones lie up to fourteen hours before UTC, and differ by quarters of an hour. */
const EARLIEST_MS = 14 * 60 * MINUTE_MS;
const QUARTER_MS = 15 * MINUTE_MS;
const starts = new Map<string, number>();

/** The instant at which a civil day begins in a zone: where the day turns. */
export function startOf(day: number, zone: string): number {
  const name = `${day} ${zone}`;
  let at = starts.get(name);
  if (at === undefined) {
    at = day * DAY_MS - EARLIEST_MS;
    while (dayOf(at, zone) < day) at += QUARTER_MS;
    starts.set(name, at);
  }
  return at;
}

/** The instant of a civil time `08:30` of a day. */
export function instantOf(day: number, time: string, zone: string): number {
  const minutesOf = (civil: string) => {
    const [hours = 0, minutes = 0] = civil.split(':').map(Number);
    return hours * 60 + minutes;
  };
  const at = startOf(day, zone) + minutesOf(time) * MINUTE_MS;
  // On a day whose clocks change, hours since midnight are not the hour.
  return at + (minutesOf(time) - minutesOf(clockTime(at, zone))) * MINUTE_MS;
}

/** What to ask the server for: the whole week, in instants. */
export const spanOf = (monday: number, zone: string): Span => ({
  from: startOf(monday, zone),
  until: startOf(monday + 7, zone),
});

const spanFrom = ({ from, until }: Stretch | Shift): Span => ({
  from: Date.parse(from),
  until: Date.parse(until),
});

/** The week as a grid. A day off at which nobody works is left out. */
export function weekOf(roster: Roster, monday: number): Week {
  const zone = roster.time_zone;
  const dayAt = (at: number) => dayOf(at, zone);
  const shifts = roster.shifts.map((shift) => ({
    ...spanFrom(shift),
    id: shift.id,
    staff: shift.staff,
  }));
  const all = Array.from({ length: 7 }, (_, i): Day => {
    const day = monday + i;
    const open = roster.open.map(spanFrom).filter(({ from }) => dayAt(from) === day);
    return { day, open, holes: open.flatMap((span) => holesIn(span, shifts)) };
  });
  const days = all.filter(
    ({ day, open }) => open.length > 0 || shifts.some(({ from }) => dayAt(from) === day),
  );
  const people = roster.people.map((person) => ({
    person,
    days: days.map(({ day }) =>
      shifts
        .filter(({ staff, from }) => staff === person.id && dayAt(from) === day)
        .map(({ id, from, until }) => ({ id, from, until }))
        .sort((a, b) => a.from - b.from),
    ),
  }));
  return { days: days.length > 0 ? days : all, people };
}

/** What of a span no shift covers, in its order. */
export function holesIn(span: Span, shifts: readonly Span[]): Span[] {
  const holes: Span[] = [];
  let from = span.from;
  for (const shift of [...shifts].sort((a, b) => a.from - b.from)) {
    if (shift.until <= from || shift.from >= span.until) continue;
    if (shift.from > from) holes.push({ from, until: shift.from });
    from = Math.max(from, shift.until);
  }
  if (from < span.until) holes.push({ from, until: span.until });
  return holes;
}

/**
 * Who could fill a hole: nobody who is on duty in it; somebody rested before somebody who would go on or
 * begin twice that day; then whoever has the fewest hours in the week.
 */
export function whoFills(hole: Span, { people }: Week): Colleague | undefined {
  const ranked = people
    .map(({ person, days }) => ({ person, blocks: days.flat() }))
    .filter(({ blocks }) => !blocks.some((one) => one.from < hole.until && one.until > hole.from))
    .map(({ person, blocks }) => ({
      person,
      beside: blocks.some((one) => one.until === hole.from || one.from === hole.until) ? 1 : 0,
      hours: blocks.reduce((sum, one) => sum + one.until - one.from, 0),
    }));
  ranked.sort((a, b) => a.beside - b.beside || a.hours - b.hours);
  return ranked[0]?.person;
}

/** The first hole from now on: what is past cannot be repaired. */
export function firstHole({ days }: Week, now: number): Span | undefined {
  for (const hole of days.flatMap(({ holes }) => holes)) {
    if (hole.until > now) return { from: Math.max(hole.from, now), until: hole.until };
  }
  return undefined;
}

/** The shifts of the week before, moved into a week that begins `days` later, without those that are there. */
export function copied(
  before: Roster,
  into: Roster,
  moves: { zone: string; monday: number },
): { staff: string; from: string; until: string }[] {
  const there = new Set(into.shifts.map(({ staff, from }) => `${staff} ${Date.parse(from)}`));
  const present = new Set(into.people.map(({ id }) => id));
  return before.shifts.flatMap((shift) => {
    const { from, until } = spanFrom(shift);
    const next = {
      from: shifted(from, moves.zone),
      until: shifted(until, moves.zone),
    };
    if (dayOf(next.from, moves.zone) < moves.monday) return [];
    if (!present.has(shift.staff) || there.has(`${shift.staff} ${next.from}`)) return [];
    const iso = (at: number) => new Date(at).toISOString();
    return [{ staff: shift.staff, from: iso(next.from), until: iso(next.until) }];
  });
}

/** The same civil time a week later, over a change of the zone's offset too. */
function shifted(at: number, zone: string): number {
  const day = dayOf(at, zone);
  return instantOf(day + 7, clockTime(at, zone), zone);
}
