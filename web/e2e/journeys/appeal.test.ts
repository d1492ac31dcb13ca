// An appeal from the question to the verdict: what was confided stays between two, what was promised is said,
// and the last word is the resident's.

import { expect, test } from 'vitest';
import {
  appeal as card,
  appeal_page as words,
  ask,
  fault,
  record,
  room as room_,
  status,
} from '@medchat/ui/texts.ts';
import { appealsOver, type Appeals } from '@medchat/wire/appeals.ts';
import type { AppealCard } from '@medchat/wire/generated.ts';
import type { Page } from 'playwright-core';

import { caller, freshCid, medchatOf } from '../api.ts';
import { messageOf, resident, unsentOn } from '../people.ts';
import { shot } from '../shots.ts';
import { PHONE, stage } from '../stage.ts';

const { house, window } = stage();

const PHONE_NUMBER = '+7 914 123-45-67';

/** A resident in the medchat of a region, with their window and their own routes. */
async function asker(region: string, login: string) {
  const room = await medchatOf(house().url, region);
  const http = await caller(house().url, login);
  await http.join(room.id);
  const page = await window(PHONE);
  const person = resident(page);
  await person.signsInFirst(login);
  await person.opensRoom(room.id);
  return { room, page, person, appeals: appealsOver(http) };
}

const staff = async (login: string) => appealsOver(await caller(house().url, login));

async function newest(appeals: Appeals): Promise<AppealCard> {
  const { items } = await appeals.list({ mine: true });
  const [first] = [...items].sort((a, b) => (a.opened_at < b.opened_at ? 1 : -1));
  if (first === undefined) throw new Error('nothing was asked');
  return first;
}

/** One asked over HTTP and answered, for what comes after. */
async function answered(appeals: Appeals, room: string, login: string, text: string) {
  const { id } = await appeals.open({ cid: freshCid(), room, text });
  const clinic = await staff(login);
  await clinic.finalAnswer(id, { text: 'Кабинет 112, до 10:30.', outcome: 'explained' });
  return id;
}

const outlookOf = (page: Page) => page.locator('.case .outlook strong').first();

test('a question with a phone number in it: hidden from neighbours, answered, confirmed in one tap', async () => {
  const { room, page, person, appeals } = await asker('RU-KHA', 'resident1.rukha@demo');
  await person.beginsToAsk('Не могу записать маму к неврологу');
  await page.locator('#question').fill(`Не могу записать маму, мой телефон ${PHONE_NUMBER}`);
  await page.getByText(ask.found_phone).waitFor();
  expect(await page.locator('.finding').innerText()).not.toMatch(/\d/);
  await shot(page, 'resident-ask-finding-360');
  await person.sends(ask.send_phone);
  await person.card().getByText(card.state_new).waitFor();
  const { id, number } = await newest(appeals);
  expect(await person.card().innerText()).toContain(number);
  expect(await person.card().innerText()).toMatch(/Ответят .* до \d\d:\d\d/);

  // A neighbour reads the card and the thread, and nowhere the number.
  const other = await window(PHONE);
  const viktor = resident(other);
  await viktor.signsInFirst('resident2.rukha@demo');
  await viktor.opensRoom(room.id);
  await viktor.card().getByText(number).waitFor();
  await viktor.opensAppeal();
  await messageOfThread(other, 'Не могу записать маму').waitFor();
  expect(await other.content()).not.toContain('123-45-67');
  const seen = await appealsOver(await caller(house().url, 'resident2.rukha@demo')).get(id);
  expect(seen.lanes.private).toBeUndefined();
  expect(JSON.stringify(seen)).not.toContain('123-45-67');
  const own = await appeals.get(id);
  expect(own.lanes.private?.messages.map(({ text }) => text).join()).toContain(PHONE_NUMBER);

  // What the clinic does appears by itself.
  const clinic = await staff('responder.rukha@demo');
  await clinic.accept(id);
  await clinic.say(id, { cid: freshCid(), lane: 'public', text: 'Смотрю запасные талоны' });
  await messageOf(page, 'Смотрю запасные талоны').waitFor();
  await person.card().getByText(card.state_in_work).waitFor();
  await shot(page, 'resident-room-appeal-360');
  await person.opensAppeal();
  await clinic.finalAnswer(id, { lane: 'public', text: 'Маму записали', outcome: 'resolved' });
  await clinic.say(id, { cid: freshCid(), lane: 'private', text: 'Четверг, 10:40, кабинет 207' });
  await page.getByText(words.verdict).waitFor();
  await page.locator('.private-strip', { hasText: 'кабинет 207' }).waitFor();
  await shot(page, 'resident-appeal-answered-360');
  await page.getByRole('button', { name: words.resolved }).click();
  await expect.poll(() => outlookOf(page).innerText()).toBe(card.confirmed);
  await page.getByRole('button', { name: 'Оценка 5 из 5' }).click();
  await page.getByText('Вы поставили 5').first().waitFor();
  expect(await appeals.get(id)).toMatchObject({ state: 'confirmed', rating: 5 });
  expect(await page.getByRole('button', { name: words.resolved }).count()).toBe(0);
});

