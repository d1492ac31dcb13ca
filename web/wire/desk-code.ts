// The code on a slip from a desk, as `server/domain/src/desk_code.rs` has it: twelve digits, the last a check digit
// (`damm.rs`). Judged where it is typed, so that a slip of the finger costs no try. Pure; whether a code was handed
// out and what it is still good for, the server knows alone.

/** Digits of a code, the check digit last. */
export const DIGITS = 12;
/** Digits said in one breath. */
const GROUP = 3;
/** The resident's page that takes a code; short, since it is typed from paper. */
const PAGE = '/18';

/** H. Michael Damm's quasigroup of order ten: row is the state so far, column the next digit. */
const QUASIGROUP = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
];

/** The digits of a text as typed or pasted, a whole address among them. */
export const digitsOf = (text: string): string =>
  text.slice(text.lastIndexOf('#') + 1).replace(/\D/g, '');

/** Whether a text holds anything but digits and what people put between them. */
export const hasOther = (text: string): boolean => /[^\d\s.\u2010-\u2015\u2212-]/.test(text);

/** As one reads it aloud: `402 917 365 148`, also while it is not whole. */
export const grouped = (digits: string): string =>
  digits.replace(new RegExp(`\\d{${GROUP}}(?=\\d)`, 'g'), '$& ');

/** Whether the check digit fits; a single wrong digit and two swapped neighbours never do. */
export function fits(digits: string): boolean {
  const last = [...digits].reduce(
    (state, digit) => QUASIGROUP[Number(state)]![Number(digit)]!,
    '0',
  );
  return digits.length === DIGITS && last === '0';
}

/**
 * What the QR of a slip opens. The code stands behind `#`, which no browser sends anywhere, so no log holds it.
 * `invitation` is the code of the medchat to go on to.
 */
export function slipAddress(origin: string, code: string, invitation?: string): string {
  const next = invitation === undefined ? '' : `?next=/j/${latin(invitation)}`;
  return `${origin}${PAGE}${next}#${digitsOf(code)}`;
}

/** The same address without a code, as one types it: `medchat.example/18`. */
export const typedAddress = (host: string): string => `${host}${PAGE}`;

/** An invitation's letters are read in both scripts; Latin ones make a QR of half the size. */
function latin(invitation: string): string {
  const CYRILLIC = 'АВЕКМНОРСТУХ';
  const LATIN = 'ABEKMHOPCTYX';
  const read = [...invitation].map((letter) => LATIN[CYRILLIC.indexOf(letter)] ?? letter);
  return encodeURIComponent(read.join(''));
}
