// Answers begun and not sent, by room, while the page lives. In memory only: they speak of patients.
import { SvelteMap } from 'svelte/reactivity';

const drafts = new SvelteMap<string, string>();

export const draftOf = (room: string): string => drafts.get(room) ?? '';

export function keepDraft(room: string, text: string): void {
  if (text === '') drafts.delete(room);
  else drafts.set(room, text);
}
