// Short messages that come and go, at most one act each ("undo"). Holds the list; Toasts.svelte shows it.
export interface Toast {
  id: number;
  text: string;
  act?: { label: string; run: () => void };
}

const STAYS_MS = 5_000;
let next = 0;
let shown = $state<Toast[]>([]);

export const toasts = (): readonly Toast[] => shown;

export function dismiss(id: number): void {
  shown = shown.filter((toast) => toast.id !== id);
}

/** Shows `text` for `stays` milliseconds, with a button when something can still be done. */
export function toast(text: string, act?: Toast['act'], stays = STAYS_MS): void {
  const id = next++;
  shown = [...shown, act ? { id, text, act } : { id, text }];
  setTimeout(() => dismiss(id), stays);
}
