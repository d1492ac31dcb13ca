// Frames and history pages in, the state of one feed out: pure functions over plain data. Whatever is
// lost, repeated or late on the way, the state ends the same. Knows no socket, clock or storage.

import { TAKEN } from './codes.ts';
import type {
  AppealCard,
  AppealItem,
  Author,
  Entry,
  Item,
  Notice,
  Page,
  ServerFrame,
} from './generated.ts';

/** A message as it stands now, edits and hiding folded in. */
export interface Message {
  id: string;
  seq: number;
  at: string;
  author: Author;
  text: string;
  edited: boolean;
  hidden: boolean;
  /** Why a moderator hid it; unknown for messages that came from history. */
  reason?: string;
  /** The author's own name for the try, where the server still tells. */
  cid?: string;
}

/** Changes to a message that is not here yet: an older page may bring it in a staler form. */
export interface Change {
  text?: string;
  reason?: string;
}

export interface Feed {
  readonly feed: string;
  readonly epoch?: string;
  /** The highest number applied; absent before the first page or subscription. */
  readonly last?: number;
  /** In the feed's order. */
  readonly messages: readonly Message[];
  readonly changes: Readonly<Record<string, Change>>;
  /** Appeals as they stand now, each at the number of its opening. */
  readonly cards: readonly AppealItem[];
  /** Newer cards of appeals whose opening is in a page that is not here yet. */
  readonly ahead: Readonly<Record<string, AppealCard>>;
  /** What the reader was told, in the feed's order. */
  readonly notices: readonly (Notice & { seq: number })[];
  /** Where older messages begin: a cursor, null at the very beginning, absent before the first page. */
  readonly older?: string | null;
  /** The highest number read by staff who owe this feed an answer. */
  readonly seen: number;
  /** A gap was found and the feed was asked for again; until the answer, gaps are no news. */
  readonly asking: boolean;
}

/**
 * What the owner of the state must do next: nothing, subscribe again, load the newest page again, or
 * forget the feed, because it was taken away.
 */
export type Need = 'nothing' | 'subscribe' | 'reload' | 'forget';

export interface Step {
  state: Feed;
  need: Need;
}

/** A feed of which nothing is known but how far staff have read it. */
export function emptyFeed(feed: string, seen = 0): Feed {
  return {
    feed,
    messages: [],
    changes: {},
    cards: [],
    ahead: {},
    notices: [],
    seen,
    asking: false,
  };
}

/** What to ask for when subscribing. */
export function positionOf(state: Feed): { after?: number; epoch?: string } {
  return {
    ...(state.last === undefined ? {} : { after: state.last }),
    ...(state.last === undefined || state.epoch === undefined ? {} : { epoch: state.epoch }),
  };
}

/** Applies one frame. Frames of other feeds change nothing. */
export function applyFrame(state: Feed, frame: ServerFrame): Step {
  if (!('feed' in frame) || frame.feed !== state.feed) return still(state);
  switch (frame.ev) {
    case 'subscribed':
      if (state.epoch !== undefined && state.epoch !== frame.epoch)
        return startOver(state, frame.epoch);
      return still({ ...state, epoch: frame.epoch, last: state.last ?? frame.head, asking: false });
    case 'entry':
      return applyEntry(state, frame.seq, frame.entry);
    case 'reset':
      return startOver(state, frame.epoch);
    case 'error':
      return TAKEN.includes(frame.code)
        ? { state: emptyFeed(state.feed), need: 'forget' }
        : still(state);
    case 'seen':
      return frame.seq > state.seen ? still({ ...state, seen: frame.seq }) : still(state);
    default:
      return still(state);
  }
}

/** Merges a page of history: the newest one, or an older one asked for with `state.older`. */
export function applyPage(state: Feed, page: Page<Item>, newest: boolean): Feed {
  const known = new Set(state.messages.map((message) => message.id));
  const fresh = page.items
    .filter((item) => item.kind === 'message')
    .filter((item) => !known.has(item.id))
    .map((item) => withChange(state, item));
  const messages = [...state.messages, ...fresh].sort((a, b) => a.seq - b.seq);
  const top = page.items.reduce((highest, item) => Math.max(highest, item.seq), 0);
  const changes = { ...state.changes };
  for (const message of fresh) delete changes[message.id];
  const items = page.items.filter((item) => item.kind === 'appeal');
  return {
    ...items.reduce(withItem, state),
    messages,
    changes,
    // Numbers above the newest item are edits, hides and cards at most; a replay of those changes nothing twice.
    last: state.last ?? top,
    older: newest && state.older !== undefined ? state.older : page.next,
  };
}

