import { describe, expect, it } from 'vitest';
import type { AppealEvent } from '@medchat/wire/generated.ts';
import type { Line } from '@medchat/wire/timeline.ts';
import { threadOf } from './thread.ts';

const at = (minute: number, ms = 0) =>
  new Date(Date.UTC(2026, 10, 23, 2, minute, 0, ms)).toISOString();
const line = (key: string, minute: number, who = 'ira', change: Partial<Line> = {}): Line => ({
  key,
  id: key,
  seq: minute,
  at: at(minute),
  own: who === 'me',
  author: { id: who, kind: who === 'me' ? 'resident' : 'staff', alias: who },
  text: key,
  edited: false,
  hidden: false,
  ...change,
});
const shape = (...args: Parameters<typeof threadOf>) =>
  threadOf(...args).map(({ key, lane, secrets, outcome }) =>
    [lane === 'private' ? `(${key})` : key, ...secrets.map((one) => `+${one.key}`), outcome]
      .filter(Boolean)
      .join(''),
  );

describe('a thread of two lanes', () => {
  it('stands in the order of time', () => {
    const closed = [line('policy', 2, 'me'), line('seen', 4)];
    expect(shape([line('q', 1, 'me'), line('a', 3)], closed, [])).toEqual([
      'q',
      '(policy)',
      'a',
      '(seen)',
    ]);
  });

  it('puts what was hidden, and the details, beside the message they belong to', () => {
    const hidden = line('original', 1, 'me', { at: at(1, 2) });
    const details = line('details', 1, 'me', { at: at(1, 2) });
    const answer = line('visit', 3);
    expect(shape([line('q', 1, 'me'), line('a', 3)], [hidden, details, answer], [])).toEqual([
      'q+original+details',
      'a+visit',
    ]);
  });

  it('finds the nearest message when a clinic writes fast', () => {
    const open = [line('looking', 3), line('done', 3, 'ira', { at: at(3, 600) })];
    expect(shape(open, [line('visit', 3, 'ira', { at: at(3, 640) })], [])).toEqual([
      'looking',
      'done+visit',
    ]);
  });

  it('does not join two people, or two acts', () => {
    const open = [line('q', 1, 'me')];
    expect(shape(open, [line('other', 1, 'ira')], [])).toEqual(['q', '(other)']);
    expect(shape(open, [line('later', 2, 'me')], [])).toEqual(['q', '(later)']);
  });

  it('knows the final answer, in either lane', () => {
    const events: AppealEvent[] = [
      { kind: 'answered', at: at(3), message: 'a', outcome: 'resolved' },
      { kind: 'answered', at: at(4), message: 'p', outcome: 'explained' },
    ];
    expect(shape([line('q', 1, 'me'), line('a', 3)], [line('p', 4)], events)).toEqual([
      'q',
      'aresolved',
      '(p)explained',
    ]);
  });

  it('shows what is not sent yet at the end', () => {
    const { seq: _, id: __, ...waiting } = line('waiting', 0, 'me', { fate: 'queued' });
    expect(shape([waiting, line('q', 1, 'me')], [line('p', 2)], [])).toEqual([
      'q',
      '(p)',
      'waiting',
    ]);
  });
});
