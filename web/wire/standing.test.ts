// How one appeal stands: what HTTP told and what the feeds told meet in either order.

import { describe, expect, test } from 'vitest';

import type { Entry, ServerFrame } from './generated.ts';
import { applyToStanding, headOf, standingOf, type Standing } from './standing.ts';
import { appeal, card, message } from './tests/stage.ts';

const said = (seq: number): Entry => {
  const { seq: _, edited: __, ...rest } = message(seq);
  return { kind: 'message', ...rest, cid: `c${seq}` };
};
const inLane = (lane: string, seq: number, entry: Entry): ServerFrame => ({
  ev: 'entry',
  feed: `appeal:x:${lane}`,
  seq,
  entry,
});
const texts = ({ public: lane }: Standing) => lane.messages.map(({ text }) => text);
const both = () => standingOf(appeal('x', {}, { private: [message(1)] }));

describe('lanes', () => {
  test('a message lands in its lane and asks for the log', () => {
    const step = applyToStanding(both(), inLane('private', 2, said(2)));
    expect(step.reload).toBe(true);
    expect(headOf(step.standing, 'private')).toBe(2);
    expect(headOf(step.standing, 'public')).toBe(1);
  });

  test('a gap asks for the lane again', () => {
    const step = applyToStanding(both(), inLane('public', 5, said(5)));
    expect(step.subscribe).toEqual(['appeal:x:public']);
  });

  test('a private lane that is taken away is gone with all it said', () => {
    const taken: ServerFrame = {
      ev: 'error',
      feed: 'appeal:x:private',
      code: 'not_found',
      detail: '',
    };
    const step = applyToStanding(both(), taken);
    expect(step.standing.private).toBeUndefined();
    expect(step.reload).toBe(true);
  });

  test('frames of other appeals change nothing', () => {
    const standing = both();
    const other: ServerFrame = { ev: 'entry', feed: 'appeal:y:public', seq: 2, entry: said(2) };
    expect(applyToStanding(standing, other).standing).toBe(standing);
    const card_ = { kind: 'appeal' as const, ...card('y') };
    const elsewhere: ServerFrame = { ev: 'entry', feed: 'room:a', seq: 9, entry: card_ };
    expect(applyToStanding(standing, elsewhere).standing).toBe(standing);
  });
});

describe('the whole appeal over what is here', () => {
  test('an answer older than the feed takes no message back', () => {
    const ahead = applyToStanding(both(), inLane('public', 2, said(2))).standing;
    expect(texts(standingOf(appeal('x'), ahead))).toEqual(['текст 1', 'текст 2']);
  });

  test('a newer one brings what the feed did not, and keeps the names of one’s own', () => {
    const ahead = applyToStanding(both(), inLane('public', 2, said(2))).standing;
    const newer = appeal('x', {}, { public: [message(2), message(3)] });
    const standing = standingOf(newer, ahead);
    expect(texts(standing)).toEqual(['текст 1', 'текст 2', 'текст 3']);
    expect(standing.public.messages[1]?.cid).toBe('c2');
    expect(headOf(standing, 'public')).toBe(3);
  });

  test('another history replaces the lane', () => {
    const restored = appeal('x');
    restored.lanes.public = { ...restored.lanes.public, epoch: 'e2', head: 0, messages: [] };
    expect(texts(standingOf(restored, both()))).toEqual([]);
  });
});

describe('cards', () => {
  const assignee = { id: 'ira', name: 'Ирина Седова' };
  const told = (feed: string, change = {}): ServerFrame => ({
    ev: 'entry',
    feed,
    seq: 7,
    entry: { kind: 'appeal', ...card('x', change) },
  });

  test('a card of any feed changes how it stands and asks for the log', () => {
    const step = applyToStanding(both(), told('room:a', { state: 'answered' }));
    expect(step.standing.appeal.state).toBe('answered');
    expect(step.reload).toBe(true);
  });

  test('who works on it is a matter of desks: a room’s silence says nothing', () => {
    const taken = applyToStanding(both(), told('desk:org-a', { assignee })).standing;
    expect(taken.appeal.assignee).toEqual(assignee);
    const room = applyToStanding(taken, told('room:a')).standing;
    expect(room.appeal.assignee).toEqual(assignee);
    const back = applyToStanding(taken, told('desk:org-a')).standing;
    expect(back.appeal).not.toHaveProperty('assignee');
  });

  test('colleagues come and go', () => {
    const people = [{ name: 'Олег Минаев', drafting: true }];
    const here = applyToStanding(both(), { ev: 'viewing', appeal: 'x', people }).standing;
    expect(here.viewers).toEqual(people);
    const elsewhere: ServerFrame = { ev: 'viewing', appeal: 'y', people: [] };
    expect(applyToStanding(here, elsewhere).standing).toBe(here);
  });
});
