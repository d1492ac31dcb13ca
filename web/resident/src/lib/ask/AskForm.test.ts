// The form of a question: nobody names a topic, nothing personal leaves without a word, and what is sent is
// what stands in it.
import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Region, Room } from '@medchat/wire/generated.ts';
import { draftOf, keepDraft } from '@medchat/ui/drafts.svelte.ts';
import { ask as words } from '@medchat/ui/texts.ts';
import AskForm from './AskForm.svelte';

const { connection } = vi.hoisted(() => ({
  connection: { subscribe: (run: (value: string) => void) => (run('live'), () => {}) },
}));
vi.mock('$lib/client.ts', () => ({ connection }));

const room = {
  id: 'r',
  organisations: [
    { id: 'a', name: 'Поликлиника № 41' },
    { id: 'b', name: 'Больница № 2' },
  ],
  open_now: true,
  closes_at: null,
  next_opening: null,
  holiday: null,
} as unknown as Room;
const region = {
  time_zone: 'Asia/Vladivostok',
  outside_hours: 'queue',
  topic_policy: { accepted: ['appointment', 'other'], refused: [], reference: [] },
} as unknown as Region;

function open(change: Partial<Room> = {}, clinic?: { id: string; name: string }) {
  const onsend = vi.fn(() => Promise.resolve());
  const { container } = render(AskForm, { room: { ...room, ...change }, region, clinic, onsend });
  return { onsend, container, send: () => fireEvent.submit(container.querySelector('form')!) };
}
const write = (text: string) =>
  fireEvent.input(screen.getByLabelText(words.text), { target: { value: text } });
const chosen = (container: HTMLElement) =>
  [...container.querySelectorAll('.choice-row strong')].map(({ textContent }) => textContent);
const mainButton = (container: HTMLElement) =>
  container.querySelector('button[type="submit"]')?.textContent?.trim();

describe('the form of a question', () => {
  beforeEach(() => {
    keepDraft('r', '');
    keepDraft('r private', '');
  });

  it('goes to any clinic, about something else, unless one says otherwise', async () => {
    const { onsend, send, container } = open();
    expect(chosen(container)).toEqual([words.where_all, 'Другое']);
    await write('  Нет талонов  ');
    await send();
    expect(onsend).toHaveBeenCalledWith({
      text: 'Нет талонов',
      organisation: undefined,
      category: undefined,
      private_text: undefined,
    });
  });

  it.each([
    ['the clinic asked last', { id: 'b', name: 'Больница № 2' }, {}, 'Больница № 2'],
    ['the room’s default', undefined, { default_organisation: 'a' }, 'Поликлиника № 41'],
    [
      'the default, not a clinic of another medchat',
      { id: 'z', name: 'Чужая' },
      { default_organisation: 'a' },
      'Поликлиника № 41',
    ],
  ])('remembers %s', (_, clinic, change, name) => {
    expect(chosen(open(change, clinic).container)[0]).toBe(name);
  });

  it('lets one change both', async () => {
    const { onsend, send, container } = open();
    await fireEvent.click(screen.getByRole('button', { name: 'Изменить: Куда' }));
    await fireEvent.click(screen.getByText('Больница № 2'));
    await fireEvent.click(screen.getByRole('button', { name: 'Изменить: О чём' }));
    await fireEvent.click(screen.getByText('Запись к врачу'));
    expect(chosen(container)).toEqual(['Больница № 2', 'Запись к врачу']);
    await write('Нет талонов');
    await send();
    expect(onsend).toHaveBeenCalledWith(
      expect.objectContaining({ organisation: 'b', category: 'appointment' }),
    );
  });

  it('has nothing to change where one clinic answers', () => {
    open({ organisations: [room.organisations[0]!], default_organisation: 'a' });
    expect(screen.queryByRole('button', { name: 'Изменить: Куда' })).toBeNull();
  });

  it('asks for the question before it goes', async () => {
    const { onsend, send } = open();
    await send();
    expect(screen.getByRole('alert').textContent).toContain(words.text_empty);
    expect(document.activeElement).toBe(screen.getByLabelText(words.text));
    expect(onsend).not.toHaveBeenCalled();
  });

  it('offers to hide what looks personal, quoting nothing', async () => {
    const { container } = open();
    await write('Полис 6063 8129 0457 1238, мест нет');
    const card = container.querySelector('.finding');
    expect(card?.textContent).toContain(words.found_number);
    expect(card?.textContent).not.toMatch(/\d/);
    expect(mainButton(container)).toBe(words.send_number);
  });

  it('believes its author that it is not, until something else comes', async () => {
    const { container } = open();
    await write('Приказ 1234567890');
    await fireEvent.click(screen.getByRole('button', { name: words.not_personal }));
    expect(container.querySelector('.finding')).toBeNull();
    expect(mainButton(container)).toBe(words.send);
    await write('Приказ 1234567890, телефон 8 914 123-45-67');
    expect(mainButton(container)).toBe(words.send_phone);
  });

  it('keeps private details apart, and both drafts while the page lives', async () => {
    const { onsend, send } = open();
    await write('Нет талонов');
    const details = screen.getByLabelText(words.private);
    await fireEvent.input(details, { target: { value: ' Полис 1 ' } });
    expect([draftOf('r'), draftOf('r private')]).toEqual(['Нет талонов', ' Полис 1 ']);
    await send();
    expect(onsend).toHaveBeenCalledWith(expect.objectContaining({ private_text: 'Полис 1' }));
  });

  it('names the promise as a day and an hour when it is closed', async () => {
    const opens = new Date(Date.now() + 86_400_000).toISOString();
    const { container } = open({ open_now: false, next_opening: opens });
    await tick();
    expect(container.querySelector('.notice')?.textContent).toMatch(/ответят завтра до \d\d:\d\d/);
    expect(container.querySelector('.promise')?.textContent).toMatch(/Ответят завтра до \d\d:\d\d/);
  });
});
