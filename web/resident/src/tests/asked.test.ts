import { render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, it } from 'vitest';
import Asking from './Asking.svelte';

/** Questions that are answered by hand, in any order. */
function slow() {
  const open = new Map<string, { give: (answer: string) => void; fail: () => void }>();
  const ask = (of: string) =>
    new Promise<string>((give, fail) => open.set(of, { give, fail: () => fail(new Error(of)) }));
  return { open, ask };
}
const settle = async () => {
  await Promise.resolve();
  await tick();
};

it('shows the answer to the newest question, whichever comes first', async () => {
  const { open, ask } = slow();
  const { rerender, container } = render(Asking, { of: 'a', ask });
  await rerender({ of: 'b' });
  open.get('b')!.give('второй');
  await settle();
  open.get('a')!.give('первый');
  await settle();
  expect(container.querySelector('p')?.textContent).toBe('here второй');
});

it('keeps what is shown while it asks again, and says when that fails', async () => {
  const { open, ask } = slow();
  const { container } = render(Asking, { of: 'a', ask });
  expect(container.querySelector('p')?.textContent?.trim()).toBe('loading');
  open.get('a')!.give('ответ');
  await settle();
  screen.getByRole('button').click();
  await settle();
  expect(container.querySelector('p')?.textContent).toBe('here ответ');
  open.get('a')!.fail();
  await settle();
  expect(container.querySelector('p')?.textContent?.trim()).toBe('failed');
});
