import { describe, expect, it } from 'vitest';
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import type { Problem } from '@medchat/wire/generated.ts';
import { fault, problem } from '@medchat/ui/texts.ts';
import { refusedMistakes, signInMistakes, signUpMistakes } from './form.ts';

const refused = (change: Partial<Problem>) =>
  new Refused({
    type: 'about:blank',
    title: '',
    status: 422,
    code: 'invalid',
    detail: '',
    ...change,
  });

describe('before sending', () => {
  it('asks for what is missing, field by field', () => {
    expect(signInMistakes({ login: ' ', password: '' }).map(({ field }) => field)).toEqual([
      'login',
      'password',
    ]);
    expect(signInMistakes({ login: 'nina', password: 'x' })).toEqual([]);
  });

  it('counts letters, not bytes or halves of them, in a password', () => {
    const person = { login: 'nina', alias: 'Нина' };
    expect(signUpMistakes({ ...person, password: 'пароль' + '🙂'.repeat(3) })).toEqual([
      { field: 'password', text: fault.password_too_short },
    ]);
    expect(signUpMistakes({ ...person, password: 'пароль' + '🙂'.repeat(4) })).toEqual([]);
  });
});

describe('after the server said no', () => {
  it('says what is wrong beside the fields it names', () => {
    const errors = [
      { field: 'alias', code: 'reserved', detail: 'an alias does not look like staff' },
      { field: 'login', code: 'unheard_of', detail: 'nobody knows' },
    ];
    expect(refusedMistakes(refused({ errors }))).toEqual([
      { field: 'alias', text: fault.alias_reserved },
      { field: 'login', text: fault.else },
    ]);
  });

  it('says which field a taken login is', () => {
    expect(refusedMistakes(refused({ status: 409, code: 'login_taken' }))).toEqual([
      { field: 'login', text: problem.login_taken },
    ]);
  });

  it('blames no field for a lost connection or a busy server', () => {
    expect(refusedMistakes(new Unreachable(null))).toEqual([{ field: '', text: problem.offline }]);
    expect(refusedMistakes(refused({ status: 503, code: 'dependency_down' }))).toEqual([
      { field: '', text: problem.dependency_down },
    ]);
    expect(refusedMistakes(refused({ status: 500, code: 'internal' }))).toEqual([
      { field: '', text: problem.else },
    ]);
  });
});
