// The routes of codes from a desk: handing them out, taking them back, and showing with one that one is an adult.

import type { DeskCode, HandOutCodes, Page, Sheet, Verification, Verify } from './generated.ts';
import { part, type Http } from './http.ts';

export type Verifications = ReturnType<typeof verificationOver>;

/** The routes over somebody's HTTP; all throw what http throws. */
export function verificationOver({ ask }: Pick<Http, 'ask'>) {
  return {
    /** Codes for a desk, told this once. Those of an answer that got lost do no harm: nobody has them. */
    handOut: async (wish: HandOutCodes) => (await ask<Sheet>('POST', '/desk-codes', wish)).value,
    /** What became of the codes of one's desks within a week, newest first. */
    handedOut: async () => (await ask<Page<DeskCode>>('GET', '/desk-codes')).value.items,
    async takeBack(id: string): Promise<void> {
      await ask<void>('DELETE', `/desk-codes/${part(id)}`);
    },
    async byDeskCode(code: string): Promise<Verification> {
      const body: Verify = { method: 'desk_code', code };
      return (await ask<Verification>('POST', '/verifications', body)).value;
    },
  };
}
