import { render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import Button from './Button.svelte';

const children = createRawSnippet(() => ({ render: () => '<span>Войти</span>' }));

describe('Button', () => {
  it('does nothing while busy, keeps its place in the tab order and says so', () => {
    const onclick = vi.fn();
    render(Button, { children, onclick, busy: true });
    const button = screen.getByRole('button');
    button.click();
    expect(onclick).not.toHaveBeenCalled();
    expect(button.getAttribute('aria-busy')).toBe('true');
    expect(button.hasAttribute('disabled')).toBe(false);
  });

  it('acts when it is not', () => {
    const onclick = vi.fn();
    render(Button, { children, onclick });
    screen.getByRole('button').click();
    expect(onclick).toHaveBeenCalledOnce();
  });

  it('is a link when it has an address', () => {
    render(Button, { children, href: '/sign-in', look: 'main' });
    expect(screen.getByRole('link').getAttribute('href')).toBe('/sign-in');
  });
});
