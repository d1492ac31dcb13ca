// The mock's appeals speak with the real client: openAppeal, openQueue and the typed routes.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

import { appealsOver } from '@medchat/wire/appeals.ts';
import { openAppeal } from '@medchat/wire/appeal.ts';
import { cell } from '@medchat/wire/cell.ts';
import { figuresOf } from '@medchat/wire/figures.ts';
import { openHttp } from '@medchat/wire/http.ts';
import { openOutbox, type Outbox } from '@medchat/wire/outbox.ts';
import { openQueue } from '@medchat/wire/queue.ts';
import { rostersOver } from '@medchat/wire/rosters.ts';
import { openSocket, platformTimers, type Wire } from '@medchat/wire/socket.ts';
import { memoryVault } from '@medchat/wire/vault.ts';
import { startMock } from './server.js';

// Thursday in Khabarovsk, 12:20: open until 20:00.
const NOON = Date.parse('2026-11-26T02:20:00.000Z');
let now = NOON;
let mock: Awaited<ReturnType<typeof startMock>>;
const sockets: { stop(): void }[] = [];
beforeAll(async () => void (mock = await startMock(0, () => now)));
afterAll(() => {
  for (const socket of sockets) socket.stop();
  return mock.stop();
});

async function person(login: string) {
  const http = openHttp({
    base: `${mock.url}/api/v1`,
    exclusive: (_, work) => work(),
    hint: { get: () => false, set: () => {} },
  });
  await http.signIn(`${login}.rukha@demo`, 'medchat-demo-2026');
  const me = await http.me();
  const socket = openSocket({
    url: `${mock.url.replace('http', 'ws')}/api/v1/socket`,
    token: () => http.token(),
    connect: (url, protocol) => new WebSocket(url, protocol) as unknown as Wire,
  });
  socket.start();
  sockets.push(socket);
  await vi.waitFor(() => expect(socket.state.get()).toBe('open'));
  const appeals = appealsOver(http);
  const outbox = await openOutbox({
    account: me.id,
    vault: memoryVault(),
    socket,
    timers: platformTimers,
    exclusive: (_, work) => work(),
    open: appeals.open,
  });
  const look = (id: string) =>
    openAppeal(id, { appeals, socket, outbox: cell<Outbox | undefined>(outbox), me: me.id });
  const organisation = me.grants[0]?.scope.id ?? '';
  return { http, me, socket, appeals, look, organisation };
}

async function asked(text = 'Не могу записать маму к неврологу') {
  const nina = await person('resident1');
  const room = (await nina.http.rooms({ region: 'RU-KHA', kind: 'medchat' })).items[0]!;
  const { id } = await nina.appeals.open({ cid: `c${Math.random()}`, room: room.id, text });
  return { nina, room, id };
}

test('from the question to the final answer, in both windows', async () => {
  const { nina, room, id } = await asked();
  const irina = await person('head');
  const oleg = await person('responder');
  const queue = openQueue({
    appeals: irina.appeals,
    socket: irina.socket,
    organisation: irina.organisation,
  });
  await vi.waitFor(() => expect(queue.view.get().cards.map((card) => card.id)).toContain(id));
  const desk = irina.look(id);
  const phone = nina.look(id);
  await vi.waitFor(() => expect(desk.view.get().phase).toBe('ready'));
  await vi.waitFor(() => expect(phone.view.get().phase).toBe('ready'));
  expect(desk.view.get().private).toBeUndefined();

  desk.take(await irina.appeals.accept(id));
  expect(desk.view.get().private).toEqual([]);
  await vi.waitFor(() => expect(phone.view.get().appeal?.state).toBe('accepted'));
  await irina.appeals.assign(id, { staff: oleg.me.id });
  await vi.waitFor(() =>
    expect(queue.view.get().cards.find((card) => card.id === id)?.assignee?.name).toBe(
      'Олег Минаев',
    ),
  );
  await oleg.appeals.ask(id, { text: 'Какой полис?', seen: 1 });
  await vi.waitFor(() => expect(phone.view.get().appeal?.state).toBe('waiting_for_resident'));
  const [first, final] = phone.view.get().appeal!.clocks;
  expect([first?.stopped_at !== null, final?.paused]).toEqual([true, true]);
  await phone.say('Полис 6063 8129 0457 1238');
  await vi.waitFor(() => expect(phone.view.get().appeal?.state).toBe('in_work'));
  await vi.waitFor(() => expect(phone.view.get().private?.at(-1)?.fate).toBe('sent'));
  await oleg.appeals.finalAnswer(id, { text: 'Записали', outcome: 'resolved', seen: 2 });
  await vi.waitFor(() => expect(phone.view.get().public.at(-1)?.text).toBe('Записали'));
  expect((await nina.appeals.confirm(id)).state).toBe('confirmed');
  expect((await nina.appeals.rate(id, { score: 5 })).rating).toBe(5);

  const page = await nina.http.messages(room.id);
  expect(page.items.filter((item) => item.kind === 'appeal')).toMatchObject([
    { id, state: 'confirmed', outcome: 'resolved' },
  ]);
  const figures = await figuresOf(irina.http, { by: 'category' });
  expect(figures).toMatchObject({ appeals: 1, declared: 1, confirmed: 1 });
  expect(figures.groups).toMatchObject([{ key: 'other', appeals: 1 }]);
});

