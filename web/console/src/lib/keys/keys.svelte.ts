// The console's keys: which there are, when one counts, and who answers it. A screen serves the acts it
// knows while it stands; the latest to serve one answers. A key without Ctrl never counts while somebody
// types, and can be switched off altogether (speech input presses letters too).

import { untrack } from 'svelte';

/** What a key asks for. */
export type Act =
  | 'down'
  | 'up'
  | 'next'
  | 'take'
  | 'reply'
  | 'lane'
  | 'final'
  | 'ask'
  | 'select'
  | 'assign'
  | 'transfer'
  | 'beside'
  | 'search'
  | 'list';

/** The key of each act: the letter, and its place, which counts where the keyboard is switched to Russian. */
export const KEYS: Readonly<Record<Act, string>> = {
  down: 'j',
  up: 'k',
  next: 'n',
  take: 'a',
  reply: 'r',
  lane: 'p',
  final: 'f',
  ask: 'q',
  select: 'x',
  assign: 's',
  transfer: 't',
  beside: 'l',
  search: '/',
  list: '?',
};

const ACTS = new Map(Object.entries(KEYS).map(([act, key]) => [key, act as Act]));
const PLACES: ReadonlyMap<string, Act> = new Map(
  [...ACTS]
    .filter(([key]) => /[a-z]/.test(key))
    .map(([key, act]) => [`Key${key.toUpperCase()}`, act]),
);

const STORED = 'console-keys';
let on = $state(stored());

function stored(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

/** What a screen does for each act it knows. */
export type Serving = Partial<Record<Act, () => void>>;

let serving = $state.raw<readonly Serving[]>([]);

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
  /** Whether somebody answers this act now. */
  serves: (act: Act): boolean => serving.some((one) => one[act] !== undefined),
};

/** Serves these acts until the answer is called: the return of an `$effect`. */
export function serve(acts: Serving): () => void {
  serving = [...untrack(() => serving), acts];
  return () => void (serving = untrack(() => serving).filter((one) => one !== acts));
}

type Press = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'altKey' | 'metaKey' | 'target' | 'preventDefault'
>;

/** The act a press asks for, if it asks for one. */
export function actOf(press: Omit<Press, 'preventDefault'>): Act | undefined {
  if (!on || press.ctrlKey || press.altKey || press.metaKey || isTyped(press.target))
    return undefined;
  return ACTS.get(press.key) ?? PLACES.get(press.code);
}

/** Does what a press asks for, where somebody serves it. */
export function answer(press: Press): void {
  const act = actOf(press);
  const run = act && serving.findLast((one) => one[act] !== undefined)?.[act];
  if (run === undefined) return;
  press.preventDefault();
  run();
}

/** Where letters are letters: in fields, and while a dialog asks something. A box that is ticked is no such place. */
function isTyped(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog[open]') !== null) return true;
  const field = target.closest('input, textarea, select');
  return field !== null && !(field instanceof HTMLInputElement && BOXES.includes(field.type));
}

const BOXES = ['checkbox', 'radio'];
