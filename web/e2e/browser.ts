// Chromium, and windows in it. Every window watches its console: an error there fails the journey
// that owns it, since a content policy or a broken script says so nowhere else.

import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export interface Look {
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
  large?: boolean;
}

export interface Window {
  page: Page;
  context: BrowserContext;
  /** Errors of the page so far, without those a journey causes on purpose by taking the server away. */
  mistakes(): string[];
}

const PROGRAM = process.env['MEDCHAT_CHROMIUM'] ?? '/usr/bin/chromium';

/** Starts Chromium. Fails in one line when it is missing. */
export function openBrowser(): Promise<Browser> {
  if (!existsSync(PROGRAM)) throw new Error(`Chromium is missing: there is no ${PROGRAM}`);
  return chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] });
}

/** A window of its own: own cookies, own storage. */
export async function openWindow(browser: Browser, url: string, look: Look = {}): Promise<Window> {
  const { width = 360, height = 780, theme = 'light', large = false } = look;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: theme,
    locale: 'ru-RU',
    reducedMotion: 'reduce',
  });
  if (large) await context.addInitScript(() => localStorage.setItem('type', 'large'));
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const mistakes: string[] = [];
  page.on('pageerror', (error) => mistakes.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isNetwork(message.text())) mistakes.push(message.text());
  });
  return { page, context, mistakes: () => mistakes };
}

/** Chromium reports every refused or failed request as an error; those are answers, not mistakes. */
function isNetwork(text: string): boolean {
  return /Failed to load resource|WebSocket connection to/.test(text);
}
