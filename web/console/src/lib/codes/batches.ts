// Codes as they were handed out: one at the counter, or a sheet at one moment. Pure.
import type { DeskCode } from '@medchat/wire/generated.ts';

/** What became of a code, in the order it is told. */
export const STATES = ['open', 'redeemed', 'revoked', 'expired'] as const;
export type State = (typeof STATES)[number];

export interface Batch {
  key: string;
  /** When, in milliseconds. */
  at: number;
  /** In the order of the sheet. */
  codes: DeskCode[];
  /** Those that are good. */
  open: DeskCode[];
}

/** The batches of listed codes, newest first. */
export function batchesOf(codes: readonly DeskCode[]): Batch[] {
  const batches = new Map<string, DeskCode[]>();
  for (const code of codes) {
    const key = `${code.issued_at} ${code.organisation}`;
    const batch = batches.get(key);
    if (batch) batch.push(code);
    else batches.set(key, [code]);
  }
  return [...batches]
    .map(([key, all]) => ({
      key,
      at: Date.parse(all[0]!.issued_at),
      codes: [...all].sort((a, b) => a.place - b.place),
      open: all.filter(({ state }) => state === 'open').sort((a, b) => a.place - b.place),
    }))
    .sort((a, b) => b.at - a.at);
}

/** How many of a batch each thing became of; what became of none is left out. */
export function countsOf({ codes }: Batch): { state: State; count: number }[] {
  return STATES.map((state) => ({
    state,
    count: codes.filter((code) => code.state === state).length,
  })).filter(({ count }) => count > 0);
}
