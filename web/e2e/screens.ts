// Every screen of both clients with the way to it, told once: axe walks them and so does the camera.

import { say as told } from '@medchat/ui/say.ts';
import { console as desk, factor } from '@medchat/ui/texts.ts';
import { appealsOver } from '@medchat/wire/appeals.ts';
import type { Page } from 'playwright-core';

import { caller, freshCid, medchatOf } from './api.ts';
import { messageOf, resident } from './people.ts';
import { SCREENS_OF_CODES } from './screens-of-codes.ts';

export interface Scene {
  url: string;
  room: { id: string; title: string; invitation_code: string };
  /** Appeals of the first resident, by id. */
  appeals: { waiting: string; asked: string; answered: string };
  /** An appeal with something in both lanes, taken by a head of department. */
  appeal: string;
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
  const ask = async (text: string) => {
    const { id } = await appealsOver(nina).open({ cid: freshCid(), room: room.id, text });
    return id;
  };
  const appeals = {
    waiting: await ask('Нет талонов к окулисту до конца месяца'),
    asked: await ask('Когда придёт врач на дом?'),
    answered: await ask('Нужна выписка для бассейна, мой телефон +7 914 123-45-67'),
  };
  const clinic = appealsOver(oleg);
  await clinic.ask(appeals.asked, { text: 'Назовите код домофона', lane: 'private' });
  await clinic.finalAnswer(appeals.answered, {
    text: 'Выписка готова, кабинет 101.',
    outcome: 'resolved',
    lane: 'public',
  });
  return { url, room, appeals, appeal: await appealIn(url, room.id) };
}

/** Two questions to a clinic; one is taken, answered in both lanes and waits for its author. */
async function appealIn(url: string, room: string): Promise<string> {
  const irina = await caller(url, 'head.rukha@demo');
  const desk = (await irina.me()).grants.find(({ scope }) => scope.kind === 'organisation');
  const organisation = desk?.scope.id ?? '';
  const open = async (login: string, text: string, private_text?: string) => {
    const appeals = appealsOver(await caller(url, login));
    const details = private_text === undefined ? {} : { private_text };
    return appeals.open({
      cid: freshCid(),
      room,
      organisation,
      category: 'appointment',
      text,
      ...details,
    });
  };
  await open('resident2.rukha@demo', 'Третий день не выписывают льготный рецепт на тест-полоски');
  const { id } = await open(
    'resident1.rukha@demo',
    'Не могу записать маму к неврологу: мест нет до января',
    'Полис 6063 8129 0457 1238',
  );
  const appeals = appealsOver(irina);
  await appeals.accept(id);
  await appeals.say(id, {
    cid: freshCid(),
    lane: 'public',
    text: 'Нина, смотрю запасные талоны',
    seen: 1,
  });
  await appeals.ask(id, { lane: 'private', text: 'Подойдёт четверг, 10:40?', seen: 1 });
  return id;
}

export interface Screen {
  /** Who looks at it; nobody signed in when absent. */
  who?: string;
  go(page: Page, scene: Scene): Promise<void>;
}

const openAppeal = async (page: Page, id: string) => {
  await page.goto(`/appeals/${id}`);
  await page.locator('.course').waitFor();
};
const answered = (page: Page) => messageOf(page, 'Кабинет 112').waitFor();
const openConsole = async (page: Page, room: string, query = '') => {
  await page.goto(`/console/rooms/${room}${query}`);
  await answered(page);
};

const HEAD = 'head.rukha@demo';
const openDesk = async (page: Page, appeal: string, query = '') => {
  await page.goto(`/console/appeals/${appeal}${query}`);
  await page
    .locator(query === '' ? '.lane article' : '.about')
    .first()
    .waitFor();
};

