// Regions and rooms as the screens of one visit need them. Regions are kept for a few minutes, since a
// door, its room and the finder ask for the same ones.
import type { Region, Room } from '@medchat/wire/generated.ts';
import { Unreachable } from '@medchat/wire/http.ts';
import { http } from './client.ts';

const KEPT_MS = 300_000;
const kept = new Map<string, { since: number; region: Promise<Region> }>();

export function regionOf(code: string): Promise<Region> {
  const known = kept.get(code);
  if (known && performance.now() - known.since < KEPT_MS) return known.region;
  const region = http.region(code).catch((error: unknown) => {
    kept.delete(code);
    // Better the hours of a while ago than none.
    if (known && error instanceof Unreachable) return known.region;
    throw error;
  });
  kept.set(code, { since: performance.now(), region });
  return region;
}

const rooms = new Map<string, Room>();

/** Keeps a room as it was last shown, for a screen that opens while nobody answers. */
export const keepRoom = (room: Room): unknown => rooms.set(room.id, room);

/** The room, asked for; offline as it was last shown. */
export async function roomOf(id: string): Promise<Room> {
  try {
    return await http.room(id);
  } catch (error) {
    const kept = rooms.get(id);
    if (kept !== undefined && error instanceof Unreachable) return kept;
    throw error;
  }
}

/** The room where a region's staff post for everybody; a link to it is worth no error. */
export async function announcementsOf(code: string): Promise<Room | undefined> {
  try {
    return (await http.rooms({ region: code, kind: 'announcements', limit: 1 })).items[0];
  } catch {
    return undefined;
  }
}