test('who does not own it sees no private lane; whose view is stale is told what is missing', async () => {
  const { id, nina } = await asked('Мой телефон +7 914 555-01-22, перезвоните');
  const oleg = await person('responder');
  const timur = await person('responder2');
  const other = timur.look(id);
  await vi.waitFor(() => expect(other.view.get().phase).toBe('ready'));
  expect(other.view.get().public[0]?.text).toBe('Мой телефон •• ••• •••-••-••, перезвоните');
  expect(other.view.get().appeal).toMatchObject({ has_private: true });

  const message = { cid: 'm1', text: 'Смотрим', seen: 1 };
  await oleg.appeals.say(id, message);
  await oleg.appeals.say(id, message);
  const stale = oleg.appeals.ask(id, { text: 'Когда?', seen: 1 });
  await expect(stale).rejects.toMatchObject({
    problem: { code: 'stale_view', missing: [{ seq: 2, text: 'Смотрим' }] },
  });
  await vi.waitFor(() => expect(other.view.get().appeal?.organisation?.id).toBe(oleg.organisation));
  await expect(timur.appeals.accept(id)).rejects.toMatchObject({ problem: { status: 403 } });
  await nina.appeals.withdraw(id);
  await expect(oleg.appeals.ask(id, { text: 'Когда?', seen: 2 })).rejects.toMatchObject({
    problem: { code: 'wrong_state', state: 'withdrawn' },
  });
});

test('colleagues see who looks and who writes', async () => {
  const { id } = await asked();
  const oleg = await person('responder');
  const irina = await person('head');
  const desk = irina.look(id);
  await vi.waitFor(() => expect(desk.view.get().phase).toBe('ready'));
  desk.viewing(false);
  const other = oleg.look(id);
  other.viewing(true);
  await vi.waitFor(() =>
    expect(desk.view.get().viewers).toEqual([{ name: 'Олег Минаев', drafting: true }]),
  );
});

test('leaders keep the roster, responders read it', async () => {
  const irina = await person('head');
  const oleg = await person('responder');
  const rosters = rostersOver(irina.http);
  const span = { from: '2026-11-22T14:00:00.000Z', to: '2026-11-29T14:00:00.000Z' };
  const empty = await rosters.get(irina.organisation, span);
  expect(empty).toMatchObject({ shifts: [], may_keep: true, time_zone: 'Asia/Vladivostok' });
  expect(empty.open).toHaveLength(6);
  expect(empty.people.map(({ name }) => name)).toEqual([
    'Ирина Седова',
    'Марина Ковалёва',
    'Олег Минаев',
  ]);
  const shift = { staff: oleg.me.id, ...empty.open[0]! };
  const { id } = await rosters.add(irina.organisation, shift);
  const theirs = await rostersOver(oleg.http).get(irina.organisation, span);
  expect(theirs).toMatchObject({ shifts: [{ id, ...shift }], may_keep: false });
  await rosters.remove(irina.organisation, id);
  expect((await rosters.get(irina.organisation, span)).shifts).toEqual([]);
});

test('a clock that starts at the weekend starts on Monday', async () => {
  now = Date.parse('2026-11-28T09:30:00.000Z');
  const { nina, id } = await asked();
  const [first] = (await nina.appeals.get(id)).clocks;
  expect(first?.due_at).toBe('2026-11-29T23:30:00.000Z');
  now = NOON;
});
