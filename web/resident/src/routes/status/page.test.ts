import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '@medchat/wire/http.ts';
import type { AppealStatus, Problem } from '@medchat/wire/generated.ts';
import { fault, status as words } from '@medchat/ui/texts.ts';
import Page from './+page.svelte';

const { status, session, page } = vi.hoisted(() => ({
  status: vi.fn(),
  session: {
    subscribe: (run: (value: object) => void) => (run({ state: 'guest' }), () => {}),
  },
  page: { url: new URL('https://medchat.example/status?number=27-4183-6'), route: { id: '' } },
}));
vi.mock('$lib/client.ts', () => ({ appeals: { status }, session }));
vi.mock('$app/state', () => ({ page }));

const refused = (change: Partial<Problem>) =>
  new Refused({
    type: 'about:blank',
    title: '',
    status: 422,
    code: 'invalid',
    detail: '',
    ...change,
  });
const found: AppealStatus = {
  number: '27-4183-6',
  state: 'waiting_for_resident',
  category: 'appointment',
  organisation: 'Поликлиника № 41',
  room: 'Хабаровск. Здоровье',
  opened_at: '2026-11-23T02:20:00.000Z',
  clocks: [],
  time_zone: 'Asia/Vladivostok',
};

async function ask(code: string) {
  const { container } = render(Page);
  await fireEvent.input(screen.getByLabelText(words.code), { target: { value: code } });
  await fireEvent.submit(container.querySelector('form')!);
  return container;
}

describe('the state of an appeal by its number and code', () => {
  beforeEach(() => void status.mockReset());

  it('is shown in one sentence, and the heading takes the focus', async () => {
    status.mockResolvedValue(found);
    await ask(' AB4K-73EM ');
    const heading = await screen.findByRole('heading', { name: 'Обращение 27-4183-6' });
    expect(status).toHaveBeenCalledWith('27-4183-6', 'AB4K-73EM');
    expect(screen.getByText('Поликлиника ждёт ответа жителя')).toBeTruthy();
    await vi.waitFor(() => expect(document.activeElement).toBe(heading));
  });

  it('is not asked for without a code', async () => {
    await ask(' ');
    expect(await screen.findAllByText(words.code_empty)).toHaveLength(2);
    expect(status).not.toHaveBeenCalled();
  });

  it('tells kindly which of the two is mistyped, beside it', async () => {
    const errors = [{ field: 'number', code: 'mistyped', detail: '' }];
    status.mockRejectedValue(refused({ errors }));
    await ask('AB4K73EM');
    await screen.findAllByText(fault.number_mistyped);
    expect(screen.getByLabelText(words.number).getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByLabelText(words.code).hasAttribute('aria-invalid')).toBe(false);
  });

  it('blames neither when no appeal has both', async () => {
    status.mockRejectedValue(refused({ status: 404, code: 'not_found' }));
    await ask('AB4K73EM');
    await screen.findByText(words.unknown);
    expect(screen.getByLabelText(words.number).hasAttribute('aria-invalid')).toBe(false);
  });
});
