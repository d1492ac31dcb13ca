// A code from a desk: from the slip a registrar hands out to the first message of a new resident; what every outcome
// says; that no address holds the code; without a mouse; at 200 % zoom; on paper.

import { beforeAll, describe, expect, test } from 'vitest';
import { say } from '@medchat/ui/say.ts';
import { codes, kit, room as words, verify } from '@medchat/ui/texts.ts';
import { digitsOf, slipAddress } from '@medchat/wire/desk-code.ts';
import { verificationOver } from '@medchat/wire/verification.ts';
import type { Locator, Page } from 'playwright-core';

import { qrOf } from '../../console/src/lib/qr.ts';
import { caller, medchatOf, PASSWORD } from '../api.ts';
import { outlineOfFocus, tabTo, watchPointers } from '../keyboard.ts';
import { messageOf, resident } from '../people.ts';
import { shot } from '../shots.ts';
import { DESK, PHONE, stage } from '../stage.ts';

const { house, window } = stage();
const REGISTRAR = 'registrar.ruba@demo';
/** The check digit fits, and no desk has handed it out. */
const UNKNOWN = '000000000076';

let slips: ReturnType<typeof verificationOver>;
beforeAll(async () => {
  slips = verificationOver(await caller(house().url, REGISTRAR));
});

/** A code that is good. */
const handedOut = async () => digitsOf((await slips.handOut({})).code);

let turn = 0;
/** Somebody who has just signed up, with a phone at hand. */
async function newcomer(look = PHONE) {
  const login = `newcomer${(turn += 1)}`;
  const http = await caller(house().url);
  await http.signUp({ login, password: PASSWORD, alias: 'Галина П.' });
  const page = await window(look);
  await resident(page).signsInFirst(login);
  return { page, login };
}

const title = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function redeems(page: Page, code: string) {
  await page.goto('/18');
  await page.locator('#code').fill(code);
  await button(page, verify.go).click();
}

/** At the desk, where the codes are. */
async function desk(login = REGISTRAR) {
  const page = await window(DESK);
  // No printer stands here; what would go to one is looked at.
  await page.addInitScript(() => {
    const printed = { times: 0 };
    Object.assign(globalThis, { printed, print: () => (printed.times += 1) });
  });
  await page.goto('/console/');
  await page.locator('#login').fill(login);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main form button[type="submit"]').click();
  await button(page, codes.give).waitFor();
  return page;
}

/** What a camera sees: the modules of the code. */
const seen = (at: Page | Locator) => at.locator('.qr > .ink').first().getAttribute('d');

test('from the slip at the counter to the first message', async () => {
  const counter = await desk();
  const room = await medchatOf(house().url, 'RU-BA');
  await counter.getByLabel(codes.medchat).selectOption({ label: room.title });
  await button(counter, codes.give).click();
  const code = await counter.locator('.counter .digits').innerText();
  expect(code).toMatch(/^\d{3} \d{3} \d{3} \d{3}$/);
  const address = slipAddress(house().url, code, room.invitation_code);
  expect(await seen(counter.locator('.counter'))).toBe(qrOf(address).path);
  await counter.getByText(codes.fate_open).waitFor();

  const phone = await window(PHONE);
  const person = resident(phone);
  const asked: string[] = [];
  phone.on('request', (request) => asked.push(request.url()));
  await phone.goto(address);
  await title(phone, verify.guest_title);
  await phone.getByText(code).waitFor();
  await phone.getByRole('link', { name: verify.sign_up }).click();
  await person.signsUp('slip.holder', 'a long enough one', 'Раиса Т.');
  await title(phone, verify.title);
  expect(await phone.locator('#code').inputValue()).toBe(code);
  await shot(phone, 'journey-slip-360');
  await button(phone, verify.go).click();
  await title(phone, verify.done_title);
  // Nobody who reads an address or a server's log has the code.
  expect(phone.url()).not.toContain(digitsOf(code));
  expect(asked.filter((url) => url.split('#')[0]!.includes(digitsOf(code)))).toEqual([]);

  await counter.getByText(codes.fate_redeemed).waitFor();
  await phone.getByRole('link', { name: verify.to_medchat }).click();
  await person.asksAtDoor('Когда берут кровь?');
  await person.joins();
  await person.sends();
  await messageOf(phone, 'Когда берут кровь?').waitFor();
  await person.writes('Спасибо, что пустили');
});

