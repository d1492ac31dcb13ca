import { describe, expect, test } from 'vitest';
import type { AppealCard, AppealState, Clock } from '@medchat/wire/generated.ts';
import { groupsOf, nextIn, searchOf, endedFor, wishOf, type Wish } from './wish.ts';

const ZONE = 'Asia/Vladivostok';
const moment = (civil: string) => new Date(`2026-11-${civil}:00+10:00`).toISOString();
const now = Date.parse(moment('23T13:45'));
const all: Wish = { whose: 'all', q: '' };

function card(id: string, due: string, change: Partial<AppealCard> = {}): AppealCard {
  const clock: Clock = {
    kind: 'final_answer',
    cycle: 1,
    started_at: moment('23T08:00'),
    due_at: moment(due),
    paused: false,
    stopped_at: null,
    breached: false,
  };
  return {
    id,
    number: '27-4183-6',
    state: 'in_work',
    cycle: 1,
    category: 'appointment',
    room: 'a',
    organisation: null,
    author: { id: 'nina', kind: 'resident', alias: 'Нина К.' },
    clocks: [clock],
    excerpt: 'Ёлка у входа, мест нет',
    has_private: false,
    opened_at: moment('23T08:00'),
    ...change,
  };
}
const paused = (id: string, opened: string) => {
  const one = card(id, '23T14:00', { state: 'waiting_for_resident', opened_at: moment(opened) });
  return { ...one, clocks: one.clocks.map((clock) => ({ ...clock, paused: true })) };
};
const shown = (cards: AppealCard[], wish: Wish, keep?: string) =>
  groupsOf(cards, wish, { me: 'ira', now, zone: ZONE, keep }).map(({ key, cards: some }) => [
    key,
    some.map(({ id }) => id),
  ]);

test('late first, then by due moment, then paused, the longest open first', () => {
  const cards = [
    paused('p2', '23T10:48'),
    card('tomorrow', '24T09:00'),
    card('later', '23T18:00'),
    card('soon', '23T14:20'),
    paused('p1', '23T10:05'),
    card('late', '23T13:33'),
  ];
  expect(shown(cards, all)).toEqual([
    ['late', ['late']],
    ['today', ['soon', 'later']],
    ['later', ['tomorrow']],
    ['paused', ['p1', 'p2']],
  ]);
});

describe('a wish', () => {
  const ira = { id: 'ira', name: 'Ирина Седова' };
  const cards = [
    card('mine', '23T15:00', { assignee: ira, category: 'queue' }),
    card('his', '23T15:10', { assignee: { id: 'oleg', name: 'Олег Минаев' }, room: 'b' }),
    card('free', '23T15:20', { excerpt: 'Где кабинет', number: '27-5001-2' }),
    card('done', '23T15:30', { state: 'answered' }),
  ];
  const ids = (wish: Partial<Wish>) =>
    shown(cards, { ...all, ...wish }).flatMap(([, some]) => some as string[]);

  test.each<[string, Partial<Wish>, string[]]>([
    ['nothing', {}, ['mine', 'his', 'free']],
    ['mine', { whose: 'mine' }, ['mine']],
    ['nobody’s', { whose: 'nobodys' }, ['free']],
    ['a room', { room: 'b' }, ['his']],
    ['a topic', { category: 'queue' }, ['mine']],
    ['an open state', { state: 'new' }, []],
    ['a closed state', { state: 'answered' }, ['done']],
    ['all that are over', { state: 'over' }, ['done']],
    ['words in any order, ё as е', { q: 'входа елка' }, ['mine', 'his']],
    ['a number as people say it', { q: '5001' }, ['free']],
    ['the whole number', { q: '27-5001-2' }, ['free']],
    ['a colleague', { q: 'минаев' }, ['his']],
  ])('of %s', (_, wish, wanted) => expect(ids(wish)).toEqual(wanted));

  test('the one that is open stays whatever is wished', () => {
    expect(shown(cards, { ...all, whose: 'mine' }, 'done')).toEqual([
      ['today', ['mine']],
      ['over', ['done']],
    ]);
  });

  test('lives in the address, and what it does not understand is not wished', () => {
    const wish: Wish = { whose: 'mine', state: 'new', room: 'a', category: 'queue', q: 'мест нет' };
    expect(wishOf(new URLSearchParams(searchOf(wish)))).toEqual(wish);
    expect(searchOf(all)).toBe('');
    expect(wishOf(new URLSearchParams('whose=theirs&state=lost'))).toEqual(all);
  });

  test('asks for the closed states it needs and no others, by the words it wishes', () => {
    expect(endedFor({ ...all, q: 'талон' })).toEqual({ states: [], q: '' });
    expect(endedFor({ ...all, state: 'new' }).states).toEqual([]);
    expect(endedFor({ ...all, state: 'refused', q: 'талон' })).toEqual({
      states: ['refused'],
      q: 'талон',
    });
    expect(endedFor({ ...all, state: 'over' }).states).toHaveLength(6);
  });
});

test('the next one goes round, past the one that is open and past what is over', () => {
  const states: AppealState[] = ['in_work', 'in_work', 'answered'];
  const cards = states.map((state, i) => card(`${i}`, '23T15:00', { state }));
  const groups = groupsOf(cards, { ...all, state: 'over' }, { me: '', now, zone: ZONE });
  const open = groupsOf(cards, all, { me: '', now, zone: ZONE });
  expect(nextIn(open, undefined)?.id).toBe('0');
  expect(nextIn(open, '0')?.id).toBe('1');
  expect(nextIn(open, '1')?.id).toBe('0');
  expect(nextIn(open, '2')?.id).toBe('0');
  expect(nextIn(groups, undefined)).toBeUndefined();
  const alone = groupsOf([cards[0]!, paused('p', '23T10:00')], all, { me: '', now, zone: ZONE });
  expect(nextIn(alone, '0')).toBeUndefined();
});
