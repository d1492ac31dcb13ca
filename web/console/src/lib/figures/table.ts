// The comparing table: its columns, their words and numbers, its order; and the same as a file. Pure.
import type { Figures, Group, Tally } from '@medchat/wire/generated.ts';
import { language } from '@medchat/ui/say.ts';
import { figures as words } from '@medchat/ui/texts.ts';
import { lasting } from '@medchat/ui/when.ts';
import type { Ask } from './ask.ts';
import { spreadOf, waitsOf } from './series.ts';

type Told = Pick<Ask, 'answer' | 'hours'>;

export interface Col {
  key: string;
  title: string;
  /** What it is ordered by; null stands last. */
  value: (figures: Tally, ask: Told) => number | null;
  words: (value: number) => string;
}

/** Fewer appeals than this are too few to rank anybody by. */
export const FEW = 10;

const decimal = (value: number, digits: number): string => {
  const fixed = value.toFixed(digits);
  return language() === 'ru' ? fixed.replace('.', ',') : fixed;
};

/** «91,5 %». */
export const shareWords = (share: number): string => `${decimal(share * 100, 1)}\u00a0%`;
export const scoreWords = (score: number): string => decimal(score, 1);
export const secondsWords = (seconds: number): string => lasting(seconds * 1000);
/** «1:52», hours and minutes. */
export function clockWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

const count = (key: keyof Tally & string, title: string): Col => ({
  key,
  title,
  value: (figures) => figures[key] as number,
  words: String,
});

export const COLUMNS: readonly Col[] = [
  count('appeals', words.col_appeals),
  {
    key: 'within',
    title: words.col_within,
    value: (figures, ask) => waitsOf(figures, ask).within,
    words: shareWords,
  },
  {
    key: 'median',
    title: words.col_median,
    value: (figures, ask) => spreadOf(figures, ask).median,
    words: secondsWords,
  },
  {
    key: 'p90',
    title: words.col_p90,
    value: (figures, ask) => spreadOf(figures, ask).p90,
    words: clockWords,
  },
  count('declared', words.col_declared),
  count('confirmed', words.col_confirmed),
  count('contested', words.col_contested),
  count('silent', words.col_silent),
  {
    key: 'score',
    title: words.col_score,
    value: ({ satisfaction }) => satisfaction.mean,
    words: scoreWords,
  },
  {
    key: 'rate',
    title: words.col_rate,
    value: ({ satisfaction }) => satisfaction.rate,
    words: shareWords,
  },
];

export interface Order {
  key: string;
  down: boolean;
}

/** By one column; groups with too few appeals stand after the others, and without a value last. */
export function ordered(groups: readonly Group[], order: Order, ask: Told): Group[] {
  const column = COLUMNS.find(({ key }) => key === order.key);
  const sign = order.down ? -1 : 1;
  return [...groups].sort((a, b) => {
    const few = Number(a.appeals < FEW) - Number(b.appeals < FEW);
    if (few !== 0) return few;
    if (column === undefined) return sign * a.name.localeCompare(b.name, 'ru');
    const [x, y] = [column.value(a, ask), column.value(b, ask)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y) || a.name.localeCompare(b.name, 'ru');
  });
}

/** A cell's text. */
export const cellWords = (column: Col, figures: Tally, ask: Told): string => {
  const value = column.value(figures, ask);
  return value === null ? words.none : column.words(value);
};

/**
 * What is on the screen as a file of separated values: plain numbers, waits in seconds, shares from 0 to 1. A
 * spreadsheet in Russian splits at semicolons and writes a comma in a number.
 */
export function fileOf(
  rows: readonly Group[],
  all: Figures,
  ask: Told,
  notes: readonly string[],
): string {
  const number = (value: number | null) =>
    value === null ? '' : language() === 'ru' ? String(value).replace('.', ',') : String(value);
  const line = (cells: readonly string[]) => cells.map(quoted).join(';');
  const body = (name: string, figures: Tally) =>
    line([name, ...COLUMNS.map(({ value }) => number(value(figures, ask)))]);
  const lines = [
    ...notes.map((note) => line([note])),
    line([words.col_name, ...COLUMNS.map(({ title }) => title)]),
    ...rows.map((row) => body(row.name, row)),
    body(words.total, all),
  ];
  // The mark tells spreadsheets that this is UTF-8.
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/** A name that begins like a formula must not be one where the file is opened. */
function quoted(cell: string): string {
  const safe =
    /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell.replace(',', '.'))) ? `'${cell}` : cell;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
