// Text is text: nothing a person writes can become markup, look like a clinic, or come back once hidden.
import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import Bubble from './Bubble.svelte';
import StaffAnswer from './StaffAnswer.svelte';
import { kit } from './texts.ts';

const said = { alias: 'Галина П.', time: '12:02', at: '2026-11-23T02:02:00.000Z' };

describe('Bubble', () => {
  it('shows markup as the text it is', () => {
    const text = '<img src=x onerror=alert(1)> & <b>жирно</b>';
    const { container } = render(Bubble, { ...said, text });
    expect(container.querySelector('img, b')).toBeNull();
    expect(container.querySelector('.words')?.textContent).toBe(text);
  });

  it('puts words in the place of a hidden text and no mark of an edit', () => {
    render(Bubble, { ...said, text: 'прежний текст', gone: 'Скрыто', edited: true });
    expect(screen.getByText('Скрыто')).toBeTruthy();
    expect(screen.queryByText('прежний текст')).toBeNull();
    expect(screen.queryByText(kit.edited, { exact: false })).toBeNull();
  });
});

describe('StaffAnswer', () => {
  it('names organisation, person and position, and says what it is to a screen reader', () => {
    const { container } = render(StaffAnswer, {
      ...said,
      organisation: 'Поликлиника № 41',
      name: 'Ирина Седова',
      position: 'заведующая',
      text: 'Кабинет 112',
    });
    expect(container.querySelector('header')?.textContent).toContain(kit.verified_answer);
    expect(container.querySelector('header strong')?.textContent).toBe('Поликлиника № 41');
    expect(container.querySelector('footer')?.textContent).toContain('Ирина Седова, заведующая');
  });
});
