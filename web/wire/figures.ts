// The route of the figures, typed.

import type { Figures } from './generated.ts';
import { search, type Http } from './http.ts';

/** By what figures may be grouped. */
export type Grouping = 'organisation' | 'room' | 'category' | 'week' | 'day';

/** What to count; without dates everything up to now. */
export interface FiguresQuery {
  region?: string;
  organisation?: string;
  room?: string;
  category?: string;
  /** The first moment, RFC 3339. */
  from?: string;
  /** The first moment no longer counted. */
  to?: string;
  by?: Grouping;
}

/** Asks for figures; throws what http throws. */
export async function figuresOf({ ask }: Pick<Http, 'ask'>, query: FiguresQuery): Promise<Figures> {
  return (await ask<Figures>('GET', `/figures${search({ ...query })}`)).value;
}
