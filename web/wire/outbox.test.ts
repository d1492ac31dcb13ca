// The outbox against a server made of a function: nothing lost, nothing twice, whatever the connection
// and the other tab do.

import { expect, test } from 'vitest';

import { cell } from './cell.ts';
import type { ClientFrame, Code, Message, OpenAppeal, ServerFrame } from './generated.ts';
import { Refused, Unreachable, type Exclusive } from './http.ts';
import { openOutbox, type Outbox, type OutboxOptions } from './outbox.ts';
import type { State } from './socket.ts';
import { handClock, message, settled } from './tests/stage.ts';
import { memoryVault, type Vault } from './vault.ts';

/** A server that keeps cids for ever, as the contract says. */
function fakeServer() {
  const made = new Map<string, { seq: number; text: string }>();
  const barred = new Set<string>();
  const refusals = new Map<string, { code: Code; retry_after?: number; missing?: Message[] }>();
  function answer(frame: ClientFrame): ServerFrame | undefined {
    if (frame.op !== 'post' && frame.op !== 'cancel') return undefined;
    const { cid } = frame;
    const ack = (seq: number): ServerFrame => ({
      ev: 'ack',
      cid,
      feed: 'room:a',
      seq,
      id: `m${seq}`,
      at: '',
    });
    const no = (code: Code, more = {}): ServerFrame => ({
      ev: 'error',
      cid,
      code,
      detail: '',
      ...more,
    });
    const old = made.get(cid);
    if (frame.op === 'cancel') {
      if (old !== undefined) return ack(old.seq);
      barred.add(cid);
      return { ev: 'cancelled', cid };
    }
    const refusal = refusals.get(frame.text);
    if (refusal !== undefined) return no(refusal.code, refusal);
    if (barred.has(cid) || (old !== undefined && old.text !== frame.text))
      return no('cid_conflict');
    if (old === undefined) made.set(cid, { seq: made.size + 1, text: frame.text });
    return ack(made.get(cid)!.seq);
  }
  return { answer, refusals, made, texts: () => [...made.values()].map(({ text }) => text) };
}

type Server = ReturnType<typeof fakeServer>;

/** A tab's socket: `net` decides what reaches the server and what of its answers comes back. */
function tab(server: Server) {
  const state = cell<State>('stopped');
  const hearers = new Set<(frame: ServerFrame) => void>();
  const sent: ClientFrame[] = [];
  const net = { up: true, down: true };
  return {
    sent,
    net,
    connect: () => state.set('open'),
    lose: () => state.set('waiting'),
    says: (frame: ServerFrame) => hearers.forEach((run) => run(frame)),
    socket: {
      state,
      hear(run: (frame: ServerFrame) => void) {
        hearers.add(run);
        return () => hearers.delete(run);
      },
      send(frame: ClientFrame) {
        if (state.get() !== 'open') return false;
        sent.push(frame);
        const answer = net.up ? server.answer(frame) : undefined;
        if (answer !== undefined && net.down) {
          void Promise.resolve().then(() => hearers.forEach((run) => run(answer)));
        }
        return true;
      },
    },
  };
}

/** Web Locks in a few lines: one holder per name, the others in line. */
function locks(): Exclusive {
  const lines = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const turn = (lines.get(name) ?? Promise.resolve()).then(work, work);
    lines.set(name, turn);
    return turn;
  };
}

let people = 0;
// Each person's vault, as their device keeps it between pages. Memory answers in a known number of turns;
// the sealed one over IndexedDB has tests of its own (vault.test.ts).
const vaults = new Map<string, Vault>();
function vaultOf(account: string): Vault {
  const vault = vaults.get(account) ?? memoryVault();
  vaults.set(account, vault);
  return vault;
}

async function stage(
  given: {
    vault?: Vault;
    account?: string;
    server?: Server;
    exclusive?: Exclusive;
    tabs?: never;
    opens?: OutboxOptions['open'];
  } = {},
) {
  const server = given.server ?? fakeServer();
  const account = given.account ?? `person-${(people += 1)}`;
  const clock = handClock();
  const here = tab(server);
  const open = async () =>
    openOutbox({
      account,
      vault: given.vault ?? vaultOf(account),
      socket: here.socket,
      timers: clock.timers,
      exclusive: given.exclusive ?? locks(),
      open: given.opens ?? (() => Promise.reject(new Error('nobody opens one here'))),
    });
  return { server, account, clock, here, open, outbox: await open() };
}

