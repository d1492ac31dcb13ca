// What a neighbour and what its author see on the card of an appeal.
import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { AppealCard as Card } from '@medchat/wire/generated.ts';
import { card } from '@medchat/wire/tests/stage.ts';
import AppealCard from './AppealCard.svelte';
import { appeal as words } from './texts.ts';

const now = Date.parse('2026-11-23T02:45:00.000Z');
const shown = (own: boolean, change: Partial<Card> = {}) =>
  render(AppealCard, {
    card: card('x', { number: '27-4183-6', excerpt: '<b>Мест</b> нет', ...change }),
    own,
    now,
    zone: 'Asia/Vladivostok',
    href: '/appeals/x',
  });

describe('AppealCard', () => {
  it('names the number, the state, the promise and the way in', () => {
    const due_at = '2026-11-23T04:20:00.000Z';
    const clock = {
      kind: 'first_answer' as const,
      cycle: 1,
      started_at: '2026-11-23T02:20:00.000Z',
      due_at,
      paused: false,
      stopped_at: null,
      breached: false,
    };
    const { container } = shown(true, { state: 'in_work', clocks: [clock] });
    expect(container.textContent).toContain('27-4183-6');
    expect(container.textContent).toContain(words.state_in_work);
    expect(container.querySelector('.outlook strong')?.textContent).toBe(
      'Ответят сегодня до 14:20',
    );
    expect(screen.getByRole('link').getAttribute('href')).toBe('/appeals/x');
  });

  it('of my own repeats no question and waits for me; a neighbour’s says whose and what', () => {
    const mine = shown(true).container.querySelector('article');
    expect(mine?.classList.contains('waits')).toBe(true);
    expect(mine?.textContent).not.toContain('Мест');
    const other = shown(false).container.querySelector('article');
    expect(other?.classList.contains('waits')).toBe(false);
    expect(other?.querySelector('b')).toBeNull();
    expect(other?.textContent).toContain('<b>Мест</b> нет');
  });

  it('says who works on it only where that is told', () => {
    const assignee = { id: 'ira', name: 'Ирина Седова' };
    expect(shown(true, { assignee }).container.textContent).toContain('Занимается Ирина Седова');
    expect(shown(false, { organisation: null }).container.textContent).toContain(words.asked_all);
  });

  it('tells its author alone that there is a private part', () => {
    expect(shown(true, { has_private: true }).container.textContent).toContain(words.has_private);
    expect(shown(false, { has_private: true }).container.textContent).not.toContain(
      words.has_private,
    );
  });
});
