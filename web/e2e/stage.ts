// What every journey has: a house and a browser, opened before it and closed after it, and windows
// whose mistakes are counted at the end.

import { afterAll, beforeAll, expect } from 'vitest';
import type { Browser } from 'playwright-core';

import { openBrowser, openWindow, type Look, type Window } from './browser.ts';
import { openHouse, type House } from './house.ts';

/** Prepares a journey's file; call once at its top. */
export function stage() {
  let house: House;
  let browser: Browser;
  const windows: Window[] = [];

  beforeAll(async () => {
    house = await openHouse();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.stop();
    expect(windows.flatMap((window) => window.mistakes())).toEqual([]);
  });

  return {
    house: () => house,
    async window(look: Look = {}) {
      const window = await openWindow(browser, house.url, look);
      windows.push(window);
      return window.page;
    },
  };
}

/** Both clients at the sizes the pictures are drawn for. */
export const PHONE: Look = { width: 360, height: 780 };
export const DESK: Look = { width: 1280, height: 800 };
