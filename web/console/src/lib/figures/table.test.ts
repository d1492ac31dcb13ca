import { expect, test } from 'vitest';
import type { Figures, Group, Waits } from '@medchat/wire/generated.ts';
import { cellWords, clockWords, COLUMNS, fileOf, ordered, shareWords } from './table.ts';

const ask = { answer: 'first' as const, hours: 'work' as const };
const waits = (within: number | null): Waits => ({
  mean: 2460,
  median: 1440,
  p90: 6720,
  within,
  wall: { mean: null, median: 3600, p90: null },
});
const group = (name: string, appeals: number, within: number | null): Group => ({
  key: name,
  name,
  appeals,
  declared: 7,
  confirmed: 4,
  contested: 1,
  silent: 2,
  first_answer: waits(within),
  final_answer: waits(null),
  satisfaction: { mean: 4.4, responses: 3, rate: 0.3 },
});
const names = (groups: Group[]) => groups.map(({ name }) => name);
const cell = (key: string, told: Parameters<typeof cellWords>[2] = ask) =>
  cellWords(
    COLUMNS.find((one) => one.key === key)!,
    group('x', 20, 0.915),
    told,
  ).replace('\u00a0', ' ');

test('numbers in words people read', () => {
  expect(shareWords(0.915).replace('\u00a0', ' ')).toBe('91,5 %');
  expect(clockWords(6720)).toBe('1:52');
  expect(cell('within')).toBe('91,5 %');
  expect(cell('median')).toBe('24 мин');
  expect(cell('score')).toBe('4,4');
});

test('wall time and the final answer are other numbers; what nobody waited for is none', () => {
  expect(cell('median', { ...ask, hours: 'wall' })).toBe('1 ч');
  expect(cell('p90', { ...ask, hours: 'wall' })).toBe('—');
  expect(cell('within', { ...ask, answer: 'final' })).toBe('—');
});

test('too few appeals rank nobody: they stand after the others, whatever the order', () => {
  const groups = [group('а', 3, 1), group('б', 20, 0.8), group('в', 30, 0.9), group('г', 40, null)];
  const by = (key: string, down: boolean) => names(ordered(groups, { key, down }, ask));
  expect(by('within', true)).toEqual(['в', 'б', 'г', 'а']);
  expect(by('within', false)).toEqual(['б', 'в', 'г', 'а']);
  expect(by('appeals', true)).toEqual(['г', 'в', 'б', 'а']);
  expect(by('name', false)).toEqual(['б', 'в', 'г', 'а']);
});

test('the file holds what is on the screen, with its notes and its total', () => {
  const all = group('', 50, 0.85) as unknown as Figures;
  const lines = fileOf([group('Клиника "А"; №\u00a01', 20, 0.5)], all, ask, ['2–21 ноября']).split(
    '\r\n',
  );
  expect(lines[0]).toBe('\uFEFF2–21 ноября');
  expect(lines[1]?.startsWith('Название;Обращений;В срок')).toBe(true);
  expect(lines[2]).toBe('"Клиника ""А""; №\u00a01";20;0,5;1440;6720;7;4;1;2;4,4;0,3');
  expect(lines[3]?.startsWith('Всего;50;0,85')).toBe(true);
  expect(lines[4]).toBe('');
});

test('a name that looks like a formula is none', () => {
  const all = group('', 50, 0.85) as unknown as Figures;
  expect(fileOf([group('=1+1', 20, 0.5)], all, ask, [])).toContain("'=1+1;20");
});
