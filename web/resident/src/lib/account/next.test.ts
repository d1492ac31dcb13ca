import { describe, expect, it } from 'vitest';
import { leadingTo, nextOf, signInFrom, signUpFrom, verifyFrom } from './next.ts';

const url = (path: string) => new URL(path, 'https://medchat.example');

describe('where sign-in leads', () => {
  it('is back to where one came from', () => {
    const here = signInFrom(url('/rooms/1'));
    expect(here).toBe('/sign-in?next=%2Frooms%2F1');
    expect(nextOf(url(here))).toBe('/rooms/1');
    expect(nextOf(url(signUpFrom(url(here))))).toBe('/rooms/1');
  });

  it('is back to confirming 18+ and from there to where that was asked for', () => {
    const verify = verifyFrom(url('/rooms/1'));
    expect(verify).toBe('/18?next=%2Frooms%2F1');
    const signUp = signUpFrom(url(leadingTo('/sign-in', verify)));
    expect(nextOf(url(signUp))).toBe(verify);
    expect(nextOf(url(verify))).toBe('/rooms/1');
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', ''])(
    'is never %s',
    (next) => {
      expect(nextOf(url(`/sign-in?next=${encodeURIComponent(next)}`))).toBe('/account');
    },
  );
});
