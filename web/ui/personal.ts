// Whether a text seems to hold somebody's phone, e-mail or document number: a first look, so that its
// author is asked before sending. The server decides again and hides what it finds; nothing here does.

export type Finding = 'phone' | 'email' | 'number';

export interface Found {
  kind: Finding;
  /** The text as typed: to know it again, never to be shown. */
  text: string;
}

const EMAIL = /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/gu;
/** Digits with what people put between them; a full stop is left to dates. */
const DIGITS = /\+?\d(?:[\s()\u2013-]*\d)+/gu;
/** A passport has ten digits, a SNILS eleven, a policy sixteen; shorter ones are times, rooms and appeals. */
const LONG = 10;
/** Hotlines are nobody's own. */
const HOTLINE = /^[78]800/;

export function findingsIn(text: string): Found[] {
  const emails = [...text.matchAll(EMAIL)].map(([found]) => ({
    kind: 'email' as const,
    text: found,
  }));
  const numbers = [...text.matchAll(DIGITS)].flatMap(([found]) => {
    const digits = found.replace(/\D/g, '');
    if (digits.length < LONG || HOTLINE.test(digits)) return [];
    return [
      { kind: isPhone(found, digits) ? ('phone' as const) : ('number' as const), text: found },
    ];
  });
  return [...emails, ...numbers];
}

function isPhone(found: string, digits: string): boolean {
  if (found.startsWith('+')) return true;
  return digits.length === 11 ? /^[78]/.test(digits) : digits.length === 10 && digits[0] === '9';
}

/** What the card speaks of: one kind, or several. */
export function kindOf(found: readonly Found[]): Finding | 'many' | undefined {
  return found.length > 1 ? 'many' : found[0]?.kind;
}
