import { afterEach, expect, test, vi } from 'vitest';
import { actOf, answer, keys, KEYS, serve } from './keys.svelte.ts';

const pressed = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  target: document.body,
  preventDefault: vi.fn(),
  ...more,
});
const press = (key: string, more: Partial<KeyboardEvent> = {}) => actOf(pressed(key, more));

afterEach(() => (keys.on = true));

test('letters act, on a Russian layout too', () => {
  expect(press('j')).toBe('down');
  expect(press('о', { code: 'KeyJ' })).toBe('down');
  expect(press('?')).toBe('list');
  expect(press('z')).toBeUndefined();
});

test('no two acts share a key', () => {
  expect(new Set(Object.values(KEYS)).size).toBe(Object.keys(KEYS).length);
});

test('not while somebody types, not with another key held, not when switched off', () => {
  const field = document.createElement('textarea');
  expect(press('r', { target: field })).toBeUndefined();
  expect(press('r', { ctrlKey: true })).toBeUndefined();
  keys.on = false;
  expect(press('r')).toBeUndefined();
});

test('a box that is ticked is no place to type', () => {
  const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
  expect(press('x', { target: box })).toBe('select');
});

test('the latest to serve an act answers it, and nobody after both have left', () => {
  const [outer, inner] = [vi.fn(), vi.fn()];
  const leaveOuter = serve({ down: outer, up: outer });
  const leaveInner = serve({ down: inner });
  const event = pressed('j');
  answer(event);
  answer(pressed('k'));
  expect([inner.mock.calls.length, outer.mock.calls.length]).toEqual([1, 1]);
  expect(event.preventDefault).toHaveBeenCalledOnce();
  leaveInner();
  answer(pressed('j'));
  expect(outer).toHaveBeenCalledTimes(2);
  expect(keys.serves('down')).toBe(true);
  leaveOuter();
  const ignored = pressed('j');
  answer(ignored);
  expect(ignored.preventDefault).not.toHaveBeenCalled();
  expect(keys.serves('down')).toBe(false);
});
