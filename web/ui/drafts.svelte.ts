// Unsent questions by room, kept while the page lives: a question typed at the door survives the
// way through sign-in. In memory only, since it may speak of health.
import { SvelteMap } from 'svelte/reactivity';

const drafts = new SvelteMap<string, string>();

export const draftOf = (room: string): string => drafts.get(room) ?? '';

export function keepDraft(room: string, text: string): void {
  if (text === '') drafts.delete(room);
  else drafts.set(room, text);
}
