// What residents and staff do in their windows, in the words of the journeys. Finds things as people
// do, by their names in the catalogue; the few ids are those of form fields.

import {
  account,
  appeal,
  ask,
  console as desk,
  door,
  finder,
  kit,
  room as words,
} from '@medchat/ui/texts.ts';
import type { Locator, Page } from 'playwright-core';

import { PASSWORD } from './api.ts';

/** The texts of the open room's messages from top to bottom. */
export async function readTexts(page: Page): Promise<string[]> {
  return page.locator('[role="log"] .words').allInnerTexts();
}

/** The message that says `text`. */
export function messageOf(page: Page, text: string): Locator {
  return page.locator('[role="log"] article', { hasText: text });
}

/** How many of one's own messages the server has not acknowledged, as the screen tells it. */
export function unsentOn(page: Page): Promise<number> {
  return page.locator('.fate.queued, .fate.sending').count();
}

async function fillsSignIn(page: Page, login: string) {
  await page.locator('#login').fill(login);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main form button[type="submit"]').click();
}

export function resident(page: Page) {
  return {
    /** From the start page to a medchat's door. */
    async typesCode(code: string) {
      await page.goto('/');
      await page.locator('#code').fill(code);
      await page.getByRole('button', { name: finder.code_go, exact: true }).click();
    },
    async asksAtDoor(question: string) {
      await page.locator('#question').fill(question);
      await page.getByRole('button', { name: door.go_on }).click();
      await page.getByRole('heading', { name: ask.title }).waitFor();
    },
    async signsIn(login: string) {
      await page.getByRole('link', { name: kit.sign_in, exact: true }).first().click();
      await fillsSignIn(page, login);
      await page.locator('#login').waitFor({ state: 'detached' });
    },
    /** Before anything else, by the address of the form. */
    async signsInFirst(login: string) {
      await page.goto('/sign-in');
      await fillsSignIn(page, login);
      await page.locator('#login').waitFor({ state: 'detached' });
    },
    async signsUp(login: string, password: string, alias: string) {
      await page.locator('#login').fill(login);
      await page.locator('#password').fill(password);
      await page.locator('#alias').fill(alias);
      await page.getByRole('button', { name: account.sign_up_go }).click();
    },
    async joins() {
      await page.getByRole('button', { name: words.join, exact: true }).click();
    },
    /** To everybody. */
    async writes(text: string) {
      await page.locator('#compose').fill(text);
      await page.getByRole('button', { name: words.tell_all, exact: true }).click();
      await messageOf(page, text).waitFor();
    },
    /** From the room's field into the form, where nothing is sent yet. */
    async beginsToAsk(text: string) {
      await page.locator('#compose').fill(text);
      await page.getByRole('button', { name: words.ask_clinic, exact: true }).click();
      await page.locator('#question').waitFor();
    },
    /** Sends the form by the words its button has now, and comes back to the room. */
    async sends(button: string = ask.send) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('log').waitFor();
    },
    /** The card of the newest appeal in the room. */
    card: () => page.locator('[role="log"] .appeal-card').last(),
    /** Out of the room into that appeal. */
    async opensAppeal() {
      await page
        .locator('[role="log"] .appeal-card')
        .last()
        .getByRole('link', { name: appeal.open })
        .click();
      await page.locator('.course').waitFor();
    },
    async opensRoom(id: string) {
      await page.goto(`/rooms/${id}`);
      await page.getByRole('log').waitFor();
    },
  };
}

export function employee(page: Page) {
  const row = (title: string) => page.getByRole('navigation').getByRole('link', { name: title });
  return {
    row,
    async signsIn(login: string) {
      await page.goto('/console/rooms');
      await fillsSignIn(page, login);
      await page.locator('[data-room]').first().waitFor();
    },
    async opens(title: string) {
      await row(title).first().click();
      await page.getByRole('log').waitFor();
    },
    async answers(text: string) {
      await page.locator('#compose').fill(text);
      await page.locator('#compose').press('Control+Enter');
      await messageOf(page, text).waitFor();
    },
    async hides(text: string, reason: string) {
      const message = messageOf(page, text);
      await message.hover();
      await message.getByRole('button', { name: desk.hide, exact: true }).click();
      await page.getByRole('button', { name: reason, exact: true }).click();
      await page.getByRole('button', { name: desk.hide_go }).click();
    },
  };
}
