import { describe, expect, it } from 'vitest';
import type { Session } from '@medchat/wire/http.ts';
import { standingOf } from './standing.ts';

const signedIn: Session = {
  state: 'signed_in',
  account: { id: 'a', kind: 'resident', alias: 'Нина К.', verified_adult: true },
};
const guest: Session = { state: 'guest' };
const queue = { outside_hours: 'queue' };
const readOnly = { outside_hours: 'read_only' };
const room = (
  may: string[] | undefined,
  open_now = true,
  kind: 'medchat' | 'announcements' = 'medchat',
) => ({
  kind,
  open_now,
  ...(may && { my: { member: may.includes('leave'), read: 0, unread: 0, may } }),
});

describe('standing', () => {
  it.each([
    ['a stranger', guest, room(undefined), queue, 'guest'],
    ['one not known yet', { state: 'starting' } as Session, room(undefined), queue, 'unknown'],
    ['a resident outside', signedIn, room(['read', 'join']), queue, 'not_member'],
    [
      'one not verified',
      signedIn,
      room(['read', 'leave', 'post_after_verification']),
      queue,
      'not_verified',
    ],
    ['a member', signedIn, room(['read', 'post', 'leave']), queue, 'writer'],
    ['a member after hours', signedIn, room(['read', 'post', 'leave'], false), queue, 'writer'],
    [
      'a member where nobody writes after hours',
      signedIn,
      room(['read', 'post'], false),
      readOnly,
      'closed',
    ],
    ['staff without a step', signedIn, room(['read']), queue, 'reader'],
    [
      'a reader of announcements',
      signedIn,
      room(['read'], true, 'announcements'),
      queue,
      'announcements',
    ],
    [
      'a stranger at announcements',
      guest,
      room(undefined, true, 'announcements'),
      queue,
      'announcements',
    ],
    ['who announces', signedIn, room(['read', 'post'], true, 'announcements'), queue, 'writer'],
  ])('of %s', (_, session, room, region, standing) => {
    expect(standingOf(session, room, region)).toBe(standing);
  });
});
