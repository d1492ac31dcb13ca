import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { verify as words } from '@medchat/ui/texts.ts';
import CodeField from './CodeField.svelte';

const field = () => screen.getByLabelText<HTMLInputElement>(words.code);
async function type(text: string, caret = text.length) {
  const control = field();
  control.value = text;
  control.setSelectionRange(caret, caret);
  await fireEvent.input(control);
  return control;
}
const heard = () => screen.getByRole('status').textContent;

describe('the field of a code', () => {
  it('puts digits in threes, whatever stands between them', async () => {
    render(CodeField, { code: '' });
    expect((await type('4029')).value).toBe('402 9');
    expect((await type('402-917-365-148')).value).toBe('402 917 365 148');
    expect((await type('https://medchat.example/18#402917365148')).value).toBe('402 917 365 148');
    expect((await type('4029173651489')).value).toBe('402 917 365 148');
    expect(field().inputMode).toBe('numeric');
  });

  it('keeps the caret behind the digit it was behind', async () => {
    render(CodeField, { code: '402917' });
    // A digit is put in after the first one: «4|02 917» → «49|0 291 7».
    const control = await type('4902 917', 2);
    expect([control.value, control.selectionStart]).toEqual(['490 291 7', 2]);
    // The fourth digit goes: the gap before it goes too.
    expect((await type('490 ', 4)).selectionStart).toBe(3);
  });

  it('says how many are missing, and tells a reader who listens nothing before all are there', async () => {
    render(CodeField, { code: '' });
    screen.getByText(words.code_hint);
    await type('402 917 3');
    screen.getByText('Ещё 5 цифр');
    expect(heard()).toBe('');
    expect(field().getAttribute('aria-invalid')).toBeNull();
  });

  it('judges the check digit as soon as all are there', async () => {
    render(CodeField, { code: '' });
    await type('000000000077');
    expect(heard()).toBe(words.code_mistyped);
    expect(field().getAttribute('aria-invalid')).toBe('true');
    await type('000000000076');
    expect(heard()).toBe(words.code_fits);
    expect(field().getAttribute('aria-invalid')).toBeNull();
  });

  it('says that letters are none', async () => {
    render(CodeField, { code: '' });
    expect((await type('4О2')).value).toBe('42');
    expect(heard()).toBe(words.code_wrong_symbol);
    await type('42 7');
    expect(heard()).toBe('');
  });
});
