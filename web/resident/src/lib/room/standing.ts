// What a reader may do in a room now, and so what stands at the foot of it. Pure; the server
// decides again when something is sent.
import type { Region, Room } from '@medchat/wire/generated.ts';
import type { Session } from '@medchat/wire/http.ts';

export type Standing =
  /** Not known yet who is reading. */
  | 'unknown'
  | 'guest'
  | 'not_member'
  | 'not_verified'
  /** The region lets nobody write outside its hours. */
  | 'closed'
  /** Staff of clinics and the ministry post here, all others read. */
  | 'announcements'
  /** May read, and no step of theirs would change it. */
  | 'reader'
  | 'writer';

export function standingOf(
  session: Session,
  room: Pick<Room, 'kind' | 'open_now' | 'my'>,
  region: Pick<Region, 'outside_hours'>,
): Standing {
  const may = room.my?.may ?? [];
  if (room.kind === 'announcements' && !may.includes('post')) return 'announcements';
  if (session.state === 'starting') return 'unknown';
  if (session.state === 'guest') return 'guest';
  if (may.includes('post')) {
    return room.open_now || region.outside_hours === 'queue' ? 'writer' : 'closed';
  }
  if (may.includes('join')) return 'not_member';
  return may.includes('post_after_verification') ? 'not_verified' : 'reader';
}
