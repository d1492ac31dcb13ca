// The console's keys: which there are, and when one counts. A key without Ctrl never counts while
// somebody types, and can be switched off altogether (speech input presses letters too).

/** What a key asks for. */
export type Act = 'down' | 'up' | 'next' | 'reply' | 'search' | 'list';

const ACTS: Readonly<Record<string, Act>> = {
  j: 'down',
  k: 'up',
  n: 'next',
  r: 'reply',
  '/': 'search',
  '?': 'list',
};
// The same keys where the keyboard is switched to Russian: the place counts, not the letter.
const PLACES: Readonly<Record<string, Act>> = {
  KeyJ: 'down',
  KeyK: 'up',
  KeyN: 'next',
  KeyR: 'reply',
};

const STORED = 'console-keys';
let on = $state(stored());

function stored(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

export const keys = {
  get on() {
    return on;
  },
  set on(wished: boolean) {
    on = wished;
    try {
      localStorage.setItem(STORED, wished ? 'on' : 'off');
    } catch {
      // The choice holds until the page is left.
    }
  },
};

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'metaKey' | 'target'>;

/** The act a press asks for, if it asks for one. */
export function actOf(press: Press): Act | undefined {
  if (!on || press.ctrlKey || press.altKey || press.metaKey || isTyped(press.target))
    return undefined;
  return ACTS[press.key] ?? PLACES[press.code];
}

function isTyped(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, dialog[open]') !== null
  );
}
