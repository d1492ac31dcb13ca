// The contract's routes over the mock's world, and the two built clients as the server would serve
// them, strict content policy included. One row per route.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

import { APPEAL_ROUTES } from './appeal-routes.js';
import { itemsOf } from './appeals.js';
import { known, written } from './asked.js';
import { DESK_CODE_ROUTES } from './desk-codes.js';
import { edit, hide, page, post } from './messages.js';
import { Refusal } from './problem.js';
import { findRoom, invitation, listRooms, myRooms, regionView, roomView } from './rooms.js';
import { accountOf, refresh, signIn, signUp } from './sessions.js';

/** @typedef {import('./world.js').World} World */

const COOKIE = 'medchat_refresh';

/** @param {{ token: string, tokens: object }} opened @param {number} status */
const entered = ({ token, tokens }, status) => ({ status, body: tokens, cookie: token });

/** @type {import('./asked.js').Route[]} */
const ROUTES = [
  ...APPEAL_ROUTES,
  ...DESK_CODE_ROUTES,
  [
    'POST',
    /^\/sessions$/,
    ({ world, body }) => entered(signIn(world, body.login, body.password), 201),
  ],
  ['POST', /^\/sessions\/refresh$/, ({ world, cookie }) => entered(refresh(world, cookie), 200)],
  [
    'DELETE',
    /^\/sessions\/current$/,
    ({ world, token, cookie }) => {
      for (const name of [token, cookie]) {
        for (const tell of world.sessions.get(name ?? '')?.frames ?? []) tell({ close: 4503 });
        world.sessions.delete(name ?? '');
      }
      return { status: 204, cookie: '' };
    },
  ],
  ['POST', /^\/accounts$/, ({ world, body }) => ({ status: 201, body: signUp(world, body) })],
  [
    'GET',
    /^\/me$/,
    ({ world, person }) => {
      const me = known(person);
      const scope =
        me.organisation === undefined
          ? { kind: 'region', id: me.region }
          : { kind: 'organisation', id: me.organisation };
      const grants =
        me.role === undefined
          ? []
          : [
              {
                id: `grant-${me.id}`,
                role: me.role,
                scope,
                from: '2026-01-01T00:00:00.000Z',
                until: null,
              },
            ];
      return {
        body: {
          ...accountOf(me),
          ...(me.signature && { signature: me.signature }),
          grants,
          rooms: myRooms(world, me),
        },
      };
    },
  ],
  [
    'GET',
    /^\/regions$/,
    ({ world }) => ({
      body: { items: world.regions.map((one) => regionView(world, one)), next: null },
    }),
  ],
  [
    'GET',
    /^\/regions\/([^/]+)$/,
    ({ world, parts }) => {
      const region = world.regions.find(({ code }) => code === parts[0]);
      if (region === undefined) throw new Refusal('not_found');
      return { body: regionView(world, region) };
    },
  ],
  ['GET', /^\/rooms$/, ({ world, person, query }) => ({ body: listRooms(world, person, query) })],
  [
    'GET',
    /^\/rooms\/([^/]+)$/,
    ({ world, person, parts: [id = ''] }) => ({
      body: roomView(world, findRoom(world, id, person), person),
    }),
  ],
  [
    'GET',
    /^\/invitations\/([^/]+)$/,
    ({ world, person, parts: [typed = ''] }) => {
      const { code, room } = invitation(world, typed);
      return { body: { code, room: roomView(world, room, person) } };
    },
  ],
  [
    'POST',
    /^\/rooms\/([^/]+)\/members$/,
    ({ world, person, parts: [id = ''] }) => {
      const me = known(person);
      const room = findRoom(world, id, me);
      if (me.kind === 'staff') throw new Refusal('not_allowed');
      const status = me.rooms.has(id) ? 200 : 201;
      me.rooms.add(id);
      return { status, body: roomView(world, room, me) };
    },
  ],
  [
    'DELETE',
    /^\/rooms\/([^/]+)\/members\/me$/,
    ({ world, person, parts: [id = ''] }) => {
      known(person).rooms.delete(findRoom(world, id, person).id);
      return { status: 204 };
    },
  ],
  [
    'GET',
    /^\/rooms\/([^/]+)\/messages$/,
    ({ world, person, query, parts: [id = ''] }) => ({
      body: page(findRoom(world, id, person), query, itemsOf(world, id)),
    }),
  ],
  [
    'POST',
    /^\/rooms\/([^/]+)\/messages$/,
    ({ world, person, body, parts: [id = ''] }) =>
      written(post(world, findRoom(world, id, person), known(person), body.cid, body.text), 201),
  ],
  [
    'PATCH',
    /^\/rooms\/([^/]+)\/messages\/([^/]+)$/,
    ({ world, person, body, parts: [id = '', mid = ''] }) =>
      written(
        edit(world, findRoom(world, id, person), known(person), mid, body.cid, body.text),
        200,
      ),
  ],
  [
    'POST',
    /^\/rooms\/([^/]+)\/messages\/([^/]+)\/hide$/,
    ({ world, person, body, parts: [id = '', mid = ''] }) => {
      hide(world, findRoom(world, id, person), known(person), mid, body.reason ?? '');
      return { status: 204 };
    },
  ],
];

