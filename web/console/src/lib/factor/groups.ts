// A key as people type it.

/** In groups of four, as authenticators show it. */
export function inFours(key: string): string {
  return key.replace(/(.{4})(?=.)/g, '$1 ');
}
