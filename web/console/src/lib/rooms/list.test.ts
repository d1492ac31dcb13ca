import { expect, test } from 'vitest';
import type { Room } from '@medchat/wire/generated.ts';
import { groupsOf, nextUnread } from './list.ts';

const room = (id: string, kind: Room['kind'], title: string) =>
  ({ id, kind, title, subtitle: null, invitation_code: null }) as unknown as Room;
const rooms = [
  room('s', 'staff', 'Поликлиника № 1'),
  room('k', 'medchat', 'Хабаровск. Здоровье'),
  room('a', 'announcements', 'Объявления'),
  room('n', 'medchat', 'Зелёный округ'),
];
const unreadIn =
  (...ids: string[]) =>
  (one: Room) =>
    ids.includes(one.id) ? 1 : 0;
const shown = (wish: Parameters<typeof groupsOf>[1], ...ids: string[]) =>
  groupsOf(rooms, wish, unreadIn(...ids)).map(({ kind, rooms: some }) => [
    kind,
    some.map(({ id }) => id),
  ]);

test('medchats first, then announcements, then staff rooms; empty groups are left out', () => {
  expect(shown({ search: '', unreadOnly: false })).toEqual([
    ['medchat', ['k', 'n']],
    ['announcements', ['a']],
    ['staff', ['s']],
  ]);
});

test('search folds case and ё, and takes words in any order', () => {
  expect(shown({ search: 'округ зеленый', unreadOnly: false })).toEqual([['medchat', ['n']]]);
  expect(shown({ search: 'нет такого', unreadOnly: false })).toEqual([]);
});

test('of the unread, the room one stands in stays', () => {
  expect(shown({ search: '', unreadOnly: true, keep: 'a' }, 'n')).toEqual([
    ['medchat', ['n']],
    ['announcements', ['a']],
  ]);
});

test('the next unread goes round once', () => {
  expect(nextUnread(rooms, 'n', unreadIn('k', 's'))?.id).toBe('s');
  expect(nextUnread(rooms, 's', unreadIn('k'))?.id).toBe('k');
  expect(nextUnread(rooms, undefined, unreadIn('a'))?.id).toBe('a');
  expect(nextUnread(rooms, 'k', unreadIn())).toBeUndefined();
});
