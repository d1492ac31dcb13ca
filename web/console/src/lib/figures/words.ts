// Periods and zones of figures in words. Pure.
import { figures as words } from '@medchat/ui/texts.ts';
import { datesOf } from '../roster/words.ts';
import type { Ask, Days } from './ask.ts';

/** «UTC+10», as it is at `now`. */
export function offsetOf(zone: string, now: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    timeZoneName: 'shortOffset',
  }).formatToParts(now);
  const told = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return told.replace('GMT', 'UTC');
}

/** The period by its dates, or by its name where it has no ends. */
export function periodWords({ period }: Pick<Ask, 'period'>, { from, until }: Days): string {
  if (from !== undefined && until !== undefined) return datesOf(from, until - 1);
  return period === 'own' ? words.period_own : words.period_all;
}
