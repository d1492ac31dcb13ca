// One person, several tabs: what was written while the server was away goes once, from whichever tab is
// left; nothing of it can be read in the browser's storage; signing out ends all tabs.

import { expect, test } from 'vitest';
import { account, console as desk, room as words } from '@medchat/ui/texts.ts';
import type { Page } from 'playwright-core';

import { caller, heldTexts, medchatOf } from '../api.ts';
import { employee, messageOf, readTexts, resident, unsentOn } from '../people.ts';
import { DESK, PHONE, stage } from '../stage.ts';

const { house, window } = stage();

test('two tabs write offline, one is closed, both texts arrive once', async () => {
  const room = await medchatOf(house().url, 'RU-BA');
  const first = await window(PHONE);
  await resident(first).signsInFirst('resident3.ruba@demo');
  await resident(first).opensRoom(room.id);
  await resident(first).joins();
  await first.locator('#compose').waitFor();
  const second = await first.context().newPage();
  await resident(second).opensRoom(room.id);
  await second.locator('#compose').waitFor();

  await house().kill();
  for (const tab of [first, second]) await tab.getByText(words.offline).waitFor();
  await resident(first).writes('Из первой вкладки');
  await resident(second).writes('Из второй вкладки');
  await messageOf(second, 'Из первой вкладки').waitFor();
  expect(await storedWords(second)).not.toMatch(/вкладки/);
  expect(await storedWords(second)).toContain('medchat-outbox');
  await first.close();
  await house().restart();

  await expect.poll(() => unsentOn(second), { timeout: 45_000 }).toBe(0);
  const http = await caller(house().url);
  expect(await heldTexts(http, room.id)).toEqual(['Из первой вкладки', 'Из второй вкладки']);
  await expect.poll(() => readTexts(second)).toEqual(['Из первой вкладки', 'Из второй вкладки']);
});

test('signing out warns of what is unsent, forgets it, and reaches the other tab', async () => {
  const room = await medchatOf(house().url, 'RU-KHA');
  const screen = await window(DESK);
  const oleg = employee(screen);
  await oleg.signsIn('responder.rukha@demo');
  await oleg.opens(room.title);
  const other = await screen.context().newPage();
  await other.goto(`/console/rooms/${room.id}`);
  await other.getByRole('log').waitFor();
  // A tab behind another one draws once a second.
  await screen.bringToFront();

  await house().kill();
  await screen.getByText(desk.offline).waitFor();
  await oleg.answers('Не успел отправить');
  await screen.locator('.person > summary').click();
  await screen.getByRole('button', { name: account.sign_out }).click();
  await screen.getByRole('dialog').getByText(desk.leave_title).waitFor();
  await screen.getByRole('button', { name: desk.leave_stay }).click();
  await house().restart();
  await screen.locator('.fate.sent').waitFor({ timeout: 45_000 });

  await screen.locator('.person > summary').click();
  await screen.getByRole('button', { name: account.sign_out }).click();
  await screen.locator('#login').waitFor();
  await other.locator('#login').waitFor();
  expect(await countStored(screen)).toBe(0);
  await screen.goto(`/console/rooms/${room.id}`);
  await screen.locator('#login').waitFor();
});

/** Everything the page's storage holds, as text: names, keys, and every byte that reads as a letter. */
function storedWords(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: string[] = [
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
    ];
    const read = (value: unknown): string => {
      if (value instanceof ArrayBuffer) return new TextDecoder().decode(value);
      if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
      if (value instanceof Object) return Object.values(value).map(read).join(' ');
      return String(value);
    };
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((done, fail) => {
        const opening = indexedDB.open(name!);
        opening.onsuccess = () => done(opening.result);
        opening.onerror = () => fail(opening.error);
      });
      for (const store of db.objectStoreNames) {
        const rows = await new Promise<unknown[]>((done) => {
          const asking = db.transaction(store).objectStore(store).getAll();
          asking.onsuccess = () => done(asking.result);
        });
        found.push(`${name} ${store} ${rows.map(read).join(' ')}`);
      }
      db.close();
    }
    return found.join('\n');
  });
}

function countStored(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done, fail) => {
        const opening = indexedDB.open('medchat-outbox');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const both = opening.result.transaction(['items', 'keys']);
          const items = both.objectStore('items').count();
          const keys = both.objectStore('keys').count();
          both.oncomplete = () => {
            opening.result.close();
            done(items.result + keys.result);
          };
        };
      }),
  );
}
