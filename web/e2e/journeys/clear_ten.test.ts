// A morning's work: five residents ask ten questions, one employee takes and finally answers all of them from
// the keyboard, and the server holds what was promised of each.

import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { appealsOver } from '@medchat/wire/appeals.ts';
import type { Http } from '@medchat/wire/http.ts';
import { queue, work } from '@medchat/ui/texts.ts';

import { caller, freshCid, medchatOf, PASSWORD } from '../api.ts';
import { outlineOfFocus, tabTo, watchPointers } from '../keyboard.ts';
import { DESK, stage } from '../stage.ts';

const { house, window } = stage();
const LOGIN = 'responder.rukha@demo';

test('ten appeals are taken and answered without a mouse', async () => {
  const oleg = await caller(house().url, LOGIN);
  const { organisation, name } = await answersFor(oleg);
  const asked = await tenQuestions(organisation);

  const page = await window(DESK);
  const pointers = await watchPointers(page);
  await signsIn(page);
  await expect.poll(() => page.locator('[data-appeal]').count()).toBe(asked.length);
  await page.keyboard.press('j');
  expect(await outlineOfFocus(page)).toBe('solid');

  const answered = new Map<string, string>();
  for (let i = 0; i < asked.length; i += 1) {
    const id = await opensNext(page, [...answered.keys()]);
    const text = `Ответ ${i + 1}: приходите в кабинет 112 до 10:30`;
    await takesAndAnswers(page, text);
    answered.set(id, text);
  }
  expect(pointers()).toBe(0);
  expect([...answered.keys()].sort()).toEqual([...asked].sort());
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('[data-appeal]:not([aria-current])').count()).toBe(0);

  const appeals = appealsOver(oleg);
  for (const [id, text] of answered) {
    const held = await appeals.get(id);
    expect(held).toMatchObject({
      state: 'answered',
      outcome: 'resolved',
      organisation: { id: organisation },
    });
    expect(held.events.map(({ kind }) => kind)).toEqual(['opened', 'accepted', 'answered']);
    const last = held.lanes.public.messages.at(-1);
    expect(last).toMatchObject({ text, author: { kind: 'staff', signature: { name } } });
    expect(last?.author.signature?.organisation).toBe(held.organisation?.name);
    for (const clock of held.clocks)
      expect(clock).toMatchObject({ breached: false, paused: false });
    expect(held.clocks.every(({ stopped_at }) => stopped_at !== null)).toBe(true);
  }
  expect((await appeals.list({ state: 'open' })).items).toEqual([]);
});

/** Whom an employee answers for, and the name under what they write. */
async function answersFor(http: Http) {
  const me = await http.me();
  const organisation = me.grants.find(({ scope }) => scope.kind === 'organisation')?.scope.id;
  if (organisation == null || me.signature === undefined)
    throw new Error(`${LOGIN} answers for nobody`);
  return { organisation, name: me.signature.name };
}

/** Two questions of each of the five demo residents; answers with the appeals' ids. */
async function tenQuestions(organisation: string): Promise<string[]> {
  const room = await medchatOf(house().url, 'RU-KHA');
  const ids: string[] = [];
  for (let who = 1; who <= 5; who += 1) {
    const http = await caller(house().url, `resident${who}.rukha@demo`);
    await http.join(room.id);
    const appeals = appealsOver(http);
    for (const text of ['Где сдать анализы и до которого часа', 'Нет талонов к неврологу']) {
      const { id } = await appeals.open({
        cid: freshCid(),
        room: room.id,
        organisation,
        category: 'reference',
        text: `${text}: жду ответа (${who})`,
      });
      ids.push(id);
    }
  }
  return ids;
}

async function signsIn(page: Page) {
  await page.goto('/console/');
  await tabTo(page, '#login');
  await page.keyboard.type(LOGIN);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('[data-appeal]').first().waitFor();
}

/** Goes on to the next one that waits, which must be none of those that are done. */
async function opensNext(page: Page, done: readonly string[]): Promise<string> {
  await page.keyboard.press('n');
  const current = page.locator('[data-appeal][aria-current="page"]');
  await expect
    .poll(async () => done.includes((await current.getAttribute('data-appeal')) ?? done[0] ?? ''))
    .toBe(false);
  const id = (await current.getAttribute('data-appeal')) ?? '';
  // The screen is the address's: what is shown is what is open.
  await page.waitForURL((url) => url.pathname.endsWith(id));
  await page.locator('.lane [role="log"] article').first().waitFor();
  return id;
}

async function takesAndAnswers(page: Page, text: string) {
  await page.getByText(queue.state_new, { exact: false }).first().waitFor();
  await page.keyboard.press('a');
  await page.locator('.work .state', { hasText: work.at_you }).waitFor();
  await page.keyboard.press('f');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('compose-public');
  await page.keyboard.type(text);
  await page.keyboard.press('Control+Enter');
  // What came of it is asked for, and the focus is where it is answered.
  await expect
    .poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).value))
    .toBe('resolved');
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await page.locator('.message .mark.answered').waitFor();
}