test('whoever may not write yet sees why, and comes back to the field', async () => {
  const room = await medchatOf(house().url, 'RU-BA');
  const { page } = await newcomer();
  const person = resident(page);
  await person.opensRoom(room.id);
  await person.joins();
  await page.getByText(words.not_verified_why).waitFor();
  expect(await page.locator('#compose').count()).toBe(0);
  await page.getByRole('link', { name: words.verify }).click();
  await page.locator('#code').fill(await handedOut());
  await page.getByText(verify.code_fits).first().waitFor();
  await page.locator('#code').press('Enter');
  await title(page, verify.done_title);
  await page.getByRole('link', { name: verify.write }).click();
  await page.locator('#compose').waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('compose');
  await person.writes('Теперь можно');
});

describe('what comes of a code', () => {
  test('mistyped: it is said while one types, and nobody is asked', async () => {
    const { page } = await newcomer();
    let tries = 0;
    page.on('request', (request) => (tries += Number(request.url().endsWith('/verifications'))));
    await page.goto('/18');
    await page.locator('#code').pressSequentially('000 000-000077');
    expect(await page.locator('#code').inputValue()).toBe('000 000 000 077');
    await page.getByText(verify.code_mistyped).first().waitFor();
    await button(page, verify.go).click();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('code');
    expect(tries).toBe(0);
  });

  test('used by somebody else, taken back, handed out by nobody', async () => {
    const { page } = await newcomer();
    const used = await handedOut();
    const other = verificationOver(await caller(house().url, 'guest.ruba@demo'));
    await other.byDeskCode(used);
    await redeems(page, used);
    await title(page, verify.used_title);
    await button(page, verify.another).click();
    expect(await page.locator('#code').inputValue()).toBe('');

    const lost = await slips.handOut({});
    await slips.takeBack(lost.slips[0]!.id);
    await redeems(page, lost.code);
    await title(page, verify.expired_title);

    await redeems(page, UNKNOWN);
    await title(page, verify.unknown_title);
    await button(page, verify.unknown_go).click();
    expect(digitsOf(await page.locator('#code').inputValue())).toBe(UNKNOWN);
  });

  test('verified already: the code stays good for somebody else', async () => {
    const code = await handedOut();
    const page = await window(PHONE);
    await resident(page).signsInFirst('resident1.ruba@demo');
    await page.goto(`/18#${code}`);
    await title(page, verify.already_title);
    const { page: another } = await newcomer();
    await redeems(another, code);
    await title(another, verify.done_title);
  });

  test('offline: the code is kept, and the same press wins later', async () => {
    const code = await handedOut();
    const { page } = await newcomer();
    await page.goto(`/18#${code}`);
    await page.getByText(verify.code_fits).first().waitFor();
    await page.context().setOffline(true);
    await button(page, verify.go).click();
    await title(page, verify.offline_title);
    await page.context().setOffline(false);
    await button(page, kit.retry).click();
    await title(page, verify.done_title);
  });

  test('an answer lost on its way: the code is ours all the same', async () => {
    const code = await handedOut();
    const { page } = await newcomer();
    await page.goto(`/18#${code}`);
    await page.route('**/verifications', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await button(page, verify.go).click();
    await title(page, verify.offline_title);
    await page.unroute('**/verifications');
    await button(page, kit.retry).click();
    await title(page, verify.done_title);
  });

  test('too many tries: it says when the next one counts', async () => {
    const { page, login } = await newcomer();
    const hasty = verificationOver(await caller(house().url, login));
    let refused = '';
    for (let i = 0; i < 400 && refused !== 'rate_limited'; i += 1)
      refused = await hasty.byDeskCode(UNKNOWN).then(
        () => '',
        (error: { problem: { code: string } }) => error.problem.code,
      );
    expect(refused).toBe('rate_limited');
    await redeems(page, await handedOut());
    await title(page, verify.waits_title);
    await page.getByText(/Попробуйте снова (сегодня|завтра) в \d\d:\d\d/).waitFor();
  });
});

describe('the desk', () => {
  test('a lost slip of a sheet is taken back, the others stay good', async () => {
    const page = await desk();
    await button(page, codes.sheet).click();
    await page.getByRole('dialog').getByRole('button', { name: '16', exact: true }).click();
    await button(page, codes.sheet_go).click();
    await page.getByText(say(codes.sheet_ready, { count: 16 })).waitFor();
    const printed = await page.locator('.slips .digits').allInnerTexts();
    expect(new Set(printed).size).toBe(16);
    // No code stands on the screen, nor in the list.
    expect(await page.locator('.sheet-main').innerText()).not.toMatch(/\d{3} \d{3} \d{3} \d{3}/);

    await page.locator('.batches summary').first().click();
    const third = page.locator('.places > li').nth(2);
    await third.getByRole('button').click();
    await page.getByRole('dialog').getByText('Талон № 3').waitFor();
    await button(page, codes.take_back_go).click();
    await third.getByText(codes.revoked).waitFor();
    expect(await third.getByRole('button').count()).toBe(0);

    const { page: phone } = await newcomer();
    await redeems(phone, printed[2]!);
    await title(phone, verify.expired_title);
    await redeems(phone, printed[3]!);
    await title(phone, verify.done_title);
    await page.locator('.places > li').nth(3).getByText(codes.redeemed).waitFor();

    await button(page, codes.take_back_all).click();
    await button(page, codes.take_back_go).click();
    await page.getByText(say(codes.taken_back, { count: 14 })).waitFor();
  });

  test('a sheet on paper: eight slips a page, each with its own QR, and nothing else of the screen', async () => {
    const page = await desk();
    await button(page, codes.sheet).click();
    await page.getByRole('dialog').getByRole('button', { name: '16', exact: true }).click();
    await button(page, codes.sheet_go).click();
    await button(page, codes.print_again).waitFor();
    await expect.poll(() => printed(page)).toBe(1);
    expect(await pagesOf(page)).toBe(2);
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.slips').isVisible()).toBe(true);
    expect(await page.locator('.top').isVisible()).toBe(false);
    const slip = page.locator('.slips li').nth(9);
    const medchat = await page
      .locator('#main')
      .evaluate((main) => main.querySelector('h3')!.innerText);
    const { items } = await (await caller(house().url)).rooms({ region: 'RU-BA', kind: 'medchat' });
    const room = items.find((one) => medchat.includes(`«${one.title}»`))!;
    const code = await slip.locator('.digits').innerText();
    expect(await seen(slip)).toBe(qrOf(slipAddress(house().url, code, room.invitation_code!)).path);
    expect(await cutOff(page)).toEqual([]);
    await page.screenshot({ path: new URL('../shots/paper-sheet.png', import.meta.url).pathname });
  });

  test('one slip on paper is one slip', async () => {
    const page = await desk();
    await button(page, codes.give).click();
    expect(await printed(page)).toBe(0);
    await button(page, codes.print_slip).click();
    await expect.poll(() => printed(page)).toBe(1);
    expect(await pagesOf(page)).toBe(1);
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.slips li').count()).toBe(1);
    expect(await cutOff(page)).toEqual([]);
    await page.screenshot({ path: new URL('../shots/paper-one.png', import.meta.url).pathname });
  });

  test('is nobody else’s', async () => {
    const page = await window(DESK);
    await resident(page).signsInFirst('chief.ruba@demo');
    await page.goto('/console/codes');
    await page.locator('.alone .empty').waitFor();
    expect(await page.getByRole('link', { name: codes.title }).count()).toBe(0);
  });
});

/** How often the page asked for a printer. */
const printed = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { printed: { times: number } }).printed.times);

