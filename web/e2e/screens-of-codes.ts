// The screens of codes from a desk, on both sides of it: part of `screens.ts`. What the server says to a code is said
// for it here, so that each outcome has its picture; that it says so is `journeys/desk-code.test.ts`.

import { codes, room as words, verify } from '@medchat/ui/texts.ts';
import type { Problem } from '@medchat/wire/generated.ts';
import type { Page } from 'playwright-core';

import { caller } from './api.ts';
import type { Screen } from './screens.ts';

const REGISTRAR = 'registrar.rukha@demo';
/** Twelve digits whose check digit fits. */
const CODE = '402917365148';
/** The page of a slip's code after the server has answered so, or not at all. */
const answeredBy = (
  answer: (Partial<Problem> & { status: number }) | undefined,
  title: string,
) => ({
  who: 'guest.rukha@demo',
  async go(page: Page) {
    const tries = '**/api/v1/verifications';
    await page.route(tries, (route) =>
      answer === undefined
        ? route.abort()
        : route.fulfill({
            status: answer.status,
            headers: { 'retry-after': '900' },
            json: { type: 'about:blank', title: '', detail: '', ...answer },
          }),
    );
    await page.goto('/18');
    await page.goto(`/18#${CODE}`);
    await page.locator('.slip-code .is-open').waitFor();
    await page.getByRole('button', { name: verify.go, exact: true }).click();
    await page.getByRole('heading', { name: title }).waitFor();
    // The window goes on to other screens.
    await page.unroute(tries);
  },
});

/** Name → the way there. */
export const SCREENS_OF_CODES: Record<string, Screen> = {
  'resident-not-verified-member': {
    who: 'guest.rukha@demo',
    async go(page, { url, room }) {
      await (await caller(url, 'guest.rukha@demo')).join(room.id);
      await page.goto(`/rooms/${room.id}`);
      await page.getByRole('link', { name: words.verify }).waitFor();
    },
  },
  'resident-verify': {
    who: 'guest.rukha@demo',
    async go(page) {
      await page.goto('/18');
      await page.locator('#code').waitFor();
    },
  },
  'resident-verify-mistyped': {
    who: 'guest.rukha@demo',
    async go(page) {
      await page.goto('/18');
      await page.locator('#code').fill('402917365141');
      await page.locator('.slip-code .mistake').waitFor();
    },
  },
  'resident-verify-slip': {
    who: 'guest.rukha@demo',
    async go(page) {
      await page.goto(`/18#${CODE}`);
      await page.locator('.slip-code .is-open').waitFor();
    },
  },
  'resident-verify-guest': {
    async go(page) {
      await page.goto(`/18#${CODE}`);
      await page.getByText(verify.guest_text).waitFor();
    },
  },
  'resident-verify-used': answeredBy({ status: 409, code: 'code_used' }, verify.used_title),
  'resident-verify-expired': answeredBy(
    { status: 410, code: 'code_expired' },
    verify.expired_title,
  ),
  'resident-verify-unknown': answeredBy(
    { status: 422, code: 'invalid', errors: [{ field: 'code', code: 'unknown', detail: '' }] },
    verify.unknown_title,
  ),
  'resident-verify-waits': answeredBy({ status: 429, code: 'rate_limited' }, verify.waits_title),
  'resident-verify-failed': answeredBy(
    { status: 503, code: 'dependency_down' },
    verify.failed_title,
  ),
  'resident-verify-offline': answeredBy(undefined, verify.offline_title),
  'resident-verify-done': answeredBy({ status: 200 }, verify.done_title),
  'resident-verify-already': {
    who: 'resident1.rukha@demo',
    async go(page) {
      await page.goto(`/18#${CODE}`);
      await page.getByText(verify.already_unspent).waitFor();
    },
  },
  'resident-verify-staff': {
    who: 'moderator.rukha@demo',
    async go(page) {
      await page.goto('/18');
      await page.getByText(verify.staff_title).waitFor();
    },
  },
  'console-codes': {
    who: REGISTRAR,
    async go(page) {
      await page.goto('/console/');
      await page.getByRole('button', { name: codes.give, exact: true }).waitFor();
    },
  },
  'console-codes-one': {
    who: REGISTRAR,
    async go(page) {
      await page.goto('/console/codes');
      await page.getByRole('button', { name: codes.give, exact: true }).click();
      await page.locator('.counter .digits').waitFor();
    },
  },
  'console-codes-dialog': {
    who: REGISTRAR,
    async go(page) {
      await page.goto('/console/codes');
      await page.getByRole('button', { name: codes.sheet, exact: true }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  'console-codes-sheet': {
    who: REGISTRAR,
    async go(page) {
      await page.goto('/console/codes');
      await page.getByRole('button', { name: codes.sheet, exact: true }).click();
      await page.getByRole('button', { name: codes.sheet_go, exact: true }).click();
      await page.getByRole('button', { name: codes.print_again }).waitFor();
      await page.locator('.batches summary').first().click();
    },
  },
  'console-codes-take-back': {
    who: REGISTRAR,
    async go(page) {
      await page.goto('/console/codes?all');
      await page.locator('.batches summary').first().click();
      await page.locator('.places button').first().click();
      await page.getByRole('dialog').waitFor();
    },
  },
  'console-codes-no-right': {
    who: 'head.rukha@demo',
    async go(page) {
      await page.goto('/console/codes');
      await page.locator('.alone .empty').waitFor();
    },
  },
};
