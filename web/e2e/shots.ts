// Pictures of screens, for people to look at. They are not compared: a picture is judged by an eye.

import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';

const FOLDER = new URL('./shots/', import.meta.url);
mkdirSync(FOLDER, { recursive: true });

/** Takes the window as it stands. */
export async function shot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: new URL(`${name}.png`, FOLDER).pathname });
}