/** How many sheets a printer would take. */
async function pagesOf(page: Page): Promise<number> {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  return [...pdf.matchAll(/\/Type\s*\/Page\b(?!s)/g)].length;
}

/** What is wider or higher than its slip or page. */
const cutOff = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.paper-page, .slips li')]
      .filter(
        (box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1,
      )
      .map(
        (box) =>
          `${box.tagName} ${box.scrollWidth}/${box.clientWidth} ${box.scrollHeight}/${box.clientHeight}`,
      ),
  );

describe('without a mouse', () => {
  test('a resident types the code, is told of a slip of the finger, and goes on to write', async () => {
    const code = await handedOut();
    const room = await medchatOf(house().url, 'RU-BA');
    const { page } = await newcomer();
    const pressed = await watchPointers(page);
    await page.goto(`/18?next=/rooms/${room.id}`);
    await tabTo(page, '#code');
    const wrong = (Number(code[11]) + 1) % 10;
    await page.keyboard.type(code.slice(0, 11) + wrong);
    await page.getByText(verify.code_mistyped).first().waitFor();
    await page.keyboard.press('Backspace');
    await page.keyboard.type(code[11]!);
    await tabTo(page, 'button[type="submit"]');
    expect(await outlineOfFocus(page)).toBe('solid');
    await page.keyboard.press('Enter');
    await title(page, verify.done_title);
    // What came in the place of the form has the focus, and the next step is the next stop.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe(
      verify.write,
    );
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: words.join, exact: true }).waitFor();
    expect(pressed()).toBe(0);
  });

  test('a registrar hands out a code and takes it back', async () => {
    const page = await desk();
    const pressed = await watchPointers(page);
    await page.reload();
    await button(page, codes.give).waitFor();
    await tabTo(page, '.counter .button.main');
    await page.keyboard.press('Enter');
    await page.locator('.counter .digits').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('counter');
    await tabTo(page, '.batches .batch > button');
    expect(await outlineOfFocus(page)).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await tabTo(page, 'dialog[open] .button.main');
    await page.keyboard.press('Enter');
    await page.getByText(codes.fate_revoked).waitFor();
    expect(pressed()).toBe(0);
  });
});

