// The audit, as auditors read it, over the session of `http.ts`.
import type { AuditRow, Page } from './generated.ts';
import type { Http } from './http.ts';

/** What is asked for; everything that is said must hold. Moments are RFC 3339. */
export interface AuditQuery {
  actor?: string;
  act?: string;
  target?: string;
  from?: string;
  to?: string;
}

/** A page, newest first; `after` is the `next` of the page before. */
export function auditOver(http: Http) {
  return async (query: AuditQuery, after?: string): Promise<Page<AuditRow>> => {
    const asked = Object.entries({ ...query, after, limit: '50' }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
    );
    const search = new URLSearchParams(asked);
    return (await http.ask<Page<AuditRow>>('GET', `/audit?${search}`)).value;
  };
}
