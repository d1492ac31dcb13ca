// Where one answers in a lane: the lane's name is on the button, the final answer asks for its outcome, and
// what everybody would see is looked through first.
import { render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Lane } from '@medchat/wire/generated.ts';
import { keepDraft } from '@medchat/ui/drafts.svelte.ts';
import { work as words } from '@medchat/ui/texts.ts';
import { openComposing, type Composing } from './composing.svelte.ts';
import LaneComposer from './LaneComposer.svelte';

vi.mock('$lib/client.ts', () => ({ desk: { zone: 'Asia/Vladivostok' } }));

let stop = () => {};
beforeEach(() => ['public', 'private'].forEach((lane) => keepDraft(`x ${lane}`, '')));
afterEach(() => stop());

function stage(lane: Lane, may = ['messages', 'ask', 'final-answer']) {
  const say = vi.fn(async () => 'c1');
  const finalAnswer = vi.fn(async () => ({ id: 'x' }) as never);
  let composing!: Composing;
  stop = $effect.root(() => {
    composing = openComposing({
      id: 'x',
      lane,
      open: { head: () => 3, say, take: () => {} },
      appeals: { ask: vi.fn(), finalAnswer },
      me: 'ira',
      lines: () => [],
      onchange: () => {},
    });
  });
  const onmove = vi.fn();
  const onsent = vi.fn();
  render(LaneComposer, {
    composing,
    may,
    active: true,
    onactive: () => {},
    onmove: lane === 'public' ? onmove : undefined,
    onsent,
  });
  const writes = (text: string) => flushSync(() => (composing.text = text));
  const presses = (key: string, more: KeyboardEventInit = {}) => {
    const field = screen.getByRole('textbox');
    field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
    flushSync();
  };
  return { composing, say, finalAnswer, onmove, onsent, writes, presses };
}

test.each<[Lane, string]>([
  ['public', words.send_public],
  ['private', words.send_private],
])('the button of the %s lane names it, and Ctrl+Enter is its press', async (lane, name) => {
  const { say, writes, presses } = stage(lane);
  expect(screen.getByRole('button', { name: new RegExp(name) })).toBeTruthy();
  writes('Кабинет 112');
  presses('Enter');
  expect(say).not.toHaveBeenCalled();
  presses('Enter', { ctrlKey: true });
  await vi.waitFor(() => expect(say).toHaveBeenCalledWith('Кабинет 112', { lane, seen: 3 }));
});

test('a final answer without its outcome says what is missing and goes nowhere', async () => {
  const { composing, finalAnswer, writes, presses, onsent } = stage('public');
  flushSync(() => (composing.mode = 'final'));
  writes('Записали');
  presses('Enter', { ctrlKey: true });
  await vi.waitFor(() =>
    expect(screen.getByRole('alert').textContent).toContain(words.outcome_missing),
  );
  expect(finalAnswer).not.toHaveBeenCalled();
  screen.getByLabelText<HTMLInputElement>(words.outcome_resolved).click();
  presses('Enter', { ctrlKey: true });
  await vi.waitFor(() => expect(onsent).toHaveBeenCalledWith('final'));
});

test('a phone for everybody to see is told before it is sent, with the way to the private lane', () => {
  const { writes, onmove } = stage('public');
  writes('Позвоните +7 914 555-01-22');
  expect(screen.getByText(words.personal_phone)).toBeTruthy();
  screen.getByRole('button', { name: words.personal_move }).click();
  expect(onmove).toHaveBeenCalledOnce();
});

test('in the private lane nothing is asked; who may only write sees no other ways', () => {
  const { writes } = stage('private', ['messages']);
  writes('Позвоните +7 914 555-01-22');
  expect(screen.queryByText(words.personal_phone)).toBeNull();
  expect(screen.queryByRole('checkbox')).toBeNull();
});
