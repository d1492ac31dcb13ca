import { describe, expect, it, test } from 'vitest';
import { digitsOf, fits, grouped, hasOther, slipAddress, typedAddress } from './desk-code.ts';

describe('the check digit', () => {
  const RIGHT = ['000000000076', '572400000000'].filter(fits);

  it('is the server’s', () => {
    // The pair of `server/tests/it/desk_codes.rs`; 572 4 is the worked example of the literature.
    expect(fits('000000000076')).toBe(true);
    expect(fits('000000000077')).toBe(false);
    expect(fits('000000005724')).toBe(true);
  });

  it.each(RIGHT)('notices every wrong digit and every swap of neighbours in %s', (right) => {
    const digits = [...right];
    digits.forEach((digit, place) => {
      for (const wrong of '0123456789')
        if (wrong !== digit) expect(fits(digits.with(place, wrong).join(''))).toBe(false);
      const next = digits[place + 1];
      if (next !== undefined && next !== digit)
        expect(
          fits(
            digits
              .with(place, next)
              .with(place + 1, digit)
              .join(''),
          ),
        ).toBe(false);
    });
  });

  it('is not asked before all twelve are there', () => {
    for (const text of ['', '0', '00000000', '0000000000760']) expect(fits(text)).toBe(false);
  });
});

test.each([
  ['402 917 365 148', '402917365148'],
  ['402-917-365-148', '402917365148'],
  [' Код: 402917365148. ', '402917365148'],
  ['https://medchat.example/18?next=/j/1AK774PY#402917365148', '402917365148'],
  ['', ''],
])('of «%s» the digits are taken', (text, digits) => expect(digitsOf(text)).toBe(digits));

test('groups are of three, and the last is not followed by a gap', () => {
  const shown = ['', '4', '402', '402 9', '402 917', '402 917 365 148'];
  expect(shown.map((text) => grouped(digitsOf(text)))).toEqual(shown);
});

test('letters are told from what people put between digits', () => {
  for (const text of ['402 917', '402-917', '402–917.', '402\u00a0917'])
    expect(hasOther(text)).toBe(false);
  for (const text of ['4O2', '402о', '#402']) expect(hasOther(text)).toBe(true);
});

test('a slip’s address keeps the code where no server sees it', () => {
  const address = new URL(slipAddress('https://medchat.example', '402 917 365 148', '1АК774РУ'));
  expect(address.href).toBe('https://medchat.example/18?next=/j/1AK774PY#402917365148');
  expect(address.pathname + address.search).not.toContain('402');
  expect(slipAddress('https://medchat.example', '402917365148')).toBe(
    'https://medchat.example/18#402917365148',
  );
  expect(typedAddress('medchat.example')).toBe('medchat.example/18');
});
