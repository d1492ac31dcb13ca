import { render } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import Steps from './Steps.svelte';

const at = (civil: string) => Date.parse(`${civil}:00+10:00`);

it('name the day where it turns, and a broken promise by a mark of its own', () => {
  const { container } = render(Steps, {
    now: at('2026-11-24T09:00'),
    zone: 'Asia/Vladivostok',
    steps: [
      { key: '0', at: at('2026-11-23T12:20'), words: 'Приняли' },
      { key: '1', at: at('2026-11-23T14:32'), words: 'Ответили', more: 'позже', kept: false },
      { key: '2', at: at('2026-11-24T08:10'), words: 'Финал', more: 'в срок', kept: true },
    ],
  });
  const rows = [...container.querySelectorAll('li')];
  const times = rows.map((row) => row.querySelector('time')?.textContent?.trim());
  expect(times).toEqual(['Вчера12:20', '14:32', 'Сегодня08:10']);
  expect(rows.map((row) => row.classList.contains('broken'))).toEqual([false, true, false]);
  const shapes = rows.map((row) => row.querySelector('.mark path')?.getAttribute('d'));
  expect(shapes[0]).toBe(shapes[2]);
  expect(shapes[1]).not.toBe(shapes[0]);
});
