// The main job: a resident asks, a clinic answers, both read both, in order, exactly once, also when the
// server is killed between them.

import { expect, test } from 'vitest';
import { kit, room as words } from '@medchat/ui/texts.ts';

import { caller, heldTexts, medchatOf } from '../api.ts';
import { employee, messageOf, readTexts, resident, unsentOn } from '../people.ts';
import { shot } from '../shots.ts';
import { DESK, PHONE, stage } from '../stage.ts';

const { house, window } = stage();

test('a question, an answer, and a server that dies in between', async () => {
  const room = await medchatOf(house().url, 'RU-KHA');
  const phone = await window(PHONE);
  const desk = await window(DESK);
  const nina = resident(phone);
  const oleg = employee(desk);
  const said = ['Не могу записать маму к неврологу', 'Добрый день, смотрю запасные талоны'];

  await nina.typesCode(room.invitation_code.toLowerCase());
  await phone.getByRole('heading', { name: room.title }).waitFor();
  await nina.asksAtDoor(said[0]!);
  await nina.signsIn('resident1.rukha@demo');
  await nina.joins();
  // The question typed at the door came along; back in the room it may be said to everybody as well.
  await expect.poll(() => phone.locator('#question').inputValue()).toBe(said[0]);
  await phone.getByRole('link', { name: kit.back }).click();
  await expect.poll(() => phone.locator('#compose').inputValue()).toBe(said[0]);
  await phone.getByRole('button', { name: words.tell_all, exact: true }).click();
  await phone.locator('.fate.sent').waitFor();

  await oleg.signsIn('responder.rukha@demo');
  await expect.poll(() => oleg.row(room.title).locator('.badge').innerText()).toBe('1');
  await oleg.opens(room.title);
  await messageOf(desk, said[0]!).waitFor();
  await expect.poll(() => oleg.row(room.title).locator('.badge').count()).toBe(0);
  await phone.locator('.fate.seen').first().waitFor();
  await oleg.answers(said[1]!);
  await messageOf(phone, said[1]!).waitFor();
  expect(await messageOf(phone, said[1]!).innerText()).toContain('Олег');

  await house().kill();
  await phone.getByText(words.offline).waitFor();
  said.push('Полис взять с собой?', 'Да, и выписку');
  await nina.writes(said[2]!);
  await oleg.answers(said[3]!);
  await phone.locator('.fate.queued').waitFor();
  await desk.locator('.fate.queued').waitFor();
  await shot(phone, 'resident-offline-360');
  await shot(desk, 'console-offline-1280');
  await house().restart();
  await expect.poll(() => unsentOn(phone), { timeout: 45_000 }).toBe(0);
  await expect.poll(() => unsentOn(desk), { timeout: 45_000 }).toBe(0);

  const http = await caller(house().url, 'resident1.rukha@demo');
  const held = await heldTexts(http, room.id);
  expect([...held].sort()).toEqual([...said].sort());
  expect(held.slice(0, 2)).toEqual(said.slice(0, 2));
  await expect.poll(() => readTexts(phone)).toEqual(held);
  await expect.poll(() => readTexts(desk)).toEqual(held);
  await phone.reload();
  await expect.poll(() => readTexts(phone)).toEqual(held);

  // Away from the room, what is new is counted; back in it, it is marked and read.
  await phone.goto('/');
  await oleg.answers('Ждём вас в четверг');
  await phone.reload();
  await phone.getByText('1 новое').waitFor();
  await phone.getByRole('link', { name: room.title }).first().click();
  await phone.getByText(words.new_line).waitFor();
  await messageOf(phone, 'Ждём вас в четверг').waitFor();
  expect(await readTexts(phone)).toEqual([...held, 'Ждём вас в четверг']);
});
