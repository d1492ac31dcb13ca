// The HTTP side of the contract, typed route by route. The access token lives here in memory alone;
// the refresh token is a cookie no script can read. Knows nothing of sockets, screens or storage.

import { cell, type Readable } from './cell.ts';
import type {
  Account,
  Invitation,
  Item,
  Me,
  Page,
  Problem,
  Region,
  Room,
  RoomKind,
  SignUp,
  Tokens,
  Written,
} from './generated.ts';

/** The server answered, and the answer is no. */
export class Refused extends Error {
  readonly problem: Problem;
  /** Seconds the server asks to wait, where it said so. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail || problem.title);
    this.name = 'Refused';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** Nobody answered: no network, no server, or not in time. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('the server did not answer', { cause });
    this.name = 'Unreachable';
  }
}

/** Who is signed in here: not known yet, nobody, or an account. */
export type Session =
  { state: 'starting' } | { state: 'guest' } | { state: 'signed_in'; account: Account };

/** Runs `work` while no other tab runs under the same name. */
export type Exclusive = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** What `openHttp` is handed; everything has a browser's default. */
export interface HttpOptions {
  base?: string;
  fetch?: typeof fetch;
  wait?: (ms: number) => Promise<void>;
  exclusive?: Exclusive;
  /** Remembers that a session may exist, so that guests are not asked at every start. */
  hint?: { get(): boolean; set(present: boolean): void };
}

/** Which rooms to list. */
export interface RoomQuery {
  region?: string;
  kind?: RoomKind;
  q?: string;
  after?: string;
  limit?: number;
}

export type Http = ReturnType<typeof openHttp>;

// The server's own bound on a request is far below; a phone in a tunnel must not wait for ever.
const TIMEOUT_MS = 20_000;
// Longer waits are for people to decide on: they get the error with the seconds in it.
const LONGEST_SILENT_WAIT_S = 5;

/** Opens the client. Nothing is sent until a method is called. */
export function openHttp(options: HttpOptions = {}) {
  const base = options.base ?? '/api/v1';
  const fetchNow = options.fetch ?? ((input, init) => fetch(input, init));
  const wait = options.wait ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  const exclusive = options.exclusive ?? exclusiveByWebLocks;
  const hint = options.hint ?? hintInLocalStorage;

  const session = cell<Session>({ state: 'starting' });
  let token: string | undefined;
  let refreshing: Promise<boolean> | undefined;

  async function call(
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<Response> {
    const headers: Record<string, string> = {
      accept: 'application/json, application/problem+json',
    };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (key !== undefined) headers['idempotency-key'] = key;
    try {
      return await fetchNow(base + path, {
        method,
        headers,
        credentials: 'same-origin',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new Unreachable(cause);
    }
  }

  /**
   * Asks once more after a refresh, and once more after a short wait the server asked for. Under one `key`
   * the server does a thing once, however often it is asked.
   */
  async function ask<T>(
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<{ status: number; value: T }> {
    const had = token;
    let response = await call(method, path, body, key);
    if (response.status === 401 && had !== undefined && (await renew(had))) {
      response = await call(method, path, body, key);
    }
    if (response.ok) return { status: response.status, value: await valueOf<T>(response) };
    const refused = await refusalOf(response);
    const seconds = refused.retryAfter;
    if (method !== 'GET' || seconds === undefined || seconds > LONGEST_SILENT_WAIT_S) throw refused;
    await wait(seconds * 1000);
    response = await call(method, path, body);
    if (!response.ok) throw await refusalOf(response);
    return { status: response.status, value: await valueOf<T>(response) };
  }

  const get = async <T>(path: string) => (await ask<T>('GET', path)).value;
  const send = async <T>(method: string, path: string, body: unknown = {}) =>
    (await ask<T>(method, path, body)).value;

  function enter(tokens: Tokens) {
    token = tokens.access_token;
    hint.set(true);
    const now = session.get();
    // The same person again is no news: screens must not start over every ten minutes.
    if (now.state === 'signed_in' && sameAccount(now.account, tokens.account)) return;
    session.set({ state: 'signed_in', account: tokens.account });
  }

  function leave() {
    token = undefined;
    hint.set(false);
    if (session.get().state !== 'guest') session.set({ state: 'guest' });
  }

  /** Someone else may have renewed the token since it was used: then there is nothing to do. */
  function renew(stale: string): Promise<boolean> {
    return token !== undefined && token !== stale ? Promise.resolve(true) : refresh();
  }

  /**
   * Trades the cookie for a new access token; true when someone is signed in afterwards. One call is
   * in flight at a time, in all tabs together: each refresh rotates the cookie they share.
   */
  function refresh(): Promise<boolean> {
    refreshing ??= exclusive('medchat-refresh', async () => {
      const response = await call('POST', '/sessions/refresh', {});
      if (response.ok) {
        enter(await valueOf<Tokens>(response));
        return true;
      }
      const refused = await refusalOf(response);
      if (response.status !== 401) throw refused;
      leave();
      return false;
    }).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  return {
    session: session as Readable<Session>,
    refresh,
    /** One call of the contract with this session; files of routes of their own are built on it. */
    ask,

    /** At the page's start: takes up a session the browser still holds. Throws `Unreachable` offline. */
    async resume(): Promise<boolean> {
      if (hint.get()) return refresh();
      leave();
      return false;
    },

    /** The access token for the socket's first frame; `fresh` when the last one was refused as expired. */
    async token(fresh = false): Promise<string | undefined> {
      if (token === undefined || fresh) await refresh();
      return token;
    },

    /** `code`: of the second factor, once the server asks for it by `second_factor_required`. */
    async signIn(login: string, password: string, code?: string): Promise<Account> {
      token = undefined;
      const factor = code === undefined ? {} : { second_factor: code };
      const tokens = await send<Tokens>('POST', '/sessions', { login, password, ...factor });
      enter(tokens);
      return tokens.account;
    },

    /** Ends the session on the server and here; here also when the server cannot be reached. */
    async signOut(): Promise<void> {
      try {
        await ask<void>('DELETE', '/sessions/current');
      } finally {
        leave();
      }
    },

    signUp: (person: SignUp) => send<Account>('POST', '/accounts', person),
    me: () => get<Me>('/me'),
    regions: () => get<Page<Region>>('/regions'),
    region: (code: string) => get<Region>(`/regions/${part(code)}`),
    rooms: (query: RoomQuery = {}) => get<Page<Room>>(`/rooms${search({ ...query })}`),
    room: (id: string) => get<Room>(`/rooms/${part(id)}`),
    invitation: (code: string) => get<Invitation>(`/invitations/${part(code)}`),

    async join(id: string): Promise<{ room: Room; joined: boolean }> {
      const { status, value } = await ask<Room>('POST', `/rooms/${part(id)}/members`, {});
      return { room: value, joined: status === 201 };
    },

    leaveRoom: (id: string) => ask<void>('DELETE', `/rooms/${part(id)}/members/me`).then(() => {}),
    messages: (id: string, page: { before?: string; limit?: number } = {}) =>
      get<Page<Item>>(`/rooms/${part(id)}/messages${search(page)}`),
    post: (id: string, cid: string, text: string) =>
      send<Written>('POST', `/rooms/${part(id)}/messages`, { cid, text }),
    edit: (id: string, message: string, cid: string, text: string) =>
      send<Written>('PATCH', `/rooms/${part(id)}/messages/${part(message)}`, { cid, text }),
    hide: (id: string, message: string, reason: string) =>
      send<void>('POST', `/rooms/${part(id)}/messages/${part(message)}/hide`, { reason }),
  };
}

async function valueOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Reads the problem; a proxy's page in its place becomes `internal` with the same status. */
async function refusalOf(response: Response): Promise<Refused> {
  const header = response.headers.get('retry-after');
  const seconds = header === null ? Number.NaN : Number(header);
  const text = await response.text();
  let problem: Problem | undefined;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    problem = undefined;
  }
  if (typeof problem?.code !== 'string') {
    const code = response.status === 503 ? 'dependency_down' : 'internal';
    problem = {
      type: 'about:blank',
      title: response.statusText,
      status: response.status,
      code,
      detail: '',
    };
  }
  return new Refused(problem, Number.isFinite(seconds) ? seconds : undefined);
}

/** One part of a path. */
export const part = encodeURIComponent;

/** The query's text, with what is undefined or empty left out. */
export function search(query: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

function sameAccount(a: Account, b: Account): boolean {
  return a.id === b.id && a.alias === b.alias && a.verified_adult === b.verified_adult;
}

/** One tab at a time where the browser knows Web Locks; elsewhere at least this tab. */
export const exclusiveByWebLocks: Exclusive = (name, work) =>
  typeof navigator !== 'undefined' && navigator.locks
    ? (navigator.locks.request(name, work) as ReturnType<typeof work>)
    : work();

const HINT = 'medchat-session';
const hintInLocalStorage = {
  get() {
    try {
      return localStorage.getItem(HINT) !== null;
    } catch {
      // Storage is switched off: ask the server, it knows.
      return true;
    }
  },
  set(present: boolean) {
    try {
      if (present) localStorage.setItem(HINT, '1');
      else localStorage.removeItem(HINT);
    } catch {
      // Without storage the next start asks the server.
    }
  },
};