/** What an answer over HTTP already tells; the entry that follows says the same again. */
export function applyOwnChange(state: Feed, target: string, what: Change): Feed {
  return change(state, target, what);
}

function applyEntry(state: Feed, seq: number, entry: Entry): Step {
  // Nothing is known yet: the page on its way, and the subscription after it, bring this one too.
  if (state.last === undefined || seq <= state.last) return still(state);
  if (seq > state.last + 1) {
    return state.asking ? still(state) : { state: { ...state, asking: true }, need: 'subscribe' };
  }
  return still({ ...fold(state, seq, entry), last: seq });
}

function fold(state: Feed, seq: number, entry: Entry): Feed {
  switch (entry.kind) {
    case 'message': {
      if (state.messages.some((message) => message.id === entry.id)) return state;
      const { kind: _, hidden = false, ...rest } = entry;
      const message = withChange(state, { ...rest, seq, hidden });
      return { ...state, messages: [...state.messages, message].sort((a, b) => a.seq - b.seq) };
    }
    case 'edit':
      return change(state, entry.target, { text: entry.text });
    case 'hide':
      return change(state, entry.target, { reason: entry.reason });
    case 'appeal': {
      const { kind: _, ...card } = entry;
      return withCard(state, seq, card);
    }
    case 'notice': {
      const { kind: _, ...notice } = entry;
      return { ...state, notices: [...state.notices, { ...notice, seq }] };
    }
  }
}

/** A card is an appeal's present state. The first one seen stands for the opening, unless that lies in an older page. */
function withCard(state: Feed, seq: number, card: AppealCard): Feed {
  const known = state.cards.find(({ id }) => id === card.id);
  if (known !== undefined) return placed(state, { ...card, seq: known.seq });
  return isOlder(state, card)
    ? { ...state, ahead: { ...state.ahead, [card.id]: card } }
    : placed(state, { ...card, seq });
}

/** An appeal of a page; what the feed said of it meanwhile is newer. */
function withItem(state: Feed, { kind: _, ...item }: { kind: 'appeal' } & AppealItem): Feed {
  const known = state.cards.find(({ id }) => id === item.id);
  const { [item.id]: newer, ...ahead } = state.ahead;
  return placed({ ...state, ahead }, { ...(known ?? newer ?? item), seq: item.seq });
}

function placed(state: Feed, item: AppealItem): Feed {
  const others = state.cards.filter(({ id }) => id !== item.id);
  return { ...state, cards: [...others, item].sort((a, b) => a.seq - b.seq) };
}

/** Whether an appeal was opened before everything that is here, and there is more in the history. */
function isOlder(state: Feed, card: AppealCard): boolean {
  if (typeof state.older !== 'string') return false;
  const moments = [
    ...state.messages.slice(0, 1).map(({ at }) => at),
    ...state.cards.slice(0, 1).map(({ opened_at }) => opened_at),
  ].map(Date.parse);
  return moments.every((moment) => Date.parse(card.opened_at) < moment);
}

function change(state: Feed, target: string, what: Change): Feed {
  const at = state.messages.findIndex((message) => message.id === target);
  if (at < 0) {
    return {
      ...state,
      changes: { ...state.changes, [target]: { ...state.changes[target], ...what } },
    };
  }
  const messages = state.messages.map((message, i) =>
    i === at ? changed(message, what) : message,
  );
  return { ...state, messages };
}

function withChange(
  state: Feed,
  item: Omit<Message, 'edited' | 'hidden'> & { edited?: boolean; hidden?: boolean },
): Message {
  const { edited = false, hidden = false } = item;
  const message: Message = {
    id: item.id,
    seq: item.seq,
    at: item.at,
    author: item.author,
    text: hidden ? '' : item.text,
    edited,
    hidden,
    ...(item.cid === undefined ? {} : { cid: item.cid }),
    ...(item.reason === undefined ? {} : { reason: item.reason }),
  };
  const what = state.changes[item.id];
  return what === undefined ? message : changed(message, what);
}

/** Hidden is for ever: no edit brings a text back. */
function changed(message: Message, what: Change): Message {
  const hidden = message.hidden || what.reason !== undefined;
  return {
    ...message,
    hidden,
    text: hidden ? '' : (what.text ?? message.text),
    edited: message.edited || what.text !== undefined,
    ...(what.reason === undefined ? {} : { reason: what.reason }),
  };
}

function startOver(state: Feed, epoch: string): Step {
  return { state: { ...emptyFeed(state.feed), epoch }, need: 'reload' };
}

function still(state: Feed): Step {
  return { state, need: 'nothing' };
}
