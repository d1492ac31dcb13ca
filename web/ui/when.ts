// Moments in words, in a region's own time zone: the hour, the day of a day line, «в понедельник
// в 08:00». Months and weekdays are our own (browsers lack Bashkir and Tatar); the browser is asked
// for civil numbers only. Never asks for the present: `now` is handed in.
import { say } from './say.ts';
import { time } from './texts.ts';

interface Civil {
  year: number;
  month: number;
  day: number;
  hour: string;
  minute: string;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(zone, clock);
  }
  return clock;
}

function civil(at: number, zone: string): Civil {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const number = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  return {
    year: number('year'),
    month: number('month'),
    day: number('day'),
    hour: parts.get('hour') ?? '',
    minute: parts.get('minute') ?? '',
  };
}

/** Days since 1970 of a civil date: two moments share a day line when theirs are equal. */
const dayNumber = ({ year, month, day }: Civil) => Date.UTC(year, month - 1, day) / 86_400_000;

const weekday = (day: number) => (((day + 3) % 7) + 7) % 7;

export const dayOf = (at: number, zone: string): number => dayNumber(civil(at, zone));

/** `08:05`. */
export function clockTime(at: number, zone: string): string {
  const { hour, minute } = civil(at, zone);
  return `${hour}:${minute}`;
}

/** «23 ноября 2026, 12:20»: for paper, which does not know what today is. */
export function stamp(at: number, zone: string): string {
  const moment = civil(at, zone);
  const { day, year } = moment;
  const parts = { day, year, month: time.months[moment.month - 1] ?? '' };
  const full = say(time.day_month_year, parts);
  return say(time.until, { day: full, time: clockTime(at, zone) });
}

function date(moment: Civil, today: Civil): string {
  const parts = { day: moment.day, month: time.months[moment.month - 1] ?? '' };
  return moment.year === today.year
    ? say(time.day_month, parts)
    : say(time.day_month_year, { ...parts, year: moment.year });
}

/** «Сегодня», «Вчера», «20 ноября»: what stands on a day line. */
export function dayLine(at: number, now: number, zone: string): string {
  const moment = civil(at, zone);
  const today = civil(now, zone);
  const ago = dayNumber(today) - dayNumber(moment);
  if (ago === 0) return time.today_line;
  return ago === 1 ? time.yesterday_line : date(moment, today);
}

/** «вчера», «сегодня», «завтра», then the weekday within a week, then the date. */
function day(at: number, now: number, zone: string, weekdays: readonly string[]): string {
  const moment = civil(at, zone);
  const today = civil(now, zone);
  const ahead = dayNumber(moment) - dayNumber(today);
  if (ahead === 0) return time.today;
  if (ahead === 1) return time.tomorrow;
  if (ahead === -1) return time.yesterday;
  if (ahead > 1 && ahead < 7) return weekdays[weekday(dayNumber(moment))] ?? '';
  return date(moment, today);
}

/** «в понедельник в 08:00»: when something begins. */
export const when = (at: number, now: number, zone: string): string =>
  say(time.at, { day: day(at, now, zone, time.weekdays_on), time: clockTime(at, zone) });

/** «сегодня до 14:20», «в понедельник до 09:30»: by when something is promised. */
export const by = (at: number, now: number, zone: string): string =>
  say(time.by, { day: day(at, now, zone, time.weekdays_on), time: clockTime(at, zone) });

/** «понедельника, 08:00» after «до»; today only the hour. */
export function until(at: number, now: number, zone: string): string {
  const hour = clockTime(at, zone);
  if (dayOf(at, zone) === dayOf(now, zone)) return hour;
  return say(time.until, { day: day(at, now, zone, time.weekdays_until), time: hour });
}

/** «14:20» on the same day as `from`, else «24 ноября, 10:00»: for what is read long afterwards. */
export function untilFrom(at: number, from: number, zone: string): string {
  const time_ = clockTime(at, zone);
  if (dayOf(at, zone) === dayOf(from, zone)) return time_;
  return say(time.until, { day: date(civil(at, zone), civil(from, zone)), time: time_ });
}

/** «завтра», «в понедельник», «27 ноября»: the day alone. */
export const onDay = (at: number, now: number, zone: string): string =>
  day(at, now, zone, time.weekdays_on);

/** «1 ч 46 мин»: how long something lasted, `ms` milliseconds, to the minute. */
export function lasting(ms: number): string {
  const all = Math.max(0, Math.round(ms / 60_000));
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return say(time.minutes, { minutes });
  return minutes === 0 ? say(time.hours, { hours }) : say(time.hours_minutes, { hours, minutes });
}
