import { render, screen } from '@testing-library/svelte';
import { createRawSnippet, tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import Dialog from './Dialog.svelte';

const children = createRawSnippet(() => ({ render: () => '<p>Текст</p>' }));
const steps = createRawSnippet(() => ({ render: () => '<button>Закрыть</button>' }));

describe('Dialog', () => {
  it('opens and closes with its owner, and is named by its title', async () => {
    const { rerender, container } = render(Dialog, {
      title: 'Изменить',
      open: false,
      children,
      steps,
    });
    const dialog = container.querySelector('dialog')!;
    expect(dialog.open).toBe(false);
    await rerender({ open: true });
    await tick();
    expect(dialog.open).toBe(true);
    const title = document.getElementById(dialog.getAttribute('aria-labelledby')!);
    expect(title?.textContent).toBe('Изменить');
    await rerender({ open: false });
    await tick();
    expect(dialog.open).toBe(false);
    expect(screen.getByText('Текст')).toBeTruthy();
  });
});
