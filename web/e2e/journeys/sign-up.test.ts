// A new resident: what is wrong with the form is said beside its fields; then they read, and learn what
// writing needs.

import { expect, test } from 'vitest';
import { fault, problem, room as words, verify } from '@medchat/ui/texts.ts';

import { medchatOf } from '../api.ts';
import { resident } from '../people.ts';
import { PHONE, stage } from '../stage.ts';

const { house, window } = stage();

test('from the form to the room that asks for 18+', async () => {
  const room = await medchatOf(house().url, 'RU-ROS');
  const phone = await window(PHONE);
  const person = resident(phone);
  await phone.goto(`/sign-up`);
  await person.signsUp('galina', 'short', 'Галина П.');
  await phone.getByText(fault.password_too_short).first().waitFor();
  expect(await phone.locator('#password').getAttribute('aria-invalid')).toBe('true');
  await person.signsUp('resident1.ruros@demo', 'a long enough one', 'Галина П.');
  await phone.getByText(problem.login_taken).first().waitFor();
  await person.signsUp('galina', 'a long enough one', 'Галина П.');
  await phone.locator('#alias').waitFor({ state: 'detached' });

  await person.opensRoom(room.id);
  await person.joins();
  await phone.getByText(words.not_verified).first().waitFor();
  expect(await phone.locator('#compose').count()).toBe(0);
  await phone.getByText(words.not_verified_why).waitFor();
  await phone.getByRole('link', { name: words.verify }).click();
  await phone.getByRole('heading', { name: verify.title }).waitFor();
  await phone.getByText(verify.no_slip_text).waitFor();
  await phone.goBack();
  // A new page is the same person.
  await phone.reload();
  await phone.getByText(words.not_verified).first().waitFor();
});
