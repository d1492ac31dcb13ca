// How one appeal stands for its reader: the whole appeal as HTTP told it, its lanes as their feeds go on,
// and who else looks at it. Pure, like reduce.ts, on which its lanes rest.

import type { Appeal, AppealCard, Lane, LaneView, ServerFrame, Viewer } from './generated.ts';
import { applyFrame, applyPage, emptyFeed, type Feed } from './reduce.ts';

export interface Standing {
  readonly appeal: Appeal;
  readonly public: Feed;
  /** Absent for whoever may not read it. */
  readonly private?: Feed;
  /** Colleagues who look at it now. */
  readonly viewers: readonly Viewer[];
}

export interface Step {
  standing: Standing;
  /** Feeds to ask for again. */
  subscribe: readonly string[];
  /** Something happened of which only the whole appeal tells all: its log, its clocks, what one may do. */
  reload: boolean;
}

/** The states in which somebody owes something. */
export const OPEN: readonly AppealCard['state'][] = [
  'new',
  'accepted',
  'in_work',
  'waiting_for_resident',
  'contested',
];

/** Takes the appeal HTTP told, over what the feeds told before. */
export function standingOf(appeal: Appeal, before?: Standing): Standing {
  const { public: open, private: closed } = appeal.lanes;
  return {
    appeal,
    public: laneOf(open, before?.public),
    ...(closed === undefined ? {} : { private: laneOf(closed, before?.private) }),
    viewers: before?.viewers ?? [],
  };
}

/** Applies one frame. Frames about something else change nothing. */
export function applyToStanding(standing: Standing, frame: ServerFrame): Step {
  const { id } = standing.appeal;
  if (frame.ev === 'viewing' && frame.appeal === id)
    return { standing: { ...standing, viewers: frame.people }, subscribe: [], reload: false };
  if (frame.ev === 'entry' && frame.entry.kind === 'appeal' && frame.entry.id === id) {
    const { kind: _, ...card } = frame.entry;
    return { standing: withCard(standing, card, frame.feed), subscribe: [], reload: true };
  }
  const lanes = (['public', 'private'] as const).map((lane) => stepOfLane(standing, lane, frame));
  return lanes.find((step) => step !== undefined) ?? still(standing);
}

/** What may be written after: the lane's head one has seen. */
export function headOf(standing: Standing, lane: Lane): number {
  return standing[lane]?.last ?? 0;
}

function stepOfLane(standing: Standing, lane: Lane, frame: ServerFrame): Step | undefined {
  const feed = standing[lane];
  if (feed === undefined) return undefined;
  const { state, need } = applyFrame(feed, frame);
  if (state === feed) return undefined;
  if (need === 'forget' && lane === 'private') {
    const { private: _, ...rest } = standing;
    return { standing: rest, subscribe: [], reload: true };
  }
  return {
    standing: { ...standing, [lane]: state },
    subscribe: need === 'subscribe' ? [feed.feed] : [],
    reload: need === 'reload' || need === 'forget' || frame.ev === 'entry',
  };
}

/** A card names who works on the appeal on desks alone: elsewhere its silence means nothing. */
function withCard(standing: Standing, card: AppealCard, feed: string): Standing {
  const { assignee, ...appeal } = standing.appeal;
  const kept = feed.startsWith('desk:') || assignee === undefined ? {} : { assignee };
  return { ...standing, appeal: { ...appeal, ...kept, ...card } };
}

/** A lane over HTTP is its present state; what the feed told is as new or newer unless the numbers say otherwise. */
function laneOf(view: LaneView, before: Feed | undefined): Feed {
  const same = before !== undefined && before.epoch === view.epoch;
  if (same && (before.last ?? 0) >= view.head)
    return { ...before, seen: Math.max(before.seen, view.seen) };
  const items = view.messages.map((message) => ({ kind: 'message' as const, ...message }));
  const page = applyPage(emptyFeed(view.feed, view.seen), { items, next: null }, true);
  const told = { ...page, epoch: view.epoch, last: view.head };
  if (!same) return told;
  const ids = new Set(told.messages.map(({ id }) => id));
  const cids = new Map(before.messages.map(({ id, cid }) => [id, cid]));
  return {
    ...told,
    seen: Math.max(before.seen, view.seen),
    messages: [
      ...before.messages.filter(({ id }) => !ids.has(id)),
      ...told.messages.map((message) => {
        const cid = cids.get(message.id);
        return cid === undefined ? message : { ...message, cid };
      }),
    ].sort((a, b) => a.seq - b.seq),
  };
}

function still(standing: Standing): Step {
  return { standing, subscribe: [], reload: false };
}
