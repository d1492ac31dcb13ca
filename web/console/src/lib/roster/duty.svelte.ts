// Who is on duty today: for the bar, for whoever assigns. Asked for when somebody wants to know, and kept for
// some minutes. Knows no screen.
import type { Roster } from '@medchat/wire/generated.ts';
import { dayOf } from '@medchat/ui/when.ts';
import { desk, rosters } from '../client.ts';
import { standingOf } from '../roles.ts';

const FRESH_MS = 3 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

let roster = $state.raw<Roster>();
let failed = $state(false);
let asked = { at: -Infinity, whose: '' };

async function load() {
  const { organisation } = standingOf(desk.me);
  if (organisation === undefined) return;
  const at = Date.now();
  if (organisation === asked.whose && at - asked.at < FRESH_MS) return;
  if (organisation !== asked.whose) roster = undefined;
  asked = { at, whose: organisation };
  try {
    // From yesterday on: a shift of the night began there.
    const day = dayOf(at, desk.zone) * DAY_MS;
    const span = [day - DAY_MS, day + 2 * DAY_MS].map((moment) => new Date(moment).toISOString());
    roster = await rosters.get(organisation, { from: span[0] ?? '', to: span[1] ?? '' });
    failed = false;
  } catch {
    asked = { at: -Infinity, whose: organisation };
    failed = true;
  }
}

export const duty = {
  get roster() {
    return roster;
  },
  get failed() {
    return failed;
  },
  load: () => void load(),
  /** Until when somebody is on duty; nothing when they are not. */
  until(staff: string, now: number): number | undefined {
    const shift = roster?.shifts.find(
      (one) => one.staff === staff && Date.parse(one.from) <= now && now < Date.parse(one.until),
    );
    return shift && Date.parse(shift.until);
  },
};
