import { afterEach, expect, test } from 'vitest';
import { actOf, keys } from './keys.svelte.ts';

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  actOf({
    key,
    code: '',
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    target: document.body,
    ...more,
  });

afterEach(() => (keys.on = true));

test('letters act, on a Russian layout too', () => {
  expect(press('j')).toBe('down');
  expect(press('о', { code: 'KeyJ' })).toBe('down');
  expect(press('?')).toBe('list');
  expect(press('x')).toBeUndefined();
});

test('not while somebody types, not with another key held, not when switched off', () => {
  const field = document.createElement('textarea');
  expect(press('r', { target: field })).toBeUndefined();
  expect(press('r', { ctrlKey: true })).toBeUndefined();
  keys.on = false;
  expect(press('r')).toBeUndefined();
});
