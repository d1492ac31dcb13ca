// One room as its reader sees it: the feed's messages and the reader's own unsent ones in one order,
// each exactly once. Pure. Words, dates and looks are the screens' business.

import type { AppealCard, AppealItem, Author, Code, Message as Unseen } from './generated.ts';
import type { Outgoing } from './outbox.ts';
import type { Feed, Message } from './reduce.ts';

/** What became of a message of my own. */
export type Fate = 'queued' | 'sending' | 'sent' | 'seen' | 'failed' | 'cancelling';

export interface Line {
  /** Stays the same from the first try to the entry in the feed. */
  key: string;
  id?: string;
  cid?: string;
  seq?: number;
  /** RFC 3339; for an unsent message when it was written, by this device's clock. */
  at: string;
  own: boolean;
  author?: Author;
  text: string;
  edited: boolean;
  hidden: boolean;
  reason?: string;
  fate?: Fate;
  /** Why it failed. */
  code?: Code;
  /** For `stale_view`: what its author had not seen. */
  missing?: readonly Unseen[];
  /** The line is a question on its way: an appeal will come of it. */
  opens?: boolean;
  /** The line is an appeal's card; `text` is the beginning of its question. */
  appeal?: AppealCard;
}

/**
 * Merges a feed with the outbox. `me` is the reader's account; `names` remembers under which cid a
 * message of one's own was first shown, by its id, and is added to.
 */
export function timeline(
  feed: Feed,
  outgoing: readonly Outgoing[],
  me: string | undefined,
  names: Map<string, string>,
): Line[] {
  for (const item of outgoing) if (item.landed !== undefined) names.set(item.landed.id, item.cid);
  const ids = new Set([...feed.messages, ...feed.cards].map(({ id }) => id));
  const cids = new Set(
    feed.messages.flatMap((message) =>
      message.author.id === me && message.cid !== undefined ? [message.cid] : [],
    ),
  );
  const unsettled = outgoing.filter(
    (item) => !cids.has(item.cid) && (item.landed === undefined || !ids.has(item.landed.id)),
  );
  const lines = feed.messages.map((message) =>
    ofMessage(message, feed.seen, message.author.id === me, names),
  );
  for (const card of feed.cards) insert(lines, ofCard(card, card.author.id === me));
  for (const item of unsettled) insert(lines, ofOutgoing(item, feed.seen));
  return lines;
}

/** How many messages of others came after `read`, among those that are here. */
export function unreadAfter(lines: readonly Line[], read: number): number {
  return lines.filter(
    (line) => !line.own && !line.appeal && line.seq !== undefined && line.seq > read,
  ).length;
}

/** What has a number stands at its number; what has none yet stands at the end. */
function insert(lines: Line[], line: Line) {
  const at =
    line.seq === undefined
      ? -1
      : lines.findIndex((other) => other.seq === undefined || other.seq > line.seq!);
  if (at < 0) lines.push(line);
  else lines.splice(at, 0, line);
}

function ofMessage(
  message: Message,
  seen: number,
  own: boolean,
  names: ReadonlyMap<string, string>,
): Line {
  const cid = own ? (message.cid ?? names.get(message.id)) : undefined;
  return {
    key: cid ?? message.id,
    id: message.id,
    seq: message.seq,
    at: message.at,
    own,
    author: message.author,
    text: message.text,
    edited: message.edited,
    hidden: message.hidden,
    ...(cid === undefined ? {} : { cid }),
    ...(message.reason === undefined ? {} : { reason: message.reason }),
    ...(own ? { fate: message.seq <= seen ? ('seen' as const) : ('sent' as const) } : {}),
  };
}

function ofCard({ seq, ...appeal }: AppealItem, own: boolean): Line {
  return {
    key: appeal.id,
    seq,
    at: appeal.opened_at,
    own,
    author: appeal.author,
    text: appeal.excerpt,
    edited: false,
    hidden: false,
    appeal,
  };
}

function ofOutgoing(item: Outgoing, seen: number): Line {
  const { cid, text, code, missing } = item;
  // An appeal has numbers of its own: its place in this feed is known when its card comes.
  const landed = item.opening === undefined ? item.landed : undefined;
  const fate: Fate = landed !== undefined && landed.seq <= seen ? 'seen' : item.state;
  return {
    key: cid,
    cid,
    at: landed?.at ?? new Date(item.at).toISOString(),
    own: true,
    text,
    edited: false,
    hidden: false,
    fate,
    ...(landed === undefined ? {} : { id: landed.id, seq: landed.seq }),
    ...(item.opening === undefined ? {} : { opens: true }),
    ...(code === undefined ? {} : { code }),
    ...(missing === undefined ? {} : { missing }),
  };
}