const fates = (outbox: Outbox) => outbox.items.get().map(({ text, state }) => [text, state]);
const calm = async () => {
  for (let i = 0; i < 12; i += 1) await settled();
};

test('offline it waits, connected it goes, and it leaves when the feed has it', async () => {
  const { server, here, outbox } = await stage();
  await outbox.add({ room: 'a' }, 'Здравствуйте');
  expect(fates(outbox)).toEqual([['Здравствуйте', 'queued']]);
  here.connect();
  await calm();
  expect(fates(outbox)).toEqual([['Здравствуйте', 'sent']]);
  outbox.settle(new Set(['m1']));
  expect(outbox.items.get()).toEqual([]);
  expect(server.texts()).toEqual(['Здравствуйте']);
});

test('messages of a room arrive in the order they were written', async () => {
  const { server, here, outbox } = await stage();
  for (let i = 1; i <= 9; i += 1) await outbox.add({ room: 'a' }, `${i}`);
  here.connect();
  await calm();
  await calm();
  expect(server.texts()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

test('an answer lost with the connection: the same cid again, one message', async () => {
  const { server, here, outbox } = await stage();
  here.net.down = false;
  here.connect();
  await outbox.add({ room: 'a' }, 'Раз');
  await calm();
  here.lose();
  await calm();
  expect(fates(outbox)).toEqual([['Раз', 'queued']]);
  here.net.down = true;
  here.connect();
  await calm();
  expect(new Set(here.sent.map((frame) => 'cid' in frame && frame.cid)).size).toBe(1);
  expect(server.texts()).toEqual(['Раз']);
  expect(fates(outbox)).toEqual([['Раз', 'sent']]);
});

test('an answer that does not come in its time is asked for again', async () => {
  const { here, server, clock, outbox } = await stage();
  here.net.up = false;
  here.connect();
  await outbox.add({ room: 'a' }, 'Раз');
  await calm();
  here.net.up = true;
  await clock.advance(20_000);
  await calm();
  await clock.advance(1);
  await calm();
  expect(server.texts()).toEqual(['Раз']);
});

test('a page that dies leaves its messages to the next one', async () => {
  const { server, here, open, outbox } = await stage();
  here.net.down = false;
  here.connect();
  await outbox.add({ room: 'a' }, 'Раз');
  await outbox.add({ room: 'a' }, 'Два');
  await calm();
  outbox.close();
  here.net.down = true;
  const next = await open();
  await calm();
  expect(server.texts()).toEqual(['Раз', 'Два']);
  expect(fates(next).map(([, state]) => state)).toEqual(['sent', 'sent']);
});

test.each<Code>([
  'not_allowed',
  'not_verified',
  'not_found',
  'invalid',
  'cid_conflict',
  'wrong_state',
  'too_large',
])('%s fails it, across a reload too, until a person tries again or removes it', async (code) => {
  const { server, here, open, outbox } = await stage();
  server.refusals.set('Раз', { code });
  here.connect();
  const cid = await outbox.add({ room: 'a' }, 'Раз');
  await outbox.add({ room: 'a' }, 'Два');
  await calm();
  expect(outbox.items.get()[0]).toMatchObject({ state: 'failed', code });
  expect(server.texts()).toEqual(['Два']);
  outbox.close();
  const next = await open();
  expect(next.items.get()).toMatchObject([{ text: 'Раз', state: 'failed', code }]);
  server.refusals.clear();
  await next.retry(cid);
  await calm();
  expect(server.texts()).toEqual(['Два', 'Раз']);
});

test('a failed one can be removed without asking the server', async () => {
  const { server, here, open, outbox } = await stage();
  server.refusals.set('Раз', { code: 'not_allowed' });
  here.connect();
  const cid = await outbox.add({ room: 'a' }, 'Раз');
  await calm();
  await outbox.cancel(cid);
  expect(outbox.items.get()).toEqual([]);
  expect((await open()).items.get()).toEqual([]);
});

test('a moment of trouble is waited out in silence', async () => {
  const { server, here, clock, outbox } = await stage();
  server.refusals.set('Раз', { code: 'rate_limited', retry_after: 7 });
  here.connect();
  await outbox.add({ room: 'a' }, 'Раз');
  await calm();
  expect(fates(outbox)).toEqual([['Раз', 'queued']]);
  server.refusals.clear();
  await clock.advance(6_999);
  await calm();
  expect(server.texts()).toEqual([]);
  await clock.advance(1);
  await calm();
  expect(server.texts()).toEqual(['Раз']);
});

test('an untried message is given up here, a tried one is asked back from the server', async () => {
  const { server, here, outbox } = await stage();
  await outbox.cancel(await outbox.add({ room: 'a' }, 'Не уходила'));
  expect(outbox.items.get()).toEqual([]);
  here.net.up = false;
  here.connect();
  const cid = await outbox.add({ room: 'a' }, 'Могла уйти');
  await calm();
  here.lose();
  await calm();
  await outbox.cancel(cid);
  expect(fates(outbox)).toEqual([['Могла уйти', 'cancelling']]);
  here.net.up = true;
  here.connect();
  await calm();
  expect(here.sent.at(-1)).toEqual({ op: 'cancel', cid });
  expect(outbox.items.get()).toEqual([]);
  expect(server.texts()).toEqual([]);
});

test('given up too late, the message stands where it landed', async () => {
  const { here, outbox } = await stage();
  here.net.down = false;
  here.connect();
  const cid = await outbox.add({ room: 'a' }, 'Ушла');
  await calm();
  here.lose();
  await outbox.cancel(cid);
  here.net.down = true;
  here.connect();
  await calm();
  expect(outbox.items.get()).toMatchObject([{ state: 'sent', landed: { seq: 1, id: 'm1' } }]);
});

test('given up while it is on its way: one clear end', async () => {
  const { server, here, clock, outbox } = await stage();
  here.net.up = false;
  here.connect();
  const cid = await outbox.add({ room: 'a' }, 'Раз');
  await calm();
  here.net.up = true;
  await outbox.cancel(cid);
  await clock.advance(1);
  await calm();
  expect(outbox.items.get()).toEqual([]);
  expect(server.texts()).toEqual([]);
});

test('two tabs share the vault: each message goes once, from whichever is connected', async () => {
  const server = fakeServer();
  const exclusive = locks();
  const account = 'two-tabs';
  const first = await stage({ server, account, exclusive });
  await first.outbox.add({ room: 'a' }, 'Раз');
  await first.outbox.add({ room: 'a' }, 'Два');
  const second = await stage({ server, account, exclusive });
  expect(fates(second.outbox)).toHaveLength(2);
  first.here.connect();
  second.here.connect();
  await calm();
  await calm();
  expect(server.texts()).toEqual(['Раз', 'Два']);
  expect(first.here.sent.length + second.here.sent.length).toBe(2);
  expect(await vaultOf(account).all()).toEqual([]);
});

test('a tab that learns of a change from another takes up what is new', async () => {
  const vault = memoryVault();
  const server = fakeServer();
  let wake = () => {};
  const here = tab(server);
  const outbox = await openOutbox({
    account: 'x',
    vault,
    socket: here.socket,
    timers: handClock().timers,
    exclusive: locks(),
    open: desk().opens,
    tabs: { tell: () => {}, hear: (run) => ((wake = run), () => {}) },
  });
  const other = {
    cid: 'c',
    room: 'a',
    text: 'Из другой вкладки',
    at: 1,
    order: 1,
    tried: true,
    state: 'queued' as const,
  };
  await vault.put(other);
  wake();
  await calm();
  expect(fates(outbox)).toEqual([['Из другой вкладки', 'queued']]);
  await vault.remove('c');
  wake();
  await calm();
  expect(outbox.items.get()).toEqual([]);
});

test('storage that takes nothing loses nothing while the page lives', async () => {
  const broken: Vault = {
    ...memoryVault(),
    put: () => Promise.reject(new Error('quota')),
    get: () => Promise.reject(new Error('gone')),
  };
  const { server, here, outbox } = await stage({ vault: broken });
  await outbox.add({ room: 'a' }, 'Раз');
  here.connect();
  await calm();
  expect(server.texts()).toEqual(['Раз']);
});

test('a message to an appeal names its lane and what was seen of it', async () => {
  const { here, outbox } = await stage();
  await outbox.add({ appeal: 'x', lane: 'private', seen: 4 }, 'Кабинет 207');
  here.connect();
  await calm();
  expect(here.sent).toEqual([
    {
      op: 'post',
      cid: expect.any(String),
      appeal: 'x',
      lane: 'private',
      text: 'Кабинет 207',
      seen: 4,
    },
  ]);
  expect(outbox.items.get()).toMatchObject([{ state: 'sent', landed: { feed: 'room:a' } }]);
});

test('a stale view is the author’s to decide: sent again with what was seen since', async () => {
  const { server, here, outbox } = await stage();
  server.refusals.set('Записала', { code: 'stale_view', missing: [message(5)] });
  here.connect();
  const cid = await outbox.add({ appeal: 'x', lane: 'public', seen: 4 }, 'Записала');
  await calm();
  expect(outbox.items.get()).toMatchObject([
    { state: 'failed', code: 'stale_view', missing: [{ id: 'm5' }] },
  ]);
  server.refusals.clear();
  await outbox.retry(cid, 5);
  await calm();
  expect(here.sent.at(-1)).toMatchObject({ cid, seen: 5 });
  expect(outbox.items.get()).toMatchObject([{ state: 'sent' }]);
  expect(outbox.items.get()[0]).not.toHaveProperty('missing');
});

/** The route of openings: one appeal for each cid, whatever happens to the answers. */
function desk() {
  const opened = new Map<string, OpenAppeal>();
  const said: OpenAppeal[] = [];
  const mood: { refuses?: Code; answers: boolean } = { answers: true };
  const opens: OutboxOptions['open'] = async (appeal) => {
    said.push(appeal);
    if (mood.refuses !== undefined) {
      const [code, status] = [mood.refuses, 409];
      throw new Refused({ type: '', title: '', status, code, detail: '' });
    }
    opened.set(appeal.cid, appeal);
    if (!mood.answers) throw new Unreachable(undefined);
    return {
      id: `appeal of ${appeal.cid}`,
      number: '27-0001-1',
      status_code: 'AAAA-AAAA',
      state: 'new',
      clocks: [],
    };
  };
  return { opened, said, mood, opens };
}
const opening = { organisation: 'org-a', category: 'queue', private_text: 'Полис 1' };

test('a question asked offline opens one appeal, though the first answer was lost', async () => {
  const clinic = desk();
  const { here, clock, outbox } = await stage({ opens: clinic.opens });
  const cid = await outbox.add({ room: 'a', opening }, 'Нет талонов');
  expect(clinic.said).toEqual([]);
  clinic.mood.answers = false;
  here.connect();
  await calm();
  expect(fates(outbox)).toEqual([['Нет талонов', 'queued']]);
  clinic.mood.answers = true;
  await clock.advance(2_000);
  await calm();
  expect([...clinic.opened.values()]).toEqual([
    { ...opening, cid, room: 'a', text: 'Нет талонов' },
  ]);
  expect(clinic.said).toHaveLength(2);
  expect(here.sent).toEqual([]);
  expect(outbox.items.get()[0]).toMatchObject({ state: 'sent', landed: { seq: 1 } });
  outbox.settle(new Set([`appeal of ${cid}`]));
  expect(outbox.items.get()).toEqual([]);
});

test('a question that is refused for good waits for its author', async () => {
  const clinic = desk();
  const { here, outbox } = await stage({ opens: clinic.opens });
  clinic.mood.refuses = 'not_verified';
  here.connect();
  const cid = await outbox.add({ room: 'a', opening: {} }, 'Нет талонов');
  await calm();
  expect(outbox.items.get()[0]).toMatchObject({ state: 'failed', code: 'not_verified' });
  delete clinic.mood.refuses;
  await outbox.retry(cid);
  await calm();
  expect(clinic.opened.size).toBe(1);
});

test('a question survives the page that asked it', async () => {
  const clinic = desk();
  const { here, open, outbox } = await stage({ opens: clinic.opens });
  await outbox.add({ room: 'a', opening }, 'Нет талонов');
  outbox.close();
  const next = await open();
  here.connect();
  await calm();
  expect(next.items.get()[0]).toMatchObject({ opening, state: 'sent' });
  expect(clinic.opened.size).toBe(1);
});
