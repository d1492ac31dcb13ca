// The HTTP client against a server made of a function: tokens, refreshes, refusals, waits.

import { expect, test, vi } from 'vitest';

import type { Account, Code, Problem, Tokens } from './generated.ts';
import { openHttp, Refused, Unreachable } from './http.ts';

const nina: Account = { id: 'nina', kind: 'resident', alias: 'Нина К.', verified_adult: true };
const tokens = (access_token: string, account = nina): Tokens => ({
  access_token,
  expires_in: 600,
  account,
});

function answer(status: number, body?: unknown, headers: Record<string, string> = {}): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
}

function no(
  status: number,
  code: Code,
  headers: Record<string, string> = {},
  more: Partial<Problem> = {},
) {
  return answer(
    status,
    { type: 'about:blank', title: '', status, code, detail: 'так нельзя', ...more },
    headers,
  );
}

interface Asked {
  method: string;
  path: string;
  token: string | null;
  body: unknown;
}

function stage(serve: (asked: Asked) => Response | Promise<Response>, hinted = true) {
  const asked: Asked[] = [];
  const waits: number[] = [];
  let present = hinted;
  const http = openHttp({
    fetch: async (input, init) => {
      const one: Asked = {
        method: init?.method ?? 'GET',
        path: String(input).replace('/api/v1', ''),
        token: new Headers(init?.headers).get('authorization'),
        body: typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
      };
      asked.push(one);
      return serve(one);
    },
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    exclusive: (_, work) => work(),
    hint: { get: () => present, set: (now) => void (present = now) },
  });
  return { http, asked, waits, hint: () => present };
}

test('a page starts with the session the browser holds', async () => {
  const { http, asked } = stage(({ path }) =>
    path === '/me' ? answer(200, {}) : answer(200, tokens('one')),
  );
  expect(await http.resume()).toBe(true);
  await http.me();
  expect(http.session.get()).toEqual({ state: 'signed_in', account: nina });
  expect(asked.map(({ path, token }) => [path, token])).toEqual([
    ['/sessions/refresh', null],
    ['/me', 'Bearer one'],
  ]);
});

test('a guest is not asked to prove anything at the start', async () => {
  const { http, asked } = stage(() => answer(500), false);
  expect(await http.resume()).toBe(false);
  expect(http.session.get()).toEqual({ state: 'guest' });
  expect(asked).toEqual([]);
});

test('a session that is over makes a guest and is not asked for again', async () => {
  const { http, hint } = stage(() => no(401, 'unauthenticated'));
  expect(await http.resume()).toBe(false);
  expect(hint()).toBe(false);
});

test('without an answer nobody is signed out', async () => {
  const { http, hint } = stage(() => Promise.reject(new TypeError('no network')));
  await expect(http.resume()).rejects.toBeInstanceOf(Unreachable);
  expect(http.session.get()).toEqual({ state: 'starting' });
  expect(hint()).toBe(true);
});

test('many requests with an expired token share one refresh, and each is asked once more', async () => {
  let good = 'old';
  const { http, asked } = stage(({ path, token }) => {
    if (path === '/sessions') return answer(201, tokens('old'));
    if (path === '/sessions/refresh') {
      good = 'new';
      return answer(200, tokens('new'));
    }
    return token === `Bearer ${good}` && good === 'new'
      ? answer(200, { id: path })
      : no(401, 'token_expired');
  });
  await http.signIn('nina', 'secret');
  const rooms = await Promise.all(['a', 'b', 'c', 'd'].map((id) => http.room(id)));
  expect(rooms.map((room) => room.id)).toEqual(['/rooms/a', '/rooms/b', '/rooms/c', '/rooms/d']);
  expect(asked.filter(({ path }) => path === '/sessions/refresh')).toHaveLength(1);
});

test('a second refusal in a row is the answer', async () => {
  const { http, asked } = stage(({ path }) => {
    if (path === '/sessions') return answer(201, tokens('one'));
    if (path === '/sessions/refresh') return answer(200, tokens('two'));
    return no(401, 'unauthenticated');
  });
  await http.signIn('nina', 'secret');
  await expect(http.me()).rejects.toMatchObject({ problem: { code: 'unauthenticated' } });
  expect(asked.filter(({ path }) => path === '/me')).toHaveLength(2);
});

test('a wrong password is not answered with a refresh', async () => {
  const { http, asked } = stage(() => no(401, 'unauthenticated'));
  await expect(http.signIn('nina', 'wrong')).rejects.toBeInstanceOf(Refused);
  expect(asked).toHaveLength(1);
});

test('a renewed token is no news to screens, another person is', async () => {
  const people = [nina, nina, { ...nina, id: 'olga' }];
  const { http } = stage(() => answer(200, tokens('x', people.shift())));
  const seen = vi.fn();
  await http.refresh();
  http.session.subscribe(seen);
  await http.refresh();
  expect(seen).toHaveBeenCalledTimes(1);
  await http.refresh();
  expect(seen).toHaveBeenCalledTimes(2);
});

test('a short wait the server asks for is kept for reads', async () => {
  const answers = [
    no(429, 'rate_limited', { 'retry-after': '2' }),
    answer(200, { items: [], next: null }),
  ];
  const { http, waits } = stage(() => answers.shift()!);
  expect(await http.rooms({ region: 'RU-KHA', q: 'край' })).toEqual({ items: [], next: null });
  expect(waits).toEqual([2000]);
});

test('a long one, and any for a write, is told to the caller', async () => {
  const { http, waits } = stage(({ method }) =>
    no(429, 'rate_limited', { 'retry-after': method === 'GET' ? '60' : '2' }),
  );
  await expect(http.regions()).rejects.toMatchObject({ retryAfter: 60 });
  await expect(http.join('a')).rejects.toMatchObject({ retryAfter: 2 });
  expect(waits).toEqual([]);
});

test('what a proxy says in place of the server is a refusal all the same', async () => {
  const { http } = stage(() => new Response('<html>Bad gateway</html>', { status: 502 }));
  await expect(http.regions()).rejects.toMatchObject({
    problem: { code: 'internal', status: 502 },
  });
});

test('invalid input keeps its fields, paths are quoted, empty filters left out', async () => {
  const errors = [{ field: 'code', code: 'check', detail: 'буква не сходится' }];
  const { http, asked } = stage(({ path }) =>
    path.startsWith('/invitations')
      ? no(422, 'invalid', {}, { errors })
      : answer(200, { items: [], next: null }),
  );
  await expect(http.invitation('А/1')).rejects.toMatchObject({ problem: { errors } });
  await http.messages('r', { before: '7' });
  await http.rooms({ q: '' });
  expect(asked.map(({ path }) => path)).toEqual([
    '/invitations/%D0%90%2F1',
    '/rooms/r/messages?before=7',
    '/rooms',
  ]);
});

test('signing out ends the session here even when nobody answers', async () => {
  const { http, hint } = stage(({ path }) =>
    path === '/sessions' ? answer(201, tokens('one')) : Promise.reject(new TypeError('no network')),
  );
  await http.signIn('nina', 'secret');
  await expect(http.signOut()).rejects.toBeInstanceOf(Unreachable);
  expect(http.session.get()).toEqual({ state: 'guest' });
  expect(hint()).toBe(false);
});

test('joining tells new from old', async () => {
  const statuses = [201, 200];
  const { http } = stage(() => answer(statuses.shift()!, { id: 'a' }));
  expect((await http.join('a')).joined).toBe(true);
  expect((await http.join('a')).joined).toBe(false);
});
