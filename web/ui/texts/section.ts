// Sections of the catalogue as they are fetched: another language is laid over those that are here, and over
// those that come later when they come. Knows no text.

const here = new Map<string, object>();
let translation: Readonly<Record<string, object | undefined>> = {};

/** A section in the source language, or in the language laid over it. */
export function section<const T extends object>(name: string, texts: T): T {
  here.set(name, texts);
  return Object.assign(texts, translation[name]);
}

/** Lays another language over every section. */
export function lay(sections: Readonly<Record<string, object | undefined>>): void {
  translation = sections;
  for (const [name, texts] of here) Object.assign(texts, translation[name]);
}
