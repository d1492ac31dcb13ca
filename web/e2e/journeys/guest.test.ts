// Somebody without an account: reads, is told about a mistyped code, and learns when a closed medchat opens.

import { expect, test } from 'vitest';
import { door, fault, kit, room as words } from '@medchat/ui/texts.ts';
import type { Page } from 'playwright-core';

import { caller, freshCid, medchatOf } from '../api.ts';
import { employee, messageOf, resident } from '../people.ts';
import { PHONE, stage } from '../stage.ts';

const { house, window } = stage();

test('a guest reads a medchat and is shown the way to write', async () => {
  const room = await medchatOf(house().url, 'RU-BA');
  const neighbour = await caller(house().url, 'resident2.ruba@demo');
  await neighbour.join(room.id);
  await neighbour.post(room.id, freshCid(), 'Где взять справку в бассейн?');
  const clinic = await caller(house().url, 'responder.ruba@demo');
  await clinic.post(room.id, freshCid(), 'В кабинете 112, талон не нужен');
  const phone = await window(PHONE);
  await phone.goto(`/j/${encodeURIComponent(room.invitation_code)}`);
  await phone.getByRole('heading', { name: room.title }).waitFor();
  await phone.getByText('В кабинете 112, талон не нужен').first().waitFor();
  await resident(phone).opensRoom(room.id);
  await messageOf(phone, 'Где взять справку в бассейн?').waitFor();
  await phone.getByText(words.guest).waitFor();
  await phone.getByRole('link', { name: kit.sign_in, exact: true }).first().waitFor();
  expect(await phone.locator('#compose').count()).toBe(0);
});

test('a mistyped code is said so beside the field, an unknown one too', async () => {
  const room = await medchatOf(house().url, 'RU-ROS');
  const code = room.invitation_code;
  const phone = await window(PHONE);
  const wrong = (code.startsWith('1') ? '2' : '1') + code.slice(1);
  await resident(phone).typesCode(wrong);
  await phone.getByText(fault.code_mistyped).waitFor();
  expect(await phone.locator('#code').getAttribute('aria-invalid')).toBe('true');
  // The same letters on a Latin keyboard, in lower case and with a dash, open the room all the same.
  const latin: Record<string, string> = {
    А: 'A',
    В: 'B',
    Е: 'E',
    К: 'K',
    М: 'M',
    Н: 'H',
    О: 'O',
    Р: 'P',
    С: 'C',
    Т: 'T',
    У: 'Y',
    Х: 'X',
  };
  const typed = [...code]
    .map((letter) => latin[letter] ?? letter)
    .join('')
    .toLowerCase();
  await resident(phone).typesCode(`${typed.slice(0, 3)}-${typed.slice(3)}`);
  await phone.getByRole('heading', { name: room.title }).waitFor();
});

test('a closed medchat says when answers begin, and takes the question', async () => {
  const room = await medchatOf(house().url, 'RU-KHA');
  const phone = await window(PHONE);
  await atNight(phone);
  await phone.goto(`/j/${encodeURIComponent(room.invitation_code)}`);
  await phone
    .getByText(/Закрыто до понедельника, 08:00/)
    .first()
    .waitFor();
  await phone
    .getByText(/ответ начнётся в понедельник в 08:00/)
    .first()
    .waitFor();
  await phone.getByRole('button', { name: door.go_on }).waitFor();
});

test('staff who find no rights are told so; an address of a staff room tells a resident nothing', async () => {
  const staffRoom = (
    await (await caller(house().url, 'responder.rukha@demo')).rooms({ kind: 'staff' })
  ).items[0]!;
  const phone = await window(PHONE);
  await resident(phone).signsInFirst('resident3.rukha@demo');
  await phone.goto(`/rooms/${staffRoom.id}`);
  await phone.getByText(words.gone).first().waitFor();
  const desk = await window();
  await employee(desk).signsIn('registrar.rukha@demo');
  await employee(desk).opens('Хабаровск. Здоровье');
  expect(await desk.locator('#compose').count()).toBe(0);
});

/** The server's answers as they are on a Saturday night: clients must not ask their own clock whether a room is open. */
async function atNight(page: Page) {
  await page.clock.setFixedTime('2026-11-21T13:00:00.000Z');
  const closed = { open_now: false, closes_at: null, next_opening: '2026-11-22T22:00:00.000Z' };
  await page.route(/\/api\/v1\/(invitations|rooms)\/[^/?]+$/, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { room?: object };
    const patched =
      body.room === undefined
        ? { ...body, ...closed }
        : { ...body, room: { ...body.room, ...closed } };
    await route.fulfill({ response: answer, json: patched });
  });
}
