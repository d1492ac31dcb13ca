// The routes of an organisation's roster, typed one by one.

import type { AddShift, Roster, Shift } from './generated.ts';
import { part, search, type Http } from './http.ts';

export type Rosters = ReturnType<typeof rostersOver>;

/** The routes over somebody's HTTP; all throw what http throws. */
export function rostersOver({ ask }: Pick<Http, 'ask'>) {
  const at = (organisation: string) => `/organisations/${part(organisation)}`;
  return {
    /** People, shifts and opening hours from `from` until `to`, both RFC 3339. */
    get: async (organisation: string, span: { from: string; to: string }) =>
      (await ask<Roster>('GET', `${at(organisation)}/roster${search(span)}`)).value,
    add: async (organisation: string, shift: AddShift) =>
      (await ask<Shift>('POST', `${at(organisation)}/shifts`, shift)).value,
    async remove(organisation: string, shift: string): Promise<void> {
      await ask<void>('DELETE', `${at(organisation)}/shifts/${part(shift)}`);
    },
  };
}
