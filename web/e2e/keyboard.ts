// The keyboard alone: reaching things by Tab, seeing where one is, and proof that no pointer was used.

import type { Page } from 'playwright-core';

/** Presses Tab until the focus is on what the selector names. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    if (await page.evaluate((css) => document.activeElement?.matches(css) ?? false, selector))
      return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} cannot be reached by Tab`);
}

/** How the focus is outlined: `none` where nobody would see it. */
export function outlineOfFocus(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
}

/** Counts presses of any pointer from the next page on; the answer tells how many there were. */
export async function watchPointers(page: Page): Promise<() => number> {
  let presses = 0;
  await page.exposeFunction('pointerPressed', () => (presses += 1));
  await page.addInitScript(() => {
    const { pointerPressed } = globalThis as unknown as { pointerPressed(): void };
    for (const kind of ['pointerdown', 'mousedown', 'touchstart'])
      addEventListener(kind, pointerPressed, { capture: true });
  });
  return () => presses;
}
