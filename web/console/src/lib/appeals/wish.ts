// What somebody wants to see of the queue: it lives in the address, so that a link shows the same. And the
// groups that come of it, due first. Pure.
import type { AppealCard, AppealState } from '@medchat/wire/generated.ts';
import { opening } from '@medchat/ui/say.ts';
import { topics } from '@medchat/ui/texts.ts';
import { dayOf } from '@medchat/ui/when.ts';
import type { Ended } from '@medchat/wire/queue.ts';
import { OPEN } from '@medchat/wire/standing.ts';
import { isOpen, urgencyOf } from './urgency.ts';

export type Whose = 'all' | 'mine' | 'nobodys';

export interface Wish {
  whose: Whose;
  /** Absent: every open one. */
  state?: AppealState | 'over';
  room?: string;
  category?: string;
  /** A number or words, in any order. */
  q: string;
}

export type GroupKey = 'late' | 'today' | 'later' | 'paused' | 'over';

export interface Group {
  key: GroupKey;
  cards: AppealCard[];
}

export const OVER: readonly AppealState[] = [
  'answered',
  'confirmed',
  'closed_silent',
  'refused',
  'withdrawn',
  'merged',
];

const WHOSE: readonly string[] = ['all', 'mine', 'nobodys'];
const STATES: readonly string[] = [...OPEN, ...OVER, 'over'];
const ORDER: readonly GroupKey[] = ['late', 'today', 'later', 'paused', 'over'];

/** What an address wishes; what it does not understand is not wished. */
export function wishOf(search: URLSearchParams): Wish {
  const whose = search.get('whose') ?? '';
  const state = search.get('state') ?? '';
  const room = search.get('room');
  const category = search.get('category');
  return {
    whose: WHOSE.includes(whose) ? (whose as Whose) : 'all',
    ...(STATES.includes(state) ? { state: state as AppealState | 'over' } : {}),
    ...(room ? { room } : {}),
    ...(category ? { category } : {}),
    q: search.get('q') ?? '',
  };
}

/** The same as an address says it, with its `?`; nothing for a wish without wishes. */
export function searchOf({ whose, state, room, category, q }: Wish): string {
  const search = new URLSearchParams();
  if (whose !== 'all') search.set('whose', whose);
  if (state) search.set('state', state);
  if (room) search.set('room', room);
  if (category) search.set('category', category);
  if (q) search.set('q', q);
  return search.size === 0 ? '' : `?${search}`;
}

/** How many filters are set beside whose they are and the words. */
export const filtersIn = ({ state, room, category }: Wish): number =>
  [state, room, category].filter(Boolean).length;

/** What of the closed ones a wish needs listed. Their words are the server's to look for: it knows them all. */
export const endedFor = ({ state, q }: Wish): Ended => {
  if (state === 'over') return { states: OVER, q };
  return state === undefined || isOpen(state) ? { states: [], q: '' } : { states: [state], q };
};

export const topicWords = (category: string): string =>
  opening((topics as Readonly<Record<string, string>>)[category] ?? category);

const folded = (text: string) => text.toLowerCase().replaceAll('ё', 'е');
const digits = (text: string) => text.replace(/\D/g, '');

function matches(card: AppealCard, q: string): boolean {
  const wanted = folded(q).split(/\s+/).filter(Boolean);
  const text = folded(
    [card.excerpt, card.author.alias, topicWords(card.category), card.assignee?.name].join(' '),
  );
  const number = digits(card.number);
  return wanted.every(
    (word) =>
      text.includes(word) ||
      (digits(word).length > 1 && !/\p{L}/u.test(word) && number.includes(digits(word))),
  );
}

/** Whether it is one of those wished; `me` is the employee. */
export function isWished(card: AppealCard, wish: Wish, me: string): boolean {
  const { whose, state, room, category } = wish;
  if (whose === 'mine' && card.assignee?.id !== me) return false;
  if (whose === 'nobodys' && card.assignee !== undefined) return false;
  if (room !== undefined && card.room !== room) return false;
  if (category !== undefined && card.category !== category) return false;
  return isInState(card.state, state) && matches(card, wish.q);
}

function isInState(state: AppealState, wished: Wish['state']): boolean {
  if (wished === undefined) return isOpen(state);
  return wished === 'over' ? !isOpen(state) : state === wished;
}

/** The wished cards in groups, due first; empty groups are left out. `keep` stays whatever the wish. */
export function groupsOf(
  cards: readonly AppealCard[],
  wish: Wish,
  at: { me: string; now: number; zone: string; keep?: string | undefined },
): Group[] {
  const shown = cards
    .filter((card) => card.id === at.keep || isWished(card, wish, at.me))
    .map((card) => ({ card, turn: turnOf(card, at.now, at.zone) }))
    .sort((a, b) => a.turn.at - b.turn.at || a.card.id.localeCompare(b.card.id));
  return ORDER.map((key) => ({
    key,
    cards: shown.filter(({ turn }) => turn.key === key).map(({ card }) => card),
  })).filter((group) => group.cards.length > 0);
}

/** Its group and place: by the due moment; paused ones longest open first; those that are over, the latest first. */
function turnOf(card: AppealCard, now: number, zone: string): { key: GroupKey; at: number } {
  const { look, due } = urgencyOf(card, now, zone);
  const opened = Date.parse(card.opened_at);
  if (!isOpen(card.state)) {
    const stops = card.clocks.flatMap(({ stopped_at }) =>
      stopped_at ? [Date.parse(stopped_at)] : [],
    );
    return { key: 'over', at: -Math.max(opened, ...stops) };
  }
  if (due === undefined) return { key: 'paused', at: opened };
  if (look === 'late') return { key: 'late', at: due };
  return { key: dayOf(due, zone) === dayOf(now, zone) ? 'today' : 'later', at: due };
}

/** The next appeal after `from` in the groups' order, going round, of those that wait for staff: for the key that goes on. */
export function nextIn(groups: readonly Group[], from: string | undefined): AppealCard | undefined {
  const waiting = groups
    .filter(({ key }) => key !== 'over' && key !== 'paused')
    .flatMap(({ cards }) => cards);
  const at = waiting.findIndex(({ id }) => id === from);
  return waiting[at + 1] ?? waiting.find(({ id }) => id !== from);
}
