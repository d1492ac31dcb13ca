import { describe, expect, it, test } from 'vitest';
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import type { Code } from '@medchat/wire/generated.ts';
import { verify as words } from '@medchat/ui/texts.ts';
import { outcomeOf } from './outcome.ts';
import { wayOn } from './way.ts';

const NOW = 1_000_000;
const refused = (code: Code, { retryAfter, fault }: { retryAfter?: number; fault?: string } = {}) =>
  new Refused(
    {
      type: 'about:blank',
      title: '',
      status: 422,
      code,
      detail: '',
      ...(fault && { errors: [{ field: 'code', code: fault, detail: '' }] }),
    },
    retryAfter,
  );

describe('what came of a try', () => {
  it.each([
    ['already_done', 'already'],
    ['code_used', 'used'],
    ['code_expired', 'expired'],
    ['dependency_down', 'failed'],
    ['internal', 'failed'],
  ] as const)('%s', (code, kind) => expect(outcomeOf(refused(code), NOW)).toEqual({ kind }));

  it('tells a code nobody handed out from a mistyped one', () => {
    expect(outcomeOf(refused('invalid', { fault: 'unknown' }), NOW)).toEqual({ kind: 'unknown' });
    for (const fault of ['mistyped', 'wrong_length', 'wrong_symbol'])
      expect(outcomeOf(refused('invalid', { fault }), NOW)).toEqual({ kind: 'mistyped' });
  });

  it('says until when to wait, a quarter of an hour where the server does not', () => {
    expect(outcomeOf(refused('rate_limited', { retryAfter: 60 }), NOW)).toEqual({
      kind: 'waits',
      until: NOW + 60_000,
    });
    expect(outcomeOf(refused('rate_limited'), NOW)).toEqual({
      kind: 'waits',
      until: NOW + 900_000,
    });
  });

  it('is nobody’s fault offline', () =>
    expect(outcomeOf(new Unreachable(null), NOW)).toEqual({ kind: 'offline' }));
});

const url = (query: string) => new URL(`https://medchat.example/18${query}`);
test.each([
  ['?next=/rooms/1', '/rooms/1#compose', words.write],
  ['?next=/rooms/1/ask', '/rooms/1/ask', words.to_question],
  ['?next=/j/1AK774PY', '/j/1AK774PY', words.to_medchat],
  ['?next=/appeals', '/appeals', words.go_on],
  ['?next=//evil.example', '/account', words.go_on],
  ['', '/rooms/2#compose', words.write],
])('the way on from /18%s', (query, href, label) => {
  const rooms = [
    { id: '9', kind: 'announcements' as const },
    { id: '2', kind: 'medchat' as const },
  ];
  expect(wayOn(url(query), rooms)).toEqual({ href, label });
});
test('the way on of somebody who is in no medchat', () =>
  expect(wayOn(url(''), [])).toEqual({ href: '/', label: words.find }));
