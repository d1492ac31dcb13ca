// The second step of signing in: set up with an authenticator, asked for at the next sign-in, replaced by a recovery code; then
// who was signed in where, and what the auditor sees of it.

import { createHmac } from 'node:crypto';

import { expect, test } from 'vitest';
import { account, audit, factor, sessions } from '@medchat/ui/texts.ts';
import type { Page } from 'playwright-core';

import { PASSWORD } from '../api.ts';
import { DESK, PHONE, stage } from '../stage.ts';

const { window } = stage();
const CURATOR = 'curator.ruros@demo';

/** What an authenticator shows now (RFC 6238, SHA-1, six digits). */
function shown(key: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key.replaceAll(' ', '')].map((it) =>
    letters.indexOf(it).toString(2).padStart(5, '0'),
  );
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  const secret = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', secret).update(step).digest();
  const number = mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function signsIn(page: Page, login: string) {
  await page.goto('/console/sign-in');
  await page.locator('#login').fill(login);
  await page.locator('#password').fill(PASSWORD);
  await button(page, account.sign_in_go).click();
}

/** Sets it up and gives the recovery codes. */
async function setsUp(page: Page): Promise<string[]> {
  await page.goto('/console/second-factor');
  await button(page, factor.begin).click();
  const key = await page.locator('.key').innerText();
  expect(key).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  await page.locator('#code').fill('000000');
  await button(page, factor.confirm).click();
  await page.getByText(factor.ask_wrong).first().waitFor();
  await page.locator('#code').fill(shown(key));
  await page.locator('#code').press('Enter');
  await page.getByRole('heading', { name: factor.codes_title }).waitFor();
  const codes = await page.locator('.recovery code').allInnerTexts();
  expect(codes).toHaveLength(10);
  expect(await button(page, factor.to_desk).isDisabled()).toBe(true);
  await page.getByLabel(factor.kept).check();
  await button(page, factor.to_desk).click();
  await page.waitForURL(/\/console\/(?!second-factor)/);
  return codes;
}

test('it is set up, asked for, and a recovery code stands in for a lost phone', async () => {
  const office = await window(DESK);
  await signsIn(office, CURATOR);
  await office.locator('.top .parts').waitFor();
  const codes = await setsUp(office);

  const phone = await window(PHONE);
  await signsIn(phone, CURATOR);
  await phone.getByText(factor.ask_lead).waitFor();
  expect(await phone.evaluate(() => document.activeElement?.id)).toBe('code');
  await phone.locator('#code').fill('000000');
  await button(phone, account.sign_in_go).click();
  await phone.getByText(factor.ask_wrong).first().waitFor();
  await phone.locator('#code').fill(codes[0]!);
  await phone.locator('#code').press('Enter');
  await phone.waitForURL(/\/console\/(?!sign-in)/);

  // From the phone one signs out at the office.
  await phone.goto('/console/sessions');
  await phone.getByText(sessions.here).waitFor();
  await button(phone, sessions.end)
    .or(phone.getByRole('button', { name: new RegExp(sessions.end) }))
    .first()
    .click();
  await phone.getByText(sessions.only_here).waitFor();
  await office.waitForURL(/\/console\/sign-in/);

  const auditor = await window(DESK);
  await signsIn(auditor, 'auditor@demo');
  await auditor.waitForURL(/\/console\/(?!sign-in)/);
  await auditor.goto('/console/audit');
  await auditor.getByLabel(audit.act).fill('second_factor');
  await button(auditor, audit.search).click();
  await auditor.waitForURL(/act=second_factor/);
  await auditor.getByText('second_factor.recover').waitFor();
  expect(await auditor.locator('.audit tbody tr').count()).toBe(2);
  // The name narrows the list to what that person did.
  await auditor.locator('.audit tbody tr').first().getByTitle(audit.by_this).click();
  await auditor.getByText('session.end').waitFor();
});
