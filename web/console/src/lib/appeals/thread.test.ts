import { expect, test } from 'vitest';
import type { AppealEvent } from '@medchat/wire/generated.ts';
import type { Line } from '@medchat/wire/timeline.ts';
import { threadOf } from './thread.ts';

const ZONE = 'Asia/Vladivostok';
const moment = (civil: string) => new Date(`2026-11-${civil}:00+10:00`).toISOString();
const line = (id: string, civil: string, change: Partial<Line> = {}): Line => ({
  key: id,
  id,
  seq: 1,
  at: moment(civil),
  own: false,
  text: id,
  edited: false,
  hidden: false,
  ...change,
});
const irina = { id: 'ira', name: 'Ирина Седова' };
const event = (civil: string, kind: string, change: Partial<AppealEvent> = {}): AppealEvent => ({
  at: moment(civil),
  kind,
  ...change,
});
const shown = (lines: Line[], events: AppealEvent[], lane: 'public' | 'private' = 'public') =>
  threadOf(lines, events, { lane, zone: ZONE, alias: 'Нина К.' }).map((piece) =>
    piece.kind === 'line'
      ? `${piece.line.key}${piece.mark ? ` (${piece.mark.words})` : ''}`
      : piece.kind === 'event'
        ? piece.words
        : '—',
  );

test('what happened stands between the messages, and days between the days', () => {
  const lines = [line('вопрос', '23T12:20'), line('ответ', '24T09:00')];
  const events = [
    event('23T12:20', 'opened'),
    event('23T12:41', 'accepted', { by: irina }),
    event('24T09:30', 'contested', { reason: 'Талона нет' }),
  ];
  expect(shown(lines, events)).toEqual([
    '—',
    'вопрос',
    'В работе: Ирина Седова',
    '—',
    'ответ',
    'Житель оспорил: не решено. Талона нет',
  ]);
});

test('a question and a final answer are marks of their messages, not rows', () => {
  const lines = [line('какой полис', '23T12:20'), line('записали', '23T12:30')];
  const events = [
    event('23T12:20', 'asked', { message: 'какой полис', lane: 'public', by: irina }),
    event('23T12:30', 'answered', { message: 'записали', lane: 'public', outcome: 'resolved' }),
  ];
  expect(shown(lines, events)).toEqual([
    '—',
    'какой полис (вопрос жителю, срок на паузе)',
    'записали (финальный ответ: решено)',
  ]);
});

test('words of the private lane are one line in the public one, and none in their own', () => {
  const told = (civil: string, message: string): AppealEvent =>
    event(civil, 'messaged', { message, lane: 'private', actor: 'resident' });
  const events = [told('23T13:38', 'a'), told('23T13:40', 'b')];
  expect(shown([line('вопрос', '23T12:20')], events)).toEqual([
    '—',
    'вопрос',
    'В личной части пишет Нина К.',
  ]);
  expect(shown([line('полис', '23T13:40')], events, 'private')).toEqual(['—', 'полис']);
});

test('what is not sent yet stays at the end', () => {
  const { seq: _, ...unsent } = line('черновик', '23T12:00');
  const events = [event('23T12:41', 'accepted', { by: irina })];
  expect(shown([line('вопрос', '23T12:20'), unsent], events)).toEqual([
    '—',
    'вопрос',
    'В работе: Ирина Седова',
    'черновик',
  ]);
});
