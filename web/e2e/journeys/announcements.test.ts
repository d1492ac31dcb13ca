// A chief physician announces; every resident reads it and nobody answers there.

import { expect, test } from 'vitest';
import { console as desk, room as words } from '@medchat/ui/texts.ts';

import { caller } from '../api.ts';
import { employee, messageOf, resident } from '../people.ts';
import { shot } from '../shots.ts';
import { DESK, PHONE, stage } from '../stage.ts';

const { house, window } = stage();

test('published in the console, read on the phone', async () => {
  const guest = await caller(house().url);
  const room = (await guest.rooms({ region: 'RU-KHA', kind: 'announcements' })).items[0]!;
  const phone = await window(PHONE);
  await resident(phone).signsInFirst('resident1.rukha@demo');
  await resident(phone).opensRoom(room.id);
  expect(await phone.locator('#compose').count()).toBe(0);

  const screen = await window(DESK);
  const marina = employee(screen);
  await marina.signsIn('chief.rukha@demo');
  await marina.opens(room.title);
  await screen.getByRole('button', { name: desk.send_announcements }).waitFor();
  await marina.answers('С понедельника рентген работает до 20:00');
  await messageOf(phone, 'рентген').waitFor();
  await phone.getByText(words.announcements_only).waitFor();
  await shot(screen, 'console-announcements-1280');

  const other = await window(DESK);
  await employee(other).signsIn('registrar.rukha@demo');
  await employee(other).opens(room.title);
  await messageOf(other, 'рентген').waitFor();
  await other.getByText(desk.read_only_announcements).waitFor();
  expect(await other.locator('#compose').count()).toBe(0);
});
