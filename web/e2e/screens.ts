// Every screen of both clients with the way to it, told once: axe walks them and so does the camera.

import type { Page } from 'playwright-core';

import { caller, freshCid, medchatOf } from './api.ts';
import { employee, messageOf, resident } from './people.ts';

export interface Scene {
  url: string;
  room: { id: string; title: string; invitation_code: string };
}

/** A room with a short conversation of invented people. */
export async function scene(url: string): Promise<Scene> {
  const room = await medchatOf(url, 'RU-KHA');
  const nina = await caller(url, 'resident1.rukha@demo');
  const viktor = await caller(url, 'resident2.rukha@demo');
  const oleg = await caller(url, 'responder.rukha@demo');
  const vera = await caller(url, 'moderator.rukha@demo');
  await nina.join(room.id);
  await viktor.join(room.id);
  const say = (who: typeof nina, text: string) => who.post(room.id, freshCid(), text);
  await say(
    nina,
    'Не могу записать маму к неврологу: мест нет до января. Ей 79, ходит с палочкой, далеко ездить не может.',
  );
  await say(
    oleg,
    'Нина, добрый день. Смотрю, есть ли запасные талоны. Номер полиса сюда не пишите.',
  );
  await say(nina, 'Спасибо, подожду');
  const advert = await say(viktor, 'Продаю витамины');
  await vera.hide(room.id, advert.id, 'Реклама');
  await say(viktor, 'В какой кабинет сдавать выписку для справки в бассейн и нужен ли талон?');
  await say(oleg, 'Кабинет 112, до 10:30, талон не нужен.');
  return { url, room };
}

const inConsole = async (page: Page, login: string, { room }: Scene) => {
  await employee(page).signsIn(login);
  await employee(page).opens(room.title);
  await messageOf(page, 'Кабинет 112').waitFor();
};

/** Name → the way there. */
export const SCREENS: Record<string, (page: Page, scene: Scene) => Promise<void>> = {
  'resident-finder': async (page) => {
    await page.goto('/');
    await page.locator('#code').waitFor();
  },
  'resident-door': async (page, { room }) => {
    await page.goto(`/j/${encodeURIComponent(room.invitation_code)}`);
    await page.locator('#question').waitFor();
  },
  'resident-sign-in': async (page) => {
    await page.goto('/sign-in');
    await page.locator('#login').waitFor();
  },
  'resident-sign-up': async (page) => {
    await page.goto('/sign-up');
    await page.locator('#alias').waitFor();
  },
  'resident-room-guest': async (page, { room }) => {
    await resident(page).opensRoom(room.id);
    await messageOf(page, 'Кабинет 112').waitFor();
  },
  'resident-room': async (page, { room }) => {
    await resident(page).signsInFirst('resident1.rukha@demo');
    await resident(page).opensRoom(room.id);
    await messageOf(page, 'Кабинет 112').waitFor();
    await page.locator('#compose').waitFor();
  },
  'resident-account': async (page) => {
    await resident(page).signsInFirst('resident1.rukha@demo');
    await page.goto('/account');
    await page.getByRole('heading', { level: 1 }).waitFor();
  },
  'resident-unknown-code': async (page) => {
    await page.goto('/j/000000');
    await page.locator('.empty').waitFor();
  },
  'console-sign-in': async (page) => {
    await page.goto('/console/');
    await page.locator('#login').waitFor();
  },
  'console-rooms': (page) => employee(page).signsIn('responder.rukha@demo'),
  'console-room': (page, scene) => inConsole(page, 'responder.rukha@demo', scene),
  'console-room-reader': (page, scene) => inConsole(page, 'registrar.rukha@demo', scene),
  'console-about': async (page, scene) => {
    await inConsole(page, 'moderator.rukha@demo', scene);
    await page.goto(`${page.url()}?about`);
    await page.locator('.about .qr').waitFor();
  },
  'console-keys': async (page, scene) => {
    await inConsole(page, 'moderator.rukha@demo', scene);
    await page.getByRole('log').press('?');
    await page.getByRole('dialog').waitFor();
  },
  'console-menu': async (page, scene) => {
    await employee(page).signsIn('chief.rukha@demo');
    await page.goto(`/console/rooms/${scene.room.id}`);
    await messageOf(page, 'Кабинет 112').waitFor();
    if ((page.viewportSize()?.width ?? 0) < 768) await page.goto('/console/');
    await page.locator('.person > summary').click();
  },
  'console-hide': async (page, scene) => {
    await inConsole(page, 'moderator.rukha@demo', scene);
    await messageOf(page, 'Спасибо, подожду').hover();
    await messageOf(page, 'Спасибо, подожду').getByRole('button').click();
    await page.getByRole('dialog').waitFor();
  },
  'console-resident-account': async (page) => {
    await resident(page).signsInFirst('resident2.rukha@demo');
    await page.goto('/console/');
    await page.locator('.empty').waitFor();
  },
  'console-missing': async (page) => {
    await employee(page).signsIn('responder.rukha@demo');
    await page.goto('/console/rooms/nowhere');
    await page.locator('.feed .empty').waitFor();
  },
};