test('not resolved: the reason is asked for, and the clinic owes an answer again', async () => {
  const { room, page, appeals } = await asker('RU-BA', 'resident1.ruba@demo');
  const id = await answered(appeals, room.id, 'responder.ruba@demo', 'Где сдать кровь?');
  await page.goto(`/appeals/${id}`);
  await page.getByRole('button', { name: words.unresolved }).click();
  await page.getByRole('button', { name: words.contest_go }).click();
  await page.getByText(words.contest_empty).waitFor();
  await page.getByLabel(words.contest_title).fill('Кабинет закрыт');
  await page.getByRole('button', { name: words.contest_go }).click();
  await expect.poll(() => outlookOf(page).innerText()).toMatch(/Вернулись к вопросу, ответят /);
  await page.getByText('Кабинет закрыт').waitFor();
  expect(await appeals.get(id)).toMatchObject({ state: 'contested', cycle: 2 });
});

test('the clinic asks in private: its question stands on top, and the reply stays private', async () => {
  const { room, page, appeals } = await asker('RU-BA', 'resident2.ruba@demo');
  const text = 'Когда придёт врач на дом?';
  const { id } = await appeals.open({ cid: freshCid(), room: room.id, text });
  const clinic = await staff('responder.ruba@demo');
  await clinic.ask(id, { text: 'Назовите код домофона', lane: 'private' });
  await page.goto(`/appeals/${id}`);
  await page.locator('.now').getByText('Назовите код домофона').waitFor();
  expect(await outlookOf(page).innerText()).toBe(card.waits_for_you);
  await page.locator('#reply').fill('Код 1512');
  await page.getByRole('button', { name: words.send_private }).click();
  await page.locator('.talk .private-strip', { hasText: 'Код 1512' }).waitFor();
  await expect.poll(async () => (await appeals.get(id)).state).toBe('in_work');
  await page.locator('.now').getByText('Назовите код домофона').waitFor({ state: 'detached' });
  const neighbour = appealsOver(await caller(house().url, 'resident3.ruba@demo'));
  expect(JSON.stringify(await neighbour.get(id))).not.toContain('1512');
});

test('taken back by its author, it is nobody’s any more', async () => {
  const { room, page, appeals } = await asker('RU-ROS', 'resident2.ruros@demo');
  const text = 'Передумала спрашивать';
  const { id } = await appeals.open({ cid: freshCid(), room: room.id, text });
  await page.goto(`/appeals/${id}`);
  await page.getByRole('button', { name: words.withdraw }).click();
  await page.getByRole('dialog').getByRole('button', { name: words.withdraw }).click();
  await expect.poll(() => outlookOf(page).innerText()).toBe(card.withdrawn);
  // What may still be done is asked anew after the card has said that it is over.
  await expect.poll(() => page.locator('#reply').count()).toBe(0);
  expect((await appeals.get(id)).state).toBe('withdrawn');
});

test('on paper there is the record and nothing else, on one page', async () => {
  const { room, page, appeals } = await asker('RU-ROS', 'resident1.ruros@demo');
  const id = await answered(appeals, room.id, 'responder.ruros@demo', 'Нужна ли выписка?');
  const { number } = await appeals.get(id);
  await page.goto(`/appeals/${id}`);
  await page.locator('.course').waitFor();
  await page.emulateMedia({ media: 'print' });
  await page.getByText(`${record.title} ${number}`).waitFor();
  expect(await page.locator('.bar').isVisible()).toBe(false);
  expect(await page.locator('.case').isVisible()).toBe(false);
  const paper = await page.locator('.record').innerText();
  for (const part of ['Нужна ли выписка?', 'Кабинет 112, до 10:30.', record.first])
    expect(paper).toContain(part);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
  await page.emulateMedia({ media: 'screen' });
});

test('without signing in, number and code show the state; a mistyped digit is told', async () => {
  const { room, appeals } = await asker('RU-ROS', 'resident3.ruros@demo');
  const text = 'Где взять справку?';
  const opened = await appeals.open({ cid: freshCid(), room: room.id, text });
  const { number, status_code: code } = opened;
  const phone = await window(PHONE);
  const look = async (typed: string, typedCode: string) => {
    await phone.locator('#number').fill(typed);
    await phone.locator('#code').fill(typedCode);
    await phone.getByRole('button', { name: status.go }).click();
  };
  await phone.goto('/status');
  await look(
    number.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
    code,
  );
  await phone.getByText(fault.number_mistyped).first().waitFor();
  await shot(phone, 'resident-status-mistyped-360');
  await look(number, code);
  await phone.getByRole('heading', { name: number }).waitFor();
  await phone.getByText(/Ответят .* до \d\d:\d\d/).waitFor();
  expect(await phone.content()).not.toContain(text);
});

test('asked while the server was away, it opens one appeal once it is back', async () => {
  const { page, person, appeals } = await asker('RU-BA', 'resident4.ruba@demo');
  await page.locator('#compose').waitFor();
  await house().kill();
  await page.getByText(room_.offline).waitFor();
  await person.beginsToAsk('Почему не работает лифт?');
  await page.getByText(ask.offline).waitFor();
  await person.sends(ask.send_later);
  await page.getByText(room_.ask_queued).waitFor();
  await page.locator('.fate.queued').waitFor();
  await house().restart();
  await expect.poll(() => unsentOn(page), { timeout: 45_000 }).toBe(0);
  await person.card().getByText(card.state_new).waitFor();
  const asked = (await appeals.list({ mine: true })).items;
  expect(asked.map(({ excerpt }) => excerpt)).toEqual(['Почему не работает лифт?']);
  await page.reload();
  await person.card().waitFor();
  expect(await page.locator('[role="log"] .appeal-card.waits').count()).toBe(1);
});

function messageOfThread(page: Page, text: string) {
  return page.locator('.talk article', { hasText: text });
}
