// Every screen under axe, light, dark and in large type; and both main paths without a mouse.

import { beforeAll, describe, expect, test } from 'vitest';

import { findings } from '../axe.ts';
import type { Look } from '../browser.ts';
import { PASSWORD } from '../api.ts';
import { outlineOfFocus, tabTo } from '../keyboard.ts';
import { messageOf, resident } from '../people.ts';
import { scene, SCREENS, visitor, type Scene } from '../screens.ts';
import { DESK, PHONE, stage } from '../stage.ts';

const { house, window } = stage();
let set: Scene;
beforeAll(async () => void (set = await scene(house().url)));

const LOOKS: Record<string, Look> = {
  'light, phone': PHONE,
  'dark, phone': { ...PHONE, theme: 'dark' },
  'large type, phone': { ...PHONE, large: true },
  'light, desk': DESK,
  'dark, desk': { ...DESK, theme: 'dark' },
};

describe.each(Object.entries(LOOKS))('axe finds nothing: %s', (_, look) => {
  const visit = visitor(
    () => window(look),
    () => set,
  );
  test.each(Object.keys(SCREENS))('%s', async (name) => {
    expect(await findings(await visit(name))).toEqual([]);
  });
});

test('a resident signs in, writes and asks without a mouse', async () => {
  const page = await window(PHONE);
  await page.goto(`/sign-in?next=${encodeURIComponent(`/rooms/${set.room.id}`)}`);
  await tabTo(page, '#login');
  await page.keyboard.type('resident1.rukha@demo');
  await tabTo(page, '#password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('#login').waitFor({ state: 'detached' });
  await resident(page).opensRoom(set.room.id);
  await page.locator('#compose').waitFor();
  await tabTo(page, '#compose');
  await page.keyboard.type('Без мыши');
  await tabTo(page, '.ways > .second');
  await page.keyboard.press('Enter');
  await messageOf(page, 'Без мыши').waitFor();
  // In the field Enter is the main way: into the form, with what was typed.
  await tabTo(page, '#compose');
  await page.keyboard.type('Вопрос без мыши');
  await page.keyboard.press('Enter');
  await page.locator('#question').waitFor();
  await tabTo(page, 'button[type="submit"]');
  await page.keyboard.press('Enter');
  await resident(page).card().waitFor();
  await messageOf(page, 'Вопрос без мыши').waitFor();
});

test('an employee finds, opens and answers without a mouse, and always sees the focus', async () => {
  const page = await window(DESK);
  await page.goto('/console/rooms');
  await tabTo(page, '#login');
  await page.keyboard.type('responder.rukha@demo');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('[data-room]').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-room'))).toBe(
    await page.locator('[data-room]').first().getAttribute('data-room'),
  );
  expect(await outlineOfFocus(page)).toBe('solid');
  await page.keyboard.press('/');
  await page.keyboard.type(set.room.title);
  await page.keyboard.press('Enter');
  await messageOf(page, 'Кабинет 112').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.type('Ответ с клавиатуры');
  await page.keyboard.press('Control+Enter');
  await messageOf(page, 'Ответ с клавиатуры').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
});
