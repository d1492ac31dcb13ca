// The routes of appeals: paths, bodies, keys.

import { expect, test, vi } from 'vitest';

import { appealsOver } from './appeals.ts';
import { openHttp } from './http.ts';

function stage() {
  const asked: [string, unknown, string | null][] = [];
  const http = openHttp({
    fetch: async (input, init) => {
      const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined;
      asked.push([
        `${init?.method} ${String(input).replace('/api/v1', '')}`,
        body,
        new Headers(init?.headers).get('idempotency-key'),
      ]);
      return new Response('{}', { status: 200 });
    },
    wait: vi.fn(),
    exclusive: (_, work) => work(),
    hint: { get: () => false, set: () => {} },
  });
  return { appeals: appealsOver(http), asked };
}

test('a list is asked for by what is wished and nothing else', async () => {
  const { appeals, asked } = stage();
  await appeals.list();
  await appeals.list({ mine: true, state: 'new', after: 'due.0.1' });
  await appeals.list({ mine: false, author: 'нина' });
  await appeals.list({ state: 'open', unassigned: true, q: '4183' });
  expect(asked.map(([path]) => path)).toEqual([
    'GET /appeals',
    'GET /appeals?state=new&after=due.0.1&mine=true',
    `GET /appeals?author=${encodeURIComponent('нина')}`,
    'GET /appeals?state=open&q=4183&unassigned=true',
  ]);
});

test('acts are the contract’s names; one that must not happen twice carries its key', async () => {
  const { appeals, asked } = stage();
  await appeals.accept('x');
  await appeals.finalAnswer('x', { text: 'Готово', outcome: 'resolved', seen: 3 }, 'k1');
  await appeals.ask('x', { text: 'Когда?' });
  expect(asked).toEqual([
    ['POST /appeals/x/accept', {}, null],
    ['POST /appeals/x/final-answer', { text: 'Готово', outcome: 'resolved', seen: 3 }, 'k1'],
    ['POST /appeals/x/ask', { text: 'Когда?' }, null],
  ]);
});
