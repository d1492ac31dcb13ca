import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { draftOf, keepDraft } from '@medchat/ui/drafts.svelte.ts';
import { appeal_page as words } from '@medchat/ui/texts.ts';
import Reply from './Reply.svelte';

function open(usual: 'public' | 'private' = 'public') {
  const onsend = vi.fn(() => Promise.resolve());
  const { container } = render(Reply, { appeal: 'x', label: words.reply, usual, onsend });
  const button = () => container.querySelector('button[type="submit"]')?.textContent?.trim();
  const write = (value: string) =>
    fireEvent.input(screen.getByLabelText(words.reply), { target: { value } });
  return { onsend, button, write, send: () => fireEvent.submit(container.querySelector('form')!) };
}

describe('a reply', () => {
  beforeEach(() => keepDraft('x', ''));

  it('writes on its button who will see it', async () => {
    const { button, onsend, write, send } = open();
    expect(button()).toBe(words.send_public);
    await fireEvent.click(screen.getByRole('button', { name: words.lane_private }));
    expect(button()).toBe(words.send_private);
    expect(screen.getByText(words.seen_private)).toBeTruthy();
    await write(' Кабинет 207? ');
    await send();
    expect(onsend).toHaveBeenCalledWith('Кабинет 207?', 'private');
    expect(draftOf('x')).toBe('');
  });

  it('begins where the clinic spoke last', () => {
    expect(open('private').button()).toBe(words.send_private);
  });

  it('says that what is personal will be hidden from others', async () => {
    const { button, write } = open();
    await write('Мой телефон 8 914 123-45-67');
    expect(button()).toBe(words.send_hidden);
    expect(screen.getByText(words.seen_hidden)).toBeTruthy();
  });

  it('sends nothing empty and nothing too long', async () => {
    const { onsend, write, send } = open();
    await send();
    await write('я'.repeat(4_001));
    await send();
    expect(screen.getByRole('alert').textContent).toContain('Длиннее на 1 знак');
    expect(onsend).not.toHaveBeenCalled();
  });
});
