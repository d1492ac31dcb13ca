// What the person was told: their own feed from its beginning, so that what came while nobody listened counts
// too. Knows no appeal but by the ids in notices.
import { cell, type Readable } from '@medchat/wire/cell.ts';
import type { Notice } from '@medchat/wire/generated.ts';
import { applyFrame, emptyFeed, positionOf, type Feed } from '@medchat/wire/reduce.ts';
import type { Socket } from '@medchat/wire/socket.ts';

export interface Told {
  notices: Readable<readonly Notice[]>;
  close(): void;
}

/** `close` must be called. */
export function openTold(
  socket: Pick<Socket, 'follow' | 'hear' | 'resubscribe'>,
  me: string,
): Told {
  const notices = cell<readonly Notice[]>([]);
  let feed: Feed = { ...emptyFeed(`person:${me}`), last: 0 };

  const leaveFrames = socket.hear((frame) => {
    const step = applyFrame(feed, frame);
    if (step.state === feed) return;
    feed = { ...step.state, last: step.state.last ?? 0 };
    // Taken away it is asked for no more; there is nothing of it to load.
    if (step.need === 'subscribe' || step.need === 'reload') socket.resubscribe(feed.feed);
    notices.set(feed.notices.map(({ seq: _, ...notice }) => notice));
  });
  const unfollow = socket.follow(feed.feed, () => positionOf(feed));

  return {
    notices,
    close() {
      leaveFrames();
      unfollow();
    },
  };
}
