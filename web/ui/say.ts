// Fills the {gaps} of a text and chooses the form of a plural. The texts themselves are in
// texts.ts; their literal types tell which gaps must be filled, so a forgotten one does not compile.
// Knows languages' plural rules because browsers lack some of the ones we need.
import { lay } from './texts/section.ts';

/** A text that depends on {count}. */
export interface Plural {
  readonly one?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other?: string;
}

export type Text = string | Plural;

type GapsIn<S> = S extends `${string}{${infer Gap}}${infer Rest}` ? Gap | GapsIn<Rest> : never;
type GapsOf<T> = T extends string ? GapsIn<T> : GapsIn<T[keyof T]> | 'count';
/** What `say` needs beside the text: one value per gap; a plural's form hangs on its count, said or not. */
export type Filling<T> = Record<GapsOf<T> & string, string | number>;

export type Language = 'ru' | 'en';

const FORM: Record<Language, (count: number) => keyof Plural> = {
  ru: (count) => {
    const ten = count % 10;
    const hundred = count % 100;
    if (ten === 1 && hundred !== 11) return 'one';
    return ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14) ? 'few' : 'many';
  },
  en: (count) => (count === 1 ? 'one' : 'other'),
};

let spoken: Language = 'ru';

export const language = (): Language => spoken;

/** The text with its gaps filled. */
export function say<const T extends Text>(text: T, filling: Filling<T>): string {
  const values = filling as Record<string, string | number>;
  const form =
    typeof text === 'string' ? text : (text[FORM[spoken](Number(values['count']))] ?? '');
  return form.replace(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap));
}

/**
 * Lays another language over the Russian source, section by section. Only before anything is
 * drawn: texts are plain constants, so that reading one costs nothing and needs no lookup.
 */
export function speak(chosen: Language, translation: Parameters<typeof lay>[0]): void {
  spoken = chosen;
  lay(translation);
}

/** The first letter in upper case: a text made for the middle of a sentence begins one. */
export const opening = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