/** Name → the way there. */
export const SCREENS: Record<string, Screen> = {
  ...SCREENS_OF_CODES,
  'resident-finder': {
    async go(page) {
      await page.goto('/');
      await page.locator('#code').waitFor();
    },
  },
  'resident-door': {
    async go(page, { room }) {
      await page.goto(`/j/${encodeURIComponent(room.invitation_code)}`);
      await page.locator('#question').waitFor();
    },
  },
  'resident-unknown-code': {
    async go(page) {
      await page.goto('/j/000000');
      await page.locator('.empty').waitFor();
    },
  },
  'resident-sign-in': {
    async go(page) {
      await page.goto('/sign-in');
      await page.locator('#login').waitFor();
    },
  },
  'resident-sign-up': {
    async go(page) {
      await page.goto('/sign-up');
      await page.locator('#alias').waitFor();
    },
  },
  'resident-room-guest': {
    async go(page, { room }) {
      await resident(page).opensRoom(room.id);
      await answered(page);
    },
  },
  'resident-room': {
    who: 'resident1.rukha@demo',
    async go(page, { room }) {
      await resident(page).opensRoom(room.id);
      await answered(page);
      await page.locator('#compose').waitFor();
    },
  },
  'resident-composer': {
    who: 'resident1.rukha@demo',
    async go(page, { room }) {
      await resident(page).opensRoom(room.id);
      await page.locator('#compose').fill('Нет талонов к неврологу');
      await page.locator('.ways').waitFor();
    },
  },
  'resident-ask': {
    who: 'resident1.rukha@demo',
    async go(page, { room }) {
      await page.goto(`/rooms/${room.id}/ask`);
      await page.locator('#question').waitFor();
    },
  },
  'resident-ask-finding': {
    who: 'resident1.rukha@demo',
    async go(page, { room }) {
      await page.goto(`/rooms/${room.id}/ask`);
      await page.locator('#question').fill('Нет талонов. Полис 6063 8129 0457 1238');
      await page.locator('.finding').waitFor();
      await page.locator('.details > summary').click();
    },
  },
  'resident-ask-guest': {
    async go(page, { room }) {
      await page.goto(`/rooms/${room.id}/ask`);
      await page.locator('.next-step').waitFor();
    },
  },
  'resident-appeals': {
    who: 'resident1.rukha@demo',
    async go(page, { room }) {
      await page.goto(`/appeals?room=${room.id}`);
      await page.locator('.appeal-card').first().waitFor();
    },
  },
  'resident-appeal-waiting': {
    who: 'resident1.rukha@demo',
    go: (page, { appeals }) => openAppeal(page, appeals.waiting),
  },
  'resident-appeal-asked': {
    who: 'resident1.rukha@demo',
    go: (page, { appeals }) => openAppeal(page, appeals.asked),
  },
  'resident-appeal-answered': {
    who: 'resident1.rukha@demo',
    go: (page, { appeals }) => openAppeal(page, appeals.answered),
  },
  'resident-appeal-contesting': {
    who: 'resident1.rukha@demo',
    async go(page, { appeals }) {
      await openAppeal(page, appeals.answered);
      await page.locator('.verdict .button').last().click();
      await page.locator('.verdict textarea').waitFor();
    },
  },
  'resident-appeal-missing': {
    async go(page) {
      await page.goto('/appeals/nowhere');
      await page.locator('.empty').waitFor();
    },
  },
  'resident-status': {
    async go(page) {
      await page.goto('/status');
      await page.locator('#number').waitFor();
    },
  },
  'resident-account': {
    who: 'resident1.rukha@demo',
    async go(page) {
      await page.goto('/account');
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
  'resident-not-verified': {
    who: 'guest.rukha@demo',
    async go(page, { room }) {
      await resident(page).opensRoom(room.id);
      await answered(page);
    },
  },
  'console-resident-account': {
    who: 'guest.rukha@demo',
    async go(page) {
      await page.goto('/console/');
      await page.locator('.empty').waitFor();
    },
  },
  'console-second-factor': {
    who: 'observer.rukha@demo',
    async go(page) {
      await page.goto('/console/second-factor');
      await page.getByRole('button', { name: factor.begin }).click();
      await page.locator('.qr').waitFor();
    },
  },
  'console-sessions': {
    who: HEAD,
    async go(page) {
      await page.goto('/console/sessions');
      await page.locator('.session').first().waitFor();
    },
  },
  'console-audit': {
    who: 'auditor@demo',
    async go(page) {
      await page.goto('/console/audit');
      await page.locator('.audit tbody tr').first().waitFor();
    },
  },
  'console-audit-nothing': {
    who: 'auditor@demo',
    async go(page) {
      await page.goto('/console/audit?act=nothing');
      await page.locator('.empty').waitFor();
    },
  },
  'console-sign-in': {
    async go(page) {
      await page.goto('/console/');
      await page.locator('#login').waitFor();
    },
  },
  'console-room-reader': {
    who: 'registrar.rukha@demo',
    go: (page, { room }) => openConsole(page, room.id),
  },
  'console-rooms': {
    who: 'moderator.rukha@demo',
    async go(page) {
      await page.goto('/console/');
      await page.locator('[data-room]').first().waitFor();
    },
  },
  'console-room': {
    who: 'moderator.rukha@demo',
    go: (page, { room }) => openConsole(page, room.id),
  },
  'console-about': {
    who: 'moderator.rukha@demo',
    async go(page, { room }) {
      await page.goto(`/console/rooms/${room.id}?about`);
      await page.locator('.about .qr').waitFor();
    },
  },
  'console-keys': {
    who: 'moderator.rukha@demo',
    async go(page, { room }) {
      await openConsole(page, room.id);
      await page.getByRole('log').press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  'console-menu': {
    who: 'moderator.rukha@demo',
    async go(page) {
      await page.goto('/console/');
      await page.locator('[data-room]').first().waitFor();
      await page.locator('.person > summary').click();
    },
  },
  'console-hide': {
    who: 'moderator.rukha@demo',
    async go(page, { room }) {
      await openConsole(page, room.id);
      await messageOf(page, 'Спасибо, подожду').hover();
      await messageOf(page, 'Спасибо, подожду').getByRole('button').click();
      await page.getByRole('dialog').waitFor();
    },
  },
  'console-appeals': {
    who: HEAD,
    async go(page) {
      await page.goto('/console/');
      await page.locator('[data-appeal]').first().waitFor();
    },
  },
  'console-year-unsigned': {
    who: HEAD,
    async go(page) {
      const regions = '**/api/v1/regions/*';
      await page.route(regions, async (route) => {
        const answer = await route.fetch();
        await route.fulfill({
          response: answer,
          json: { ...(await answer.json()), unsigned_year: 2027 },
        });
      });
      await page.goto('/console/');
      await page.getByText(told(desk.unsigned_year, { year: 2027 })).waitFor();
      await page.locator('[data-appeal]').first().waitFor();
      // The window goes on to other screens.
      await page.unroute(regions);
    },
  },
  'console-appeals-marked': {
    who: HEAD,
    async go(page) {
      await page.goto('/console/appeals');
      await page.locator('[data-appeal]').first().waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.locator('.bulk').waitFor();
    },
  },
  'console-appeals-filters': {
    who: HEAD,
    async go(page) {
      await page.goto('/console/appeals?state=over');
      await page.locator('#group-over').waitFor();
    },
  },
  'console-appeal': { who: HEAD, go: (page, { appeal }) => openDesk(page, appeal) },
  'console-appeal-private': {
    who: HEAD,
    async go(page, { appeal }) {
      await openDesk(page, appeal);
      await page.keyboard.press('p');
      await page.locator('.lane.private').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('f');
      await page.locator('.outcomes').waitFor();
    },
  },
  'console-appeal-personal': {
    who: HEAD,
    async go(page, { appeal }) {
      await openDesk(page, appeal);
      await page.locator('#compose-public').fill('Позвоните: +7 914 555-01-22');
      await page.locator('.personal').waitFor();
    },
  },
  'console-appeal-context': {
    who: HEAD,
    async go(page, { appeal }) {
      await openDesk(page, appeal, '?context');
      await page.locator('.about .earlier').waitFor();
    },
  },
  'console-appeal-assign': {
    who: HEAD,
    async go(page, { appeal }) {
      await openDesk(page, appeal);
      await page.keyboard.press('s');
      await page.locator('dialog[open] .people button').first().waitFor();
    },
  },
  'console-appeal-transfer': {
    who: HEAD,
    async go(page, { appeal }) {
      await openDesk(page, appeal);
      await page.keyboard.press('t');
      await page.locator('dialog[open]').waitFor();
      await page.locator('dialog[open] [type="submit"]').click();
      await page.locator('dialog[open] .mistake').waitFor();
    },
  },
  'console-appeal-reader': {
    who: 'observer.rukha@demo',
    go: (page, { appeal }) => openDesk(page, appeal),
  },
  'console-appeal-missing': {
    who: HEAD,
    async go(page) {
      await page.goto('/console/appeals/nowhere');
      await page.locator('.desk-of .empty').waitFor();
    },
  },
  'console-appeals-no-right': {
    who: 'registrar.rukha@demo',
    async go(page) {
      await page.goto('/console/appeals');
      await page.locator('.alone .empty').waitFor();
    },
  },
  'console-roster': {
    who: HEAD,
    async go(page) {
      await page.goto('/console/roster');
      await page.locator('.legend').waitFor();
    },
  },
  'console-roster-shift': {
    who: HEAD,
    async go(page) {
      await page.goto('/console/roster');
      await page.locator('.sheet-head .button.main').click();
      await page.locator('dialog[open] select').first().waitFor();
    },
  },
  'console-figures': {
    who: 'curator.rukha@demo',
    async go(page) {
      await page.goto('/console/figures');
      await page.locator('.compare').waitFor();
    },
  },
  'console-figures-refused': {
    who: 'responder.rukha@demo',
    async go(page) {
      await page.goto('/console/figures');
      await page.locator('.figures .empty').waitFor();
    },
  },
  'console-missing': {
    who: 'moderator.rukha@demo',
    async go(page) {
      await page.goto('/console/rooms/nowhere');
      await page.locator('.feed .empty').waitFor();
    },
  },
};

/** Walks screens in one look: everybody signs in once, in a window of their own. */
export function visitor(open: () => Promise<Page>, scene: () => Scene) {
  const pages = new Map<string | undefined, Page>();
  return async (name: string): Promise<Page> => {
    const { who, go } = SCREENS[name]!;
    const page = pages.get(who) ?? (await open());
    if (!pages.has(who) && who !== undefined) await resident(page).signsInFirst(who);
    pages.set(who, page);
    await go(page, scene());
    return page;
  };
}
