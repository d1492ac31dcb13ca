// A message is changed by its author and hidden by a moderator; everybody sees the same, and the hidden
// text is nowhere left.

import { expect, test } from 'vitest';
import { console as desk, kit, room as words } from '@medchat/ui/texts.ts';

import { caller, freshCid, medchatOf } from '../api.ts';
import { employee, messageOf, resident } from '../people.ts';
import { shot } from '../shots.ts';
import { DESK, PHONE, stage } from '../stage.ts';

const { house, window } = stage();

test('edited, then hidden with a reason', async () => {
  const room = await medchatOf(house().url, 'RU-BA');
  const author = await caller(house().url, 'resident1.ruba@demo');
  await author.join(room.id);
  await author.post(room.id, freshCid(), 'Здравствуйте');
  const phone = await window(PHONE);
  const nina = resident(phone);
  await nina.opensRoom(room.id);
  await nina.signsIn('resident1.ruba@demo');
  await nina.writes('Продаю витамины, дёшево');

  const screen = await window(DESK);
  const vera = employee(screen);
  await vera.signsIn('moderator.ruba@demo');
  await vera.opens(room.title);
  await messageOf(screen, 'Продаю витамины').waitFor();

  await messageOf(phone, 'Продаю витамины').getByRole('button', { name: words.edit }).click();
  const field = phone.getByRole('dialog').getByRole('textbox');
  await field.fill('Продаю витамины, очень дёшево');
  await phone.getByRole('button', { name: words.edit_save }).click();
  await messageOf(screen, 'очень дёшево').getByText(kit.edited).waitFor();
  await messageOf(phone, 'очень дёшево').getByText(kit.edited).waitFor();

  await messageOf(screen, 'очень дёшево').hover();
  await messageOf(screen, 'очень дёшево').getByRole('button', { name: desk.hide }).click();
  await shot(screen, 'console-hide-1280');
  await screen.getByRole('button', { name: desk.hide_go }).click();
  await screen.getByText(desk.hide_empty).waitFor();
  await screen.keyboard.press('Escape');
  await vera.hides('очень дёшево', desk.hide_reasons[1]);

  for (const page of [phone, screen]) {
    await page.getByText(`Причина: ${desk.hide_reasons[1]}`).waitFor();
    expect(await page.locator('[role="log"]').innerText()).not.toContain('витамины');
  }
  await phone.reload();
  await phone.getByText(words.hidden).waitFor();
  expect(JSON.stringify(await author.messages(room.id))).not.toContain('витамины');
  // Others' messages offer a moderator to hide them, never to change them.
  await messageOf(screen, 'Здравствуйте').hover();
  expect(
    await messageOf(screen, 'Здравствуйте').getByRole('button', { name: words.edit }).count(),
  ).toBe(0);
});
