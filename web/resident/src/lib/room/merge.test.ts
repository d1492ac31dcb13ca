import { describe, expect, it } from 'vitest';
import { card } from '@medchat/wire/tests/stage.ts';
import type { Line } from '@medchat/wire/timeline.ts';
import { merged } from './merge.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 2, minute)).toISOString();
const line = (key: string, minute: number, change: Partial<Line> = {}): Line => ({
  key,
  at: at(minute),
  own: false,
  text: key,
  edited: false,
  hidden: false,
  seq: minute,
  ...change,
});
const appeal = (id: string, minute: number) =>
  line(id, minute, { own: true, appeal: card(id, { opened_at: at(minute) }) });
const unsent = (key: string, minute: number): Line => {
  const { seq: _, ...rest } = line(key, minute, { own: true, fate: 'queued' });
  return rest;
};
const keys = (lines: readonly Line[]) => lines.map(({ key }) => key.replace('x ', '')).join(' ');

const threads = (lines: Line[]) => new Map([['x', { number: '27-0001-1', lines }]]);
const room = [line('m1', 1), appeal('x', 10), line('m2', 20)];

describe('a room with my appeals', () => {
  it('shows the question above its card and the answers by time', () => {
    const thread = [line('question', 10), line('answer', 15), line('thanks', 25)];
    expect(keys(merged(room, threads(thread), false))).toBe('m1 question x answer m2 thanks');
  });

  it('puts the question above its card whichever clock was ahead', () => {
    expect(keys(merged(room, threads([line('question', 11)]), false))).toBe('m1 question x m2');
  });

  it('keeps what is not sent yet at the end', () => {
    const thread = [line('question', 10), line('answer', 30), unsent('reply', 5)];
    const lines = merged([...room, unsent('mine', 2)], threads(thread), false);
    expect(keys(lines)).toBe('m1 question x m2 answer mine reply');
  });

  it('waits with what is older than the room’s first line until its place is here', () => {
    const thread = [line('question', 0), line('answer', 15)];
    const later = room.filter(({ key }) => key !== 'x');
    expect(keys(merged(later, threads(thread), true))).toBe('m1 answer m2');
    expect(keys(merged(later, threads(thread), false))).toBe('question m1 answer m2');
  });

  it('tells no number of another feed', () => {
    const [, question] = merged(room, threads([line('question', 10)]), false);
    expect(question).toMatchObject({ key: 'x question', of: '27-0001-1' });
    expect(question).not.toHaveProperty('seq');
  });
});