/** @param {World} world @returns {import('node:http').RequestListener} */
export function listener(world) {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (!url.pathname.startsWith('/api/v1')) return serveFile(url.pathname, response);
    const path = url.pathname.slice('/api/v1'.length);
    try {
      const found = ROUTES.map(([method, pattern, act]) => ({
        method,
        act,
        match: pattern.exec(path),
      })).find((row) => row.match !== null && row.method === request.method);
      if (found === undefined) throw new Refusal('not_found');
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      const session = world.sessions.get(token ?? '');
      if (token !== undefined && session === undefined) throw new Refusal('token_expired');
      const answer = found.act({
        world,
        person: session?.person,
        token,
        cookie: new RegExp(`${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1],
        parts: found.match?.slice(1).map(decodeURIComponent) ?? [],
        query: url.searchParams,
        body: await bodyOf(request),
      });
      if (answer.cookie !== undefined) {
        const ends = answer.cookie === '' ? '; Max-Age=0' : '';
        response.setHeader(
          'set-cookie',
          `${COOKIE}=${answer.cookie}; Path=/; HttpOnly; SameSite=Strict${ends}`,
        );
      }
      say(response, answer.status ?? 200, answer.body, 'application/json');
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal', String(error));
      say(response, refusal.status, refusal.body, 'application/problem+json');
    }
  };
}

/** @param {import('node:http').IncomingMessage} request */
async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal('malformed');
  }
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {unknown} body @param {string} kind */
function say(response, status, body, kind) {
  response.writeHead(status, body === undefined ? {} : { 'content-type': kind });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** @type {Record<string, string>} */
const KINDS = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** A built file, or the client's page for every other address. @param {string} path @param {import('node:http').ServerResponse} response */
function serveFile(path, response) {
  const console = path === '/console' || path.startsWith('/console/');
  const folder = new URL(console ? '../console/build/' : '../resident/build/', import.meta.url);
  const rest = (console ? path.slice('/console'.length) : path).replace(/^\//, '');
  const asset = new URL(
    rest === '' || rest.includes('..') || extname(rest) === '' ? 'index.html' : rest,
    folder,
  );
  if (!existsSync(asset)) return void response.writeHead(404).end('build the clients first');
  const bytes = readFileSync(asset);
  const html = asset.pathname.endsWith('.html');
  const hashes = html
    ? [...bytes.toString().matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
        ([, script = '']) => ` 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
      )
    : [];
  response.writeHead(200, {
    'content-type': `${KINDS[extname(asset.pathname)] ?? 'application/octet-stream'}; charset=utf-8`,
    ...(html
      ? {
          'content-security-policy': `default-src 'self'; script-src 'self'${hashes.join('')}; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'`,
        }
      : {}),
  });
  response.end(bytes);
}
