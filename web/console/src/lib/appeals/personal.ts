// A first look for personal data in a draft, so that its writer hears of it before anybody else does. The
// server looks again, finds more, and has the last word. Pure.

export type Personal = 'phone' | 'email' | 'number';

const EMAIL = /[\p{L}\d._%+-]+@[\p{L}\d-]+(\.[\p{L}\d-]+)+/u;
const PHONE = /(?<!\d)(?:\+?7|8)(?:[\s()-]*\d){10}(?!\d)/;
/** Policy, СНИЛС, passport, card: ten digits or more, in whatever groups. */
const NUMBER = /(?<!\d)\d(?:[\s-]?\d){9,}(?!\d)/;

/** Hotlines are nobody's own. */
const HOTLINE = /(?:\+?7|8)[\s(-]*800(?:[\s()-]*\d){7}/g;

/** What the text seems to hold: a question to its writer, not a verdict. */
export function personalIn(typed: string): Personal | undefined {
  const text = typed.replace(HOTLINE, '');
  if (PHONE.test(text)) return 'phone';
  if (EMAIL.test(text)) return 'email';
  return NUMBER.test(text) ? 'number' : undefined;
}
