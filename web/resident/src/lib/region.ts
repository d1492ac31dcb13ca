// Regions as the screens of one visit need them: their zone, policy and rooms. Kept for a few
// minutes, since a door, its room and the finder ask for the same ones.
import type { Region, Room } from '@medchat/wire/generated.ts';
import { http } from './client.ts';

const KEPT_MS = 300_000;
const kept = new Map<string, { since: number; region: Promise<Region> }>();

export function regionOf(code: string): Promise<Region> {
  const known = kept.get(code);
  if (known && performance.now() - known.since < KEPT_MS) return known.region;
  const region = http.region(code);
  kept.set(code, { since: performance.now(), region });
  region.catch(() => kept.delete(code));
  return region;
}

/** The room where a region's staff post for everybody; a link to it is worth no error. */
export async function announcementsOf(code: string): Promise<Room | undefined> {
  try {
    return (await http.rooms({ region: code, kind: 'announcements', limit: 1 })).items[0];
  } catch {
    return undefined;
  }
}
