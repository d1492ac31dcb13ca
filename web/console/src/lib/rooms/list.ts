// The left pane's list: which rooms, in which groups and order. Pure, so that the list and the keys
// that walk through it cannot disagree.
import type { Room, RoomKind } from '@medchat/wire/generated.ts';

export interface Wish {
  /** Words of the title, in any order. */
  search: string;
  unreadOnly: boolean;
  /** Stays in the list whatever the wish: the room one stands in must not vanish when it is read. */
  keep?: string | undefined;
}

export interface Group {
  kind: RoomKind;
  rooms: Room[];
}

const ORDER: readonly RoomKind[] = ['medchat', 'announcements', 'staff'];

const folded = (text: string) => text.toLowerCase().replaceAll('ё', 'е');

function matches(room: Room, search: string): boolean {
  const text = folded([room.title, room.subtitle ?? '', room.invitation_code ?? ''].join(' '));
  return folded(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Groups without rooms are left out. */
export function groupsOf(
  rooms: readonly Room[],
  wish: Wish,
  unread: (room: Room) => number,
): Group[] {
  const shown = rooms.filter(
    (room) =>
      matches(room, wish.search) && (!wish.unreadOnly || unread(room) > 0 || room.id === wish.keep),
  );
  return ORDER.map((kind) => ({ kind, rooms: shown.filter((room) => room.kind === kind) })).filter(
    (group) => group.rooms.length > 0,
  );
}

/** The next room with something unread after `from`, going round; undefined when all is read. */
export function nextUnread(
  rooms: readonly Room[],
  from: string | undefined,
  unread: (room: Room) => number,
): Room | undefined {
  const ordered = ORDER.flatMap((kind) => rooms.filter((room) => room.kind === kind));
  const at = ordered.findIndex((room) => room.id === from);
  return [...ordered.slice(at + 1), ...ordered.slice(0, at + 1)].find((room) => unread(room) > 0);
}
