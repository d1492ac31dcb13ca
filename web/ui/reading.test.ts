import { render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import LargeType from './LargeType.svelte';
import { keepLanguage, reading, storedLanguage } from './reading.svelte.ts';

const root = document.documentElement;

describe('reading', () => {
  beforeEach(() => {
    reading.large = false;
    reading.theme = 'system';
    localStorage.clear();
  });

  it('keeps large type for the next visit, and forgets it again', async () => {
    render(LargeType);
    const button = screen.getByRole('button');
    button.click();
    expect(root.dataset['type']).toBe('large');
    expect(localStorage.getItem('type')).toBe('large');
    button.click();
    expect(root.dataset['type']).toBeUndefined();
    expect(localStorage.getItem('type')).toBeNull();
  });

  it('leaves the colours to the system until a person chooses', () => {
    reading.theme = 'dark';
    expect(root.dataset['theme']).toBe('dark');
    reading.theme = 'system';
    expect(root.dataset['theme']).toBeUndefined();
    expect(localStorage.getItem('theme')).toBeNull();
  });

  it('speaks Russian unless English was chosen', () => {
    expect(storedLanguage()).toBe('ru');
    keepLanguage('en');
    expect(storedLanguage()).toBe('en');
    localStorage.setItem('language', 'xx');
    expect(storedLanguage()).toBe('ru');
  });
});
