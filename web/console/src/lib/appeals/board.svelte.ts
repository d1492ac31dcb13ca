// The queue of whoever is signed in, for the whole visit: the bar counts it, the queue's pane shows it, the
// screens of appeals change it. And what one is told of clocks meanwhile. Knows no screen.
import type { Appeals } from '@medchat/wire/appeals.ts';
import type { Client } from '@medchat/wire/client.ts';
import type { AppealCard, Me, Notice } from '@medchat/wire/generated.ts';
import { openQueue, type Ended, type OpenQueue, type QueueView } from '@medchat/wire/queue.ts';
import { applyFrame, emptyFeed, positionOf } from '@medchat/wire/reduce.ts';
import { partsOf, standingOf } from '../roles.ts';
import { isOpen } from './urgency.ts';

export interface BoardParts {
  client: Pick<Client, 'socket'>;
  appeals: Appeals;
}

const NOTHING: QueueView = { phase: 'loading', cards: [], notices: [] };

/** Opens an empty board; `attend` gives it a queue. */
export function openBoard({ client, appeals }: BoardParts) {
  let view = $state.raw<QueueView>(NOTHING);
  let told = $state.raw<readonly Notice[]>([]);
  let queue: OpenQueue | undefined;
  let attended = '';
  let leave = () => {};

  function follow(me: Me) {
    const { organisation, roles } = standingOf(me);
    const opened = openQueue({ appeals, socket: client.socket, organisation });
    queue = opened;
    let counted = 0;
    const leaveView = opened.view.subscribe((next) => {
      view = next;
      const fresh = next.notices.slice(counted);
      counted = next.notices.length;
      told = [...told, ...fresh.filter((notice) => isFor(notice, roles))];
    });
    const leavePerson = followPerson(me.id);
    leave = () => {
      leaveView();
      leavePerson();
      opened.close();
    };
  }

  /** What concerns the employee alone. */
  function followPerson(id: string): () => void {
    let feed = emptyFeed(`person:${id}`);
    const leaveFrames = client.socket.hear((frame) => {
      const { state, need } = applyFrame(feed, frame);
      if (state === feed) return;
      told = [...told, ...state.notices.slice(feed.notices.length)];
      feed = state;
      if (need === 'subscribe') client.socket.resubscribe(feed.feed);
    });
    const unfollow = client.socket.follow(feed.feed, () => positionOf(feed));
    return () => {
      leaveFrames();
      unfollow();
    };
  }

  return {
    get phase() {
      return view.phase;
    },
    get cards(): readonly AppealCard[] {
      return view.cards;
    },
    /** How many wait for somebody. */
    get open(): number {
      return view.cards.filter(({ state }) => isOpen(state)).length;
    },
    /** What one was told since one came, oldest first. */
    get told() {
      return told;
    },

    /** Somebody sits down, or nobody does. Their rights may have changed since. */
    attend(me: Me | undefined): void {
      const standing = standingOf(me);
      const next =
        me && partsOf(standing).includes('appeals')
          ? `${me.id} ${standing.organisation ?? ''}`
          : '';
      if (next === attended) return;
      attended = next;
      leave();
      leave = () => {};
      queue = undefined;
      view = NOTHING;
      told = [];
      if (me !== undefined && next !== '') follow(me);
    },
    reload: () => void queue?.reload(),
    want: (ended: Ended) => queue?.want(ended),
    take: (card: AppealCard) => queue?.take(card),
  };
}

/** A desk is told of everything; an employee reads what concerns their role, or everybody. */
const isFor = ({ told }: Notice, roles: readonly string[]): boolean =>
  told.length === 0 || told.some((role) => roles.includes(role));
