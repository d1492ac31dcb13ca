import { describe, expect, it } from 'vitest';
import { nextOf, signInFrom, signUpFrom } from './next.ts';

const url = (path: string) => new URL(path, 'https://medchat.example');

describe('where sign-in leads', () => {
  it('is back to where one came from', () => {
    const here = signInFrom(url('/rooms/1'));
    expect(here).toBe('/sign-in?next=%2Frooms%2F1');
    expect(nextOf(url(here))).toBe('/rooms/1');
    expect(nextOf(url(signUpFrom(url(here))))).toBe('/rooms/1');
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', ''])(
    'is never %s',
    (next) => {
      expect(nextOf(url(`/sign-in?next=${encodeURIComponent(next)}`))).toBe('/account');
    },
  );
});
