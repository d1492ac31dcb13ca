import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import Field from './Field.svelte';
import { kit } from './texts.ts';

describe('Field', () => {
  it('ties label, hint and mistake to its control', () => {
    render(Field, { id: 'login', label: 'Логин', hint: 'Латиница', mistake: 'Введите логин' });
    const control = screen.getByLabelText('Логин');
    expect(control.getAttribute('aria-invalid')).toBe('true');
    const described = control.getAttribute('aria-describedby')!.split(' ');
    expect(described.map((id) => document.getElementById(id)?.textContent?.trim())).toEqual([
      'Латиница',
      'Введите логин',
    ]);
  });

  it('is valid and undescribed without hint and mistake', () => {
    render(Field, { id: 'login', label: 'Логин' });
    const control = screen.getByLabelText('Логин');
    expect(control.hasAttribute('aria-invalid')).toBe(false);
    expect(control.hasAttribute('aria-describedby')).toBe(false);
  });

  it('shows a password only while asked to, and keeps what was typed', async () => {
    render(Field, { id: 'password', label: 'Пароль', type: 'password', value: 'тайна' });
    const control = screen.getByLabelText<HTMLInputElement>('Пароль');
    expect(control.type).toBe('password');
    screen.getByText(kit.show_password).click();
    const hide = await screen.findByText(kit.hide_password);
    expect(screen.getByLabelText<HTMLInputElement>('Пароль').type).toBe('text');
    expect(screen.getByLabelText<HTMLInputElement>('Пароль').value).toBe('тайна');
    expect(hide.getAttribute('aria-pressed')).toBe('true');
  });
});
