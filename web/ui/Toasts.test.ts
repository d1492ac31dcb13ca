import { render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toast } from './toasts.svelte.ts';
import Toasts from './Toasts.svelte';

describe('Toasts', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('appear in a region that stands from the start, and leave by themselves', async () => {
    render(Toasts);
    const region = screen.getByRole('status');
    expect(region.textContent?.trim()).toBe('');
    toast('Вы вышли');
    await tick();
    expect(region.textContent).toContain('Вы вышли');
    vi.advanceTimersByTime(5_000);
    await tick();
    expect(region.textContent?.trim()).toBe('');
  });

  it('do their act once and leave', async () => {
    const run = vi.fn();
    render(Toasts);
    toast('Ответ отправлен', { label: 'Отменить', run }, 60_000);
    await tick();
    screen.getByRole('button', { name: 'Отменить' }).click();
    await tick();
    expect(run).toHaveBeenCalledOnce();
    expect(screen.queryByRole('button')).toBeNull();
  });
});
