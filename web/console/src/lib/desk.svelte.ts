// What one employee has before them: who they are, their rooms, and how many messages wait in each.
// Follows every room's feed so that the numbers are live. Knows no screen.
import type { Client } from '@medchat/wire/client.ts';
import { MAX_SUBSCRIPTIONS, type Me, type Region, type Room } from '@medchat/wire/generated.ts';
import {
  applyToTally,
  openTally,
  positionOf,
  readUpTo,
  unreadOf,
  type Tally,
} from '@medchat/wire/tally.ts';

export type Desk = ReturnType<typeof openDesk>;

// Rooms open and close, residents join: the facts are asked for anew now and then.
const FRESH_MS = 120_000;
// Places stay free for a room or an appeal that is opened, its lanes, the organisation's desk and one's own notices.
const FOLLOWED = MAX_SUBSCRIPTIONS - 10;

export interface DeskParts {
  client: Client;
  placeOf: (region: string) => Promise<Region>;
  /** Somebody sits down, with what is known about them, or leaves. */
  onme: (me: Me | undefined) => void;
}

/** Opens the desk of whoever is signed in, and again when that changes. */
export function openDesk({ client, placeOf, onme }: DeskParts) {
  let phase = $state<'loading' | 'ready' | 'unreachable'>('loading');
  let me = $state.raw<Me>();
  let place = $state.raw<Region>();
  let tallies = $state.raw<ReadonlyMap<string, Tally>>(new Map());
  const followed = new Map<string, () => void>();
  let account: string | undefined;

  async function load() {
    const asking = account;
    try {
      const fresh = await client.http.me();
      if (asking !== account) return;
      // The day's words hang on the region's zone: nothing is drawn before it is known.
      const region = fresh.rooms[0]?.region;
      if (region !== undefined) place = await placeOf(region);
      if (asking !== account) return;
      me = fresh;
      phase = 'ready';
      follow(fresh.rooms);
      onme(fresh);
    } catch {
      if (asking === account && me === undefined) phase = 'unreachable';
    }
  }

  function follow(rooms: readonly Room[]) {
    const next = new Map(
      rooms
        .slice(0, FOLLOWED)
        .map((room) => [room.feed, tallies.get(room.feed) ?? openTally(room)]),
    );
    for (const [feed, leave] of followed) {
      if (next.has(feed)) continue;
      leave();
      followed.delete(feed);
    }
    tallies = next;
    for (const feed of next.keys()) {
      if (followed.has(feed)) continue;
      const position = () => {
        const tally = tallies.get(feed);
        return tally === undefined ? {} : positionOf(tally);
      };
      followed.set(feed, client.socket.follow(feed, position));
    }
  }

  function change(tally: Tally) {
    if (tallies.get(tally.feed) !== tally) tallies = new Map(tallies).set(tally.feed, tally);
  }

  client.socket.hear((frame) => {
    const tally = 'feed' in frame && frame.feed !== undefined ? tallies.get(frame.feed) : undefined;
    if (tally === undefined || account === undefined) return;
    const step = applyToTally(tally, frame, account);
    change(step.tally);
    if (step.gap) client.socket.resubscribe(tally.feed);
  });

  client.session.subscribe((session) => {
    const next = session.state === 'signed_in' ? session.account.id : undefined;
    if (next === account) return;
    account = next;
    me = undefined;
    place = undefined;
    phase = 'loading';
    follow([]);
    onme(undefined);
    if (next !== undefined) void load();
  });

  // A right was given or taken while the connection was away, or nobody answered at the start.
  client.connection.subscribe((connection) => {
    if (connection === 'live' && account !== undefined) void load();
  });
  setInterval(
    () => account !== undefined && document.visibilityState === 'visible' && void load(),
    FRESH_MS,
  );

  return {
    get phase() {
      return phase;
    },
    get me() {
      return me;
    },
    /** The region one works in. */
    get place() {
      return place;
    },
    /** The zone times are said in. */
    get zone(): string {
      return place?.time_zone ?? 'UTC';
    },
    get rooms(): readonly Room[] {
      return me?.rooms ?? [];
    },
    unread(room: Room): number {
      const tally = tallies.get(room.feed);
      return tally === undefined ? (room.my?.unread ?? 0) : unreadOf(tally);
    },
    /** The employee has read this far. */
    read(feed: string, seq: number) {
      const tally = tallies.get(feed);
      if (tally !== undefined) change(readUpTo(tally, seq));
    },
    again: () => void load(),
  };
}
