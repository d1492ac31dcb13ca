// The public lanes of the reader's own appeals in one medchat, for its timeline: each open appeal is followed,
// a few that ended too. One plain state; where the lines stand among the room's is merge.ts.
import { openAppeal, type AppealParts } from '@medchat/wire/appeal.ts';
import { cell, type Readable } from '@medchat/wire/cell.ts';
import type { AppealCard } from '@medchat/wire/generated.ts';
import type { Line } from '@medchat/wire/timeline.ts';

export interface Thread {
  /** The appeal's number. */
  number: string;
  lines: readonly Line[];
}
/** By the appeal's id. */
export type Threads = ReadonlyMap<string, Thread>;

export type OpenThreads = ReturnType<typeof openThreads>;

/** More than anybody has open at once; each costs a request and two feeds. */
const MOST = 8;

/** `close` must be called. */
export function openThreads(parts: AppealParts) {
  const threads = cell<Threads>(new Map());
  const opened = new Map<string, () => void>();

  function open(id: string) {
    const appeal = openAppeal(id, parts);
    const leave = appeal.view.subscribe((view) => {
      if (view.appeal === undefined) return;
      const thread = { number: view.appeal.number, lines: view.public };
      threads.set(new Map(threads.get()).set(id, thread));
    });
    opened.set(id, () => {
      leave();
      appeal.close();
    });
  }

  return {
    threads: threads as Readable<Threads>,

    /** The reader's own cards, newest first. */
    want(cards: readonly AppealCard[]): void {
      for (const { id } of cards.slice(0, MOST)) if (!opened.has(id)) open(id);
    },
    close(): void {
      for (const stop of opened.values()) stop();
      opened.clear();
    },
  };
}
