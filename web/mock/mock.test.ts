// The mock speaks with the real client: if they part, one of them has left the contract.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

import { openHttp, Refused } from '@medchat/wire/http.ts';
import { digitsOf, fits } from '@medchat/wire/desk-code.ts';
import { openSocket, type Wire } from '@medchat/wire/socket.ts';
import { verificationOver } from '@medchat/wire/verification.ts';
import type { ServerFrame } from '@medchat/wire/generated.ts';
import { startMock } from './server.js';

let mock: Awaited<ReturnType<typeof startMock>>;
beforeAll(async () => void (mock = await startMock()));
afterAll(() => mock.stop());

const PASSWORD = 'medchat-demo-2026';
const person = () =>
  openHttp({
    base: `${mock.url}/api/v1`,
    exclusive: (_, work) => work(),
    hint: { get: () => false, set: () => {} },
  });

test('a resident joins by code, writes, and a responder follows the room', async () => {
  const nina = person();
  const oleg = person();
  const khabarovsk = (await nina.rooms({ region: 'RU-KHA', kind: 'medchat' })).items;
  expect(khabarovsk).toHaveLength(3);
  const { room } = await nina.invitation(khabarovsk[0]!.invitation_code!);
  await nina.signIn('resident1.rukha@demo', PASSWORD);
  expect(await nina.join(room.id)).toMatchObject({ joined: true, room: { my: { member: true } } });
  await oleg.signIn('responder.rukha@demo', PASSWORD);

  const heard: ServerFrame[] = [];
  const socket = openSocket({
    url: `${mock.url.replace('http', 'ws')}/api/v1/socket`,
    token: () => oleg.token(),
    connect: (url, protocol) => new WebSocket(url, protocol) as unknown as Wire,
  });
  socket.hear((frame) => heard.push(frame));
  socket.follow(room.feed, () => ({ after: 0 }));
  socket.start();
  await nina.post(room.id, 'c1', 'Как записать маму к неврологу?');
  await nina.post(room.id, 'c1', 'Как записать маму к неврологу?');
  await vi.waitFor(() => expect(heard.some((frame) => frame.ev === 'entry')).toBe(true));
  expect(heard.filter((frame) => frame.ev === 'entry')).toMatchObject([
    { seq: 1, entry: { kind: 'message', text: 'Как записать маму к неврологу?' } },
  ]);
  socket.send({ op: 'post', cid: 'c2', room: room.id, text: 'Добрый день, сейчас посмотрю' });
  await vi.waitFor(() => expect(heard.some((frame) => frame.ev === 'ack')).toBe(true));
  socket.stop();
  const page = await nina.messages(room.id);
  expect(page.items.map(({ seq }) => seq)).toEqual([2, 1]);
  expect(page.items[0]?.author.signature?.name).toBe('Олег Минаев');
});

test('rights differ: a guest may not write, a moderator hides, staff rooms do not exist for others', async () => {
  const guest = person();
  await guest.signIn('guest.ruba@demo', PASSWORD);
  const room = (await guest.rooms({ region: 'RU-BA', kind: 'medchat' })).items[0]!;
  await guest.join(room.id);
  await expect(guest.post(room.id, 'c', 'Здравствуйте')).rejects.toMatchObject({
    problem: { code: 'not_verified' },
  });
  expect((await guest.rooms({ region: 'RU-BA', kind: 'staff' })).items).toEqual([]);

  const moderator = person();
  await moderator.signIn('moderator.ruba@demo', PASSWORD);
  const { id } = await moderator.post(room.id, 'c', 'Пишите по теме');
  await moderator.hide(room.id, id, 'Проба');
  expect((await guest.messages(room.id)).items[0]).toMatchObject({ hidden: true, text: '' });
});

test('a code from a desk lets one person write, once', async () => {
  const [registrar, guest, other] = [person(), person(), person()];
  await registrar.signIn('registrar.ruros@demo', PASSWORD);
  await guest.signIn('guest.ruros@demo', PASSWORD);
  await other.signIn('guest.rukha@demo', PASSWORD);
  const slips = verificationOver(registrar);
  const { code, slips: sheet } = await slips.handOut({ count: 2 });
  expect(sheet.map((slip) => fits(digitsOf(slip.code)))).toEqual([true, true]);
  await verificationOver(guest).byDeskCode(code);
  expect((await guest.me()).verified_adult).toBe(true);
  const refused = (error: unknown) => (error as Refused).problem.code;
  const tried = (text: string) => verificationOver(other).byDeskCode(text).catch(refused);
  expect(await tried(code)).toBe('code_used');
  await slips.takeBack(sheet[1]!.id);
  expect(await tried(sheet[1]!.code)).toBe('code_expired');
  expect((await slips.handedOut()).map(({ state }) => state)).toEqual(['redeemed', 'revoked']);
  await expect(verificationOver(guest).handOut({})).rejects.toMatchObject({
    problem: { code: 'not_allowed' },
  });
});

test('a mistyped code is told from an unknown one', async () => {
  const guest = person();
  const code = (await guest.rooms({ region: 'RU-ROS' })).items[0]!.invitation_code!;
  const wrong = (code[0] === '1' ? '2' : '1') + code.slice(1);
  const refusal = await guest.invitation(wrong).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refused);
  expect((refusal as Refused).problem.code).toBe('invalid');
});
