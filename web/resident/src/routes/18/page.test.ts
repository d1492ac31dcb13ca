// The page of a slip's code: what is said in each standing and after each outcome, and that the code leaves the
// address, is kept over sign-in, and is never asked about twice.
import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import type { Code } from '@medchat/wire/generated.ts';
import { kit, verify as words } from '@medchat/ui/texts.ts';
import { heldCode, holdCode } from '$lib/verify/slip.ts';
import Page from './+page.svelte';

const RIGHT = '000000000076';
const SHOWN = '000 000 000 076';

const { session, connection, byDeskCode, refresh, replaceState, page, entered } = vi.hoisted(() => {
  type Run = (value: unknown) => void;
  function cell(value: unknown) {
    const runs = new Set<Run>();
    return {
      get: () => value,
      set(next: unknown) {
        value = next;
        for (const run of runs) run(next);
      },
      subscribe(run: Run) {
        runs.add(run);
        run(value);
        return () => runs.delete(run);
      },
    };
  }
  return {
    session: cell({ state: 'guest' }),
    connection: cell('live'),
    byDeskCode: vi.fn(),
    refresh: vi.fn(),
    replaceState: vi.fn(),
    page: { url: new URL('https://medchat.example/18'), route: { id: '/18' }, state: {} },
    entered: [] as (() => Promise<void>)[],
  };
});
vi.mock('$lib/client.ts', () => ({
  client: { hurry: vi.fn() },
  connection,
  session,
  http: { me: () => Promise.resolve({ rooms: [] }), refresh },
  verification: { byDeskCode },
}));
vi.mock('$app/state', () => ({ page }));
vi.mock('$app/navigation', () => ({
  replaceState,
  afterNavigate: (run: () => Promise<void>) => entered.push(run),
}));

const refused = (code: Code, more: { retryAfter?: number; fault?: string } = {}) => {
  const errors = more.fault ? [{ field: 'code', code: more.fault, detail: '' }] : [];
  const problem = { type: '', title: '', status: 400, code, detail: '', errors };
  return new Refused(problem, more.retryAfter);
};
const signIn = (verified_adult = false, kind = 'resident') =>
  session.set({ state: 'signed_in', account: { id: 'a', kind, alias: 'Нина К.', verified_adult } });
const title = (name: string) => screen.findByRole('heading', { level: 1, name });

async function press() {
  const { container } = render(Page);
  await fireEvent.submit(container.querySelector('form')!);
}

beforeEach(() => {
  byDeskCode.mockReset();
  refresh.mockReset().mockResolvedValue(true);
  replaceState.mockReset();
  entered.length = 0;
  location.hash = '';
  holdCode('');
  connection.set('live');
  signIn();
});

describe('before a try', () => {
  it('takes the code out of the address and waits for a press', async () => {
    location.hash = `#${RIGHT}`;
    render(Page);
    await entered[0]!();
    expect(screen.getByLabelText<HTMLInputElement>(words.code).value).toBe(SHOWN);
    expect(replaceState.mock.calls[0]![0]).not.toContain(RIGHT);
    expect(heldCode()).toBe(RIGHT);
    expect(byDeskCode).not.toHaveBeenCalled();
  });

  it('shows a guest that the code is kept, and both ways in lead back here', () => {
    session.set({ state: 'guest' });
    holdCode(RIGHT);
    render(Page);
    screen.getByText(SHOWN);
    screen.getByText(words.guest_text);
    for (const [name, path] of [
      [words.sign_up, '/sign-up'],
      [words.sign_in, '/sign-in'],
    ] as const)
      expect(screen.getByRole('link', { name }).getAttribute('href')).toBe(`${path}?next=%2F18`);
  });

  it.each([
    ['', words.code_empty],
    ['4029', 'Не хватает 8 цифр. Допишите код с талона'],
    ['000000000077', words.code_mistyped],
  ])('asks nobody about «%s»', async (code, mistake) => {
    holdCode(code);
    await press();
    expect((await screen.findAllByText(mistake)).length).toBeGreaterThan(0);
    await vi.waitFor(() => expect(document.activeElement?.id).toBe('code'));
    expect(byDeskCode).not.toHaveBeenCalled();
  });

  it('spends no code of somebody who is verified or works here', () => {
    holdCode(RIGHT);
    signIn(true);
    const { unmount } = render(Page);
    screen.getByText(words.already_unspent);
    unmount();
    signIn(false, 'staff');
    render(Page);
    screen.getByText(words.staff_title);
    expect(document.querySelector('form')).toBeNull();
  });
});

describe('a try', () => {
  beforeEach(() => holdCode(RIGHT));

  it('that wins says so, forgets the code and leads on', async () => {
    byDeskCode.mockResolvedValue({});
    await press();
    const heading = await title(words.done_title);
    await vi.waitFor(() => expect(document.activeElement).toBe(heading));
    expect(byDeskCode).toHaveBeenCalledExactlyOnceWith(RIGHT);
    expect(refresh).toHaveBeenCalled();
    expect(heldCode()).toBe('');
    screen.getByRole('link', { name: words.find });
  });

  it('whose answer was lost turns out to have won', async () => {
    byDeskCode.mockRejectedValueOnce(new Unreachable(null));
    await press();
    await title(words.offline_title);
    byDeskCode.mockRejectedValueOnce(refused('code_used'));
    refresh.mockImplementation(async () => (signIn(true), true));
    await fireEvent.click(screen.getByRole('button', { name: kit.retry }));
    await title(words.done_title);
  });

  it.each([
    [refused('code_used'), words.used_title, words.another, ''],
    [refused('code_expired'), words.expired_title, words.another, ''],
    [refused('invalid', { fault: 'unknown' }), words.unknown_title, words.unknown_go, SHOWN],
    [refused('rate_limited', { retryAfter: 900 }), words.waits_title, words.unknown_go, SHOWN],
  ])('that fails has its own words and way back: %#', async (error, heading, button, left) => {
    byDeskCode.mockRejectedValue(error);
    await press();
    await title(heading);
    await fireEvent.click(screen.getByRole('button', { name: button }));
    const field = await screen.findByLabelText<HTMLInputElement>(words.code);
    expect(field.value).toBe(left);
    await vi.waitFor(() => expect(document.activeElement).toBe(field));
  });

  it('of somebody verified elsewhere leaves the code', async () => {
    byDeskCode.mockRejectedValue(refused('already_done'));
    await press();
    await title(words.already_title);
    screen.getByText(words.already_unspent);
  });

  it('by whoever is signed out by now waits for sign-in', async () => {
    byDeskCode.mockImplementation(async () => {
      session.set({ state: 'guest' });
      throw refused('unauthenticated');
    });
    await press();
    await title(words.guest_title);
    signIn();
    expect((await screen.findByLabelText<HTMLInputElement>(words.code)).value).toBe(SHOWN);
  });
});
