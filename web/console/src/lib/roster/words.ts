// Days and hours of a roster in words. Pure.
import { say } from '@medchat/ui/say.ts';
import { roster as words, time } from '@medchat/ui/texts.ts';
import { clockTime } from '@medchat/ui/when.ts';
import type { Span } from './week.ts';

const DAY_MS = 86_400_000;

/** «8:00–14:00»: no zero before an hour that has one digit. */
export function spanWords({ from, until }: Span, zone: string): string {
  const hour = (at: number) => clockTime(at, zone).replace(/^0/, '');
  return say(words.span, { from: hour(from), until: hour(until) });
}

/** «Пн 23». */
export function dayName(day: number): string {
  const weekday = (((day + 3) % 7) + 7) % 7;
  return `${time.weekdays_short[weekday]} ${new Date(day * DAY_MS).getUTCDate()}`;
}

/** «23–28 ноября», «30 ноября – 5 декабря». */
export function datesOf(first: number, last: number): string {
  const [from, until] = [new Date(first * DAY_MS), new Date(last * DAY_MS)];
  const named = (date: Date) =>
    say(time.day_month, { day: date.getUTCDate(), month: time.months[date.getUTCMonth()] ?? '' });
  return from.getUTCMonth() === until.getUTCMonth()
    ? `${from.getUTCDate()}–${named(until)}`
    : `${named(from)} – ${named(until)}`;
}
