// The code of the slip that was opened here: taken out of the address at once, so that a neighbour who is sent the
// address does not get the code, and kept for this tab over sign-in and a reload. Knows no screen.
import { digitsOf } from '@medchat/wire/desk-code.ts';

const KEY = 'medchat-slip';
/** Where storage is switched off the code lives as long as the page. */
let held = '';

export function heldCode(): string {
  try {
    return sessionStorage.getItem(KEY) ?? held;
  } catch {
    return held;
  }
}

/** Keeps the digits of `text`; nothing when it has none. */
export function holdCode(text: string): void {
  held = digitsOf(text);
  try {
    if (held === '') sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, held);
  } catch {
    // It is held above.
  }
}

export const forgetCode = (): void => holdCode('');
