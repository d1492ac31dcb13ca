import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import Summary from './Summary.svelte';

describe('Summary', () => {
  it('takes the focus and leads to each field', async () => {
    const field = document.body.appendChild(document.createElement('input'));
    field.id = 'login';
    render(Summary, {
      mistakes: [
        { field: 'login', text: 'Введите логин' },
        { field: '', text: 'Сервер занят' },
      ],
    });
    expect(document.activeElement).toBe(screen.getByRole('alert'));
    screen.getByRole('link', { name: 'Введите логин' }).click();
    expect(document.activeElement).toBe(field);
    expect(screen.queryByRole('link', { name: 'Сервер занят' })).toBeNull();
    field.remove();
  });

  it('is not there when nothing is wrong', () => {
    render(Summary, { mistakes: [] });
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
