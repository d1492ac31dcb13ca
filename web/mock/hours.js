// When a region takes questions: Monday to Saturday, 08:00 to 20:00 in its own zone. Pure.

const DAY = 86_400_000;

/** The zone's civil time as if it were UTC. @param {string} zone @param {number} at */
function civil(zone, at) {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at);
  return Date.parse(`${parts.replace(' ', 'T')}Z`);
}

/** @param {string} zone @param {number} at */
export function hoursAt(zone, at) {
  const local = civil(zone, at);
  const shift = local - Math.floor(at / 1000) * 1000;
  const midnight = Math.floor(local / DAY) * DAY;
  const hour = (local - midnight) / 3_600_000;
  /** @param {number} day */
  const sunday = (day) => new Date(day).getUTCDay() === 0;
  const open = !sunday(midnight) && hour >= 8 && hour < 20;
  let next = hour < 8 ? midnight : midnight + DAY;
  if (sunday(next)) next += DAY;
  /** @param {number} moment */
  const utc = (moment) => new Date(moment - shift).toISOString();
  return {
    open,
    local_time: new Date(local).toISOString().slice(0, 19),
    next_opening: utc(next + 8 * 3_600_000),
    closes_at: open ? utc(midnight + 20 * 3_600_000) : null,
    holiday: null,
  };
}

/** The moment when so much time has passed, closed hours left out. @param {string} zone @param {number} from @param {number} ms */
export function afterWork(zone, from, ms) {
  let at = from;
  for (let left = ms; ;) {
    const { closes_at, next_opening } = hoursAt(zone, at);
    const until = closes_at === null ? at : Date.parse(closes_at);
    if (closes_at !== null && until - at >= left) return at + left;
    left -= until - at;
    at = Date.parse(next_opening);
  }
}

/** The time between two moments, closed hours left out. @param {string} zone @param {number} from @param {number} until */
export function workBetween(zone, from, until) {
  let worked = 0;
  for (let at = from; at < until;) {
    const { closes_at, next_opening } = hoursAt(zone, at);
    if (closes_at !== null) worked += Math.min(until, Date.parse(closes_at)) - at;
    at = Date.parse(next_opening);
  }
  return worked;
}

/** The opening hours that begin between two moments. @param {string} zone @param {number} from @param {number} until */
export function openings(zone, from, until) {
  const found = [];
  // One millisecond before, so that an opening at `from` itself counts.
  for (let at = from - 1; ;) {
    const opens = Date.parse(hoursAt(zone, at).next_opening);
    if (opens >= until) return found;
    const closes = hoursAt(zone, opens).closes_at;
    found.push({ from: new Date(opens).toISOString(), until: closes ?? '' });
    at = opens;
  }
}