// Twice as large on the same screen is half as many CSS pixels.
test.each([
  ['a desk', { width: 640, height: 400 }],
  ['a phone', { width: 180, height: 390 }],
])('at 200 %% zoom nothing is cut off: %s', async (_, look) => {
  const { page } = await newcomer(look);
  const sideways = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  await page.goto(`/18#${UNKNOWN}`);
  await page.getByText(verify.code_fits).first().waitFor();
  expect(await sideways()).toBe(0);
  await shot(page, `zoom-verify-${look.width}`);
  await button(page, verify.go).click();
  await title(page, verify.unknown_title);
  await button(page, verify.unknown_go).scrollIntoViewIfNeeded();
  expect(await sideways()).toBe(0);
});

test('at 200 % zoom the desk is one column, and the code is whole', async () => {
  const page = await desk();
  await page.setViewportSize({ width: 640, height: 400 });
  await button(page, codes.give).click();
  const digits = page.locator('.counter .digits');
  await digits.scrollIntoViewIfNeeded();
  expect(await digits.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
  await shot(page, 'zoom-codes-640');
});

describe('to a screen reader', () => {
  test('the form says what is asked, how it stands, and what comes next', async () => {
    const { page } = await newcomer();
    await page.goto('/18');
    await page.locator('#code').waitFor();
    expect(await page.locator('main').ariaSnapshot()).toBe(
      [
        `- main:`,
        `  - heading "${verify.title}" [level=1]`,
        `  - paragraph: ${verify.lead}`,
        `  - text: ${verify.code} ${verify.code_hint}`,
        `  - textbox "${verify.code}"`,
        `  - status`,
        `  - button "${verify.go}"`,
        `  - heading "${verify.no_slip}" [level=2]`,
        `  - paragraph: "${verify.no_slip_text}"`,
      ].join('\n'),
    );
    await page.locator('#code').fill('000000000077');
    expect(await page.getByRole('status').first().innerText()).toBe(verify.code_mistyped);
    const described = await page.locator('#code').evaluate((field) => {
      const by = field.getAttribute('aria-describedby') ?? '';
      return document.getElementById(by)?.textContent?.trim();
    });
    expect(described).toBe(verify.code_mistyped);
  });

  test('the counter is a region with the digits, and the picture has a name', async () => {
    const page = await desk();
    await button(page, codes.give).click();
    const region = page.getByRole('region', { name: codes.code_title });
    const code = await region.locator('.digits').innerText();
    const tree = await region.ariaSnapshot();
    for (const part of [
      `heading "${codes.code_title}" [level=2]`,
      code,
      `img "${codes.qr}"`,
      `status: ${codes.fate_open}`,
      `button "${codes.give_next}"`,
    ])
      expect(tree).toContain(part);
    // Paper is no part of the page that is read.
    expect(await page.locator('main').ariaSnapshot()).not.toContain(codes.paper_step_code);
  });
});
