// Where one is signed in, and the second factor of staff, over the session of `http.ts`.
import type { Page, RecoveryCodes, SecondFactorSetup, Session } from './generated.ts';
import type { Http } from './http.ts';

export type Sessions = ReturnType<typeof sessionsOver>;

/** The routes of one's own sessions and second factor. */
export function sessionsOver(http: Http) {
  return {
    /** The last seen first. */
    list: async (): Promise<Session[]> =>
      (await http.ask<Page<Session>>('GET', '/sessions')).value.items,
    end: async (id: string): Promise<void> => {
      await http.ask<void>('DELETE', `/sessions/${encodeURIComponent(id)}`);
    },
    endOthers: async (): Promise<void> => {
      await http.ask<void>('DELETE', '/sessions');
    },
    /** What an authenticator is given; told this once. */
    setUpFactor: async (): Promise<SecondFactorSetup> =>
      (await http.ask<SecondFactorSetup>('POST', '/me/second-factor', {})).value,
    /** The recovery codes; told this once. */
    confirmFactor: async (code: string): Promise<string[]> =>
      (await http.ask<RecoveryCodes>('POST', '/me/second-factor/confirm', { code })).value.codes,
  };
}
