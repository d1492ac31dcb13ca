import { flushSync } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { Appeal, Message } from '@medchat/wire/generated.ts';
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import type { Line } from '@medchat/wire/timeline.ts';
import { keepDraft } from '@medchat/ui/drafts.svelte.ts';
import { openComposing } from './composing.svelte.ts';

const oleg = { id: 'oleg', kind: 'staff' as const, alias: 'Олег Минаев' };
const line = (seq: number, change: Partial<Line> = {}): Line => ({
  key: `m${seq}`,
  id: `m${seq}`,
  seq,
  at: '2026-11-23T02:20:00.000Z',
  own: false,
  author: oleg,
  text: `текст ${seq}`,
  edited: false,
  hidden: false,
  ...change,
});

let stop = () => {};
afterEach(() => {
  stop();
  keepDraft('x public', '');
});

function stage(lane: 'public' | 'private' = 'public') {
  let lines = $state.raw<Line[]>([line(1, { author: { ...oleg, id: 'nina', kind: 'resident' } })]);
  const answered = { id: 'x', state: 'answered' } as Appeal;
  const open = {
    head: () => Math.max(...lines.map(({ seq }) => seq ?? 0)),
    say: vi.fn(async (): Promise<string | undefined> => 'c1'),
    take: vi.fn(),
  };
  const appeals = { ask: vi.fn(async () => answered), finalAnswer: vi.fn(async () => answered) };
  const onchange = vi.fn();
  const composing = { current: undefined as unknown as ReturnType<typeof openComposing> };
  stop = $effect.root(() => {
    composing.current = openComposing({
      id: 'x',
      lane,
      open,
      appeals,
      me: 'ira',
      lines: () => lines,
      onchange,
    });
  });
  const comes = (one: Line) => {
    lines = [...lines, one];
    flushSync();
  };
  return { composing: composing.current, open, appeals, onchange, comes };
}

test('an answer leaves through the outbox with what was seen when it was begun', async () => {
  const { composing, open, comes } = stage();
  composing.text = 'Смотрю талоны';
  comes(line(2, { author: { ...oleg, id: 'nina', kind: 'resident' } }));
  expect(await composing.send()).toBe('sent');
  expect(open.say).toHaveBeenCalledWith('Смотрю талоны', { lane: 'public', seen: 1 });
  expect(composing.text).toBe('');
});

test('a colleague’s word that comes while one writes asks for a decision first', async () => {
  const { composing, open, comes } = stage();
  comes(line(2));
  composing.text = 'Смотрю талоны';
  expect(composing.unread).toEqual([]);
  comes(line(3));
  comes(line(4, { author: { ...oleg, id: 'ira' } }));
  expect(composing.unread.map(({ id }) => id)).toEqual(['m3']);
  expect(await composing.send()).toBe('stale');
  expect(open.say).not.toHaveBeenCalled();
  composing.acknowledge();
  expect(await composing.send()).toBe('sent');
  expect(open.say).toHaveBeenCalledWith('Смотрю талоны', { lane: 'public', seen: 4 });
});

test('the final answer needs an outcome, goes once under its key, and clears the draft', async () => {
  const { composing, appeals, onchange, open } = stage();
  composing.text = 'Записали';
  composing.mode = 'final';
  expect(await composing.send()).toBe('outcome');
  expect(composing.mistake).toBeDefined();
  composing.outcome = 'resolved';
  appeals.finalAnswer.mockRejectedValueOnce(new Unreachable(undefined));
  expect(await composing.send()).toBe('refused');
  expect(composing.text).toBe('Записали');
  expect(await composing.send()).toBe('sent');
  const keys = (appeals.finalAnswer.mock.calls as unknown[][]).map((call) => call[2]);
  expect(keys[0]).toBe(keys[1]);
  expect(appeals.finalAnswer.mock.calls.at(-1)).toMatchObject([
    'x',
    { text: 'Записали', lane: 'public', seen: 1, outcome: 'resolved' },
    expect.anything(),
  ]);
  expect(onchange).toHaveBeenCalledOnce();
  expect(open.take).toHaveBeenCalledOnce();
  expect([composing.text, composing.mode]).toEqual(['', 'reply']);
});

test('a stale view told by the server keeps the draft and names what is missing', async () => {
  const { composing, appeals } = stage('private');
  composing.text = 'Какой полис?';
  composing.mode = 'ask';
  const missing: Message[] = [{ seq: 2, id: 'm2', at: '', author: oleg, text: 'Спросил уже' }];
  appeals.ask.mockRejectedValueOnce(
    new Refused({ type: '', title: '', status: 409, code: 'stale_view', detail: '', missing }),
  );
  expect(await composing.send()).toBe('stale');
  expect(composing.unread).toEqual(missing);
  expect(composing.text).toBe('Какой полис?');
  composing.acknowledge();
  expect(await composing.send()).toBe('sent');
  expect(appeals.ask.mock.calls.at(-1)).toMatchObject(['x', { lane: 'private', seen: 2 }, {}]);
});

test('only what everybody would see is looked through for personal data', () => {
  const open = stage().composing;
  open.text = 'Позвоните +7 914 555-01-22';
  expect(open.personal).toBe('phone');
  stop();
  const closed = stage('private').composing;
  closed.text = 'Позвоните +7 914 555-01-22';
  expect(closed.personal).toBeUndefined();
});

test('nothing is not sent, nor more than the contract takes', async () => {
  const { composing, open } = stage();
  expect(await composing.send()).toBe('text');
  composing.text = 'я'.repeat(4_001);
  expect(await composing.send()).toBe('text');
  expect(open.say).not.toHaveBeenCalled();
});
