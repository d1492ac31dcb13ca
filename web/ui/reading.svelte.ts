// How a person reads: large type, colours, language. Kept in the browser's storage, applied to
// <html> as attributes that tokens.css and base.css know. app.html applies the same keys before
// the first paint; change them there too.
import type { Language } from './say.ts';

export type Theme = 'system' | 'light' | 'dark';

/** Storage may be forbidden (private mode): reading must still work for this visit. */
function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Nothing to do: the choice holds until the page is left.
  }
}

const THEMES: readonly string[] = ['light', 'dark'];
const storedTheme = kept('theme');
let large = $state(kept('type') === 'large');
let theme = $state<Theme>(THEMES.includes(storedTheme ?? '') ? (storedTheme as Theme) : 'system');

function mark(name: 'type' | 'theme', value: string | null): void {
  if (value === null) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
  keep(name, value);
}

export const reading = {
  get large() {
    return large;
  },
  set large(on: boolean) {
    large = on;
    mark('type', on ? 'large' : null);
  },
  get theme() {
    return theme;
  },
  set theme(chosen: Theme) {
    theme = chosen;
    mark('theme', chosen === 'system' ? null : chosen);
  },
};

export const storedLanguage = (): Language => (kept('language') === 'en' ? 'en' : 'ru');
export const keepLanguage = (language: Language): void => keep('language', language);
