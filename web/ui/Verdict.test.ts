import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import Rating from './Rating.svelte';
import { appeal_page as words } from './texts.ts';
import Verdict from './Verdict.svelte';

function ask(confirms = true, busy = false) {
  const on = { onconfirm: vi.fn(), oncontest: vi.fn() };
  const { container } = render(Verdict, { confirms, busy, ...on });
  return { ...on, container };
}
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

describe('the verdict', () => {
  it('is one press, and both answers look the same', async () => {
    const { onconfirm } = ask();
    const looks = screen.getAllByRole('button').map(({ className }) => className);
    expect(looks).toHaveLength(2);
    expect(looks[0]).toBe(looks[1]);
    await press(words.resolved);
    expect(onconfirm).toHaveBeenCalledOnce();
  });

  it('asks what is left, and does not go without it', async () => {
    const { oncontest, container } = ask();
    await press(words.unresolved);
    const field = screen.getByLabelText(words.contest_title);
    await vi.waitFor(() => expect(document.activeElement).toBe(field));
    await fireEvent.submit(container.querySelector('form')!);
    expect(oncontest).not.toHaveBeenCalled();
    expect(field.getAttribute('aria-invalid')).toBe('true');
    await fireEvent.input(field, { target: { value: ' Талонов нет ' } });
    await fireEvent.submit(container.querySelector('form')!);
    expect(oncontest).toHaveBeenCalledWith('Талонов нет');
  });

  it('can be left without saying anything', async () => {
    ask();
    await press(words.unresolved);
    await press(words.contest_back);
    expect(screen.getByText(words.verdict)).toBeTruthy();
  });

  it('after a silent closing has one answer left', () => {
    ask(false);
    expect(screen.queryByRole('button', { name: words.resolved })).toBeNull();
    expect(screen.getByRole('button', { name: words.unresolved })).toBeTruthy();
  });

  it('is not given twice', async () => {
    const { onconfirm } = ask(true, true);
    await press(words.resolved);
    expect(onconfirm).not.toHaveBeenCalled();
  });
});

describe('the mark', () => {
  it('is one press of five', async () => {
    const onrate = vi.fn();
    render(Rating, { score: null, busy: false, onrate });
    expect(screen.getAllByRole('button')).toHaveLength(5);
    await press('Оценка 4 из 5');
    expect(onrate).toHaveBeenCalledWith(4);
  });

  it('is not given twice, and is thanked for', async () => {
    const onrate = vi.fn();
    const { rerender } = render(Rating, { score: null, busy: true, onrate });
    await press('Оценка 4 из 5');
    expect(onrate).not.toHaveBeenCalled();
    await rerender({ score: 4, busy: false, onrate });
    expect(screen.getByRole('status').textContent).toBe('Спасибо! Вы поставили 4');
    expect(screen.queryAllByRole('button')).toEqual([]);
  });
});
