import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused, Unreachable } from '@medchat/wire/http.ts';
import type { Problem } from '@medchat/wire/generated.ts';
import { fault, finder } from '@medchat/ui/texts.ts';
import { heldCode } from '$lib/verify/slip.ts';
import CodeEntry from './CodeEntry.svelte';

const { invitation, goto } = vi.hoisted(() => ({ invitation: vi.fn(), goto: vi.fn() }));
vi.mock('$lib/client.ts', () => ({ http: { invitation } }));
vi.mock('$app/navigation', () => ({ goto }));

const refused = (change: Partial<Problem>) =>
  new Refused({
    type: 'about:blank',
    title: '',
    status: 422,
    code: 'invalid',
    detail: '',
    ...change,
  });

async function type(code: string) {
  render(CodeEntry);
  const field = screen.getByLabelText<HTMLInputElement>(finder.code_title);
  await fireEvent.input(field, { target: { value: code } });
  await fireEvent.submit(field.form!);
  return field;
}

describe('the code of a poster', () => {
  beforeEach(() => {
    invitation.mockReset();
    goto.mockReset();
  });

  it('leads to the door under its canonical form, spaces and hyphens forgiven', async () => {
    invitation.mockResolvedValue({ code: '1AK774PY' });
    await type(' 1ак7-74ру ');
    await vi.waitFor(() => expect(goto).toHaveBeenCalledWith('/j/1AK774PY'));
    expect(invitation).toHaveBeenCalledWith('1ак774ру');
  });

  it('leads with twelve digits to the page of slips, and sends them nowhere', async () => {
    await type('402 917 365-148');
    expect(goto).toHaveBeenCalledExactlyOnceWith('/18');
    expect(heldCode()).toBe('402917365148');
    expect(invitation).not.toHaveBeenCalled();
  });

  it('asks for a code before asking the server', async () => {
    await type('  ');
    expect(await screen.findByText(finder.code_empty)).toBeTruthy();
    expect(invitation).not.toHaveBeenCalled();
  });

  it.each([
    [
      'mistyped',
      refused({ errors: [{ field: 'code', code: 'mistyped', detail: '' }] }),
      fault.code_mistyped,
    ],
    [
      'too short',
      refused({ errors: [{ field: 'code', code: 'wrong_length', detail: '' }] }),
      fault.code_wrong_length,
    ],
    ['unknown', refused({ status: 404, code: 'not_found' }), finder.code_unknown],
    ['asked offline', new Unreachable(null), finder.offline],
  ])('says beside the field when it is %s', async (_, error, words) => {
    invitation.mockRejectedValue(error);
    const field = await type('1AK774PX');
    expect(await screen.findByText(words)).toBeTruthy();
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(field);
    expect(goto).not.toHaveBeenCalled();
  });
});
