// The routes of appeals, typed one by one. Who asks, and how often, is http.ts; what the answers come to
// on a screen is standing.ts and queue.ts.

import type {
  Appeal,
  AppealCard,
  AppealState,
  AppealStatus,
  AskResident,
  AssignAppeal,
  ContestAppeal,
  GiveFinalAnswer,
  MergeAppeal,
  OpenAppeal,
  OpenedAppeal,
  Page,
  PostToAppeal,
  RateAppeal,
  RefuseAppeal,
  TransferAppeal,
  WrittenInLane,
} from './generated.ts';
import { part, search, type Http } from './http.ts';

/** Which appeals to list. */
export interface AppealQuery {
  /** States, separated by commas; `open` stands for all open ones. */
  state?: AppealState | 'open' | (string & {});
  organisation?: string;
  room?: string;
  category?: string;
  /** The resident who opened them. */
  author?: string;
  /** Those with a running clock due before this moment. */
  due_before?: string;
  /** A resident: their own; staff: those they have. */
  mine?: boolean;
  /** Only those nobody has. */
  unassigned?: boolean;
  /** Words of the public text, or digits of the number. */
  q?: string;
  after?: string;
  limit?: number;
}

export type Appeals = ReturnType<typeof appealsOver>;

/** The routes over somebody's HTTP. Each act answers with the appeal as it stands since; all throw what http throws. */
export function appealsOver({ ask }: Pick<Http, 'ask'>) {
  const get = async <T>(path: string) => (await ask<T>('GET', path)).value;
  const post = async <T>(path: string, body: unknown = {}, key?: string) =>
    (await ask<T>('POST', path, body, key)).value;
  const act = (id: string, name: string, body?: unknown, key?: string) =>
    post<Appeal>(`/appeals/${part(id)}/${name}`, body, key);

  return {
    /** A repeat under the same cid answers the same appeal. */
    open: (appeal: OpenAppeal) => post<OpenedAppeal>('/appeals', appeal),
    list: ({ mine, unassigned, ...query }: AppealQuery = {}) => {
      const only = { mine: mine ? 'true' : undefined, unassigned: unassigned ? 'true' : undefined };
      return get<Page<AppealCard>>(`/appeals${search({ ...query, ...only })}`);
    },
    get: (id: string) => get<Appeal>(`/appeals/${part(id)}`),
    /** Its state for whoever holds its number and code; nobody need be signed in. */
    status: (number: string, code: string) =>
      get<AppealStatus>(`/status${search({ number, code })}`),

    /** Over HTTP a message is sent once; the outbox sends one until it is there. */
    say: (id: string, message: PostToAppeal) =>
      post<WrittenInLane>(`/appeals/${part(id)}/messages`, message),

    accept: (id: string) => act(id, 'accept'),
    release: (id: string) => act(id, 'release'),
    assign: (id: string, body: AssignAppeal) => act(id, 'assign', body),
    transfer: (id: string, body: TransferAppeal) => act(id, 'transfer', body),
    /** Under one key it is asked once, though the first answer was lost. */
    ask: (id: string, body: AskResident, key?: string) => act(id, 'ask', body, key),
    finalAnswer: (id: string, body: GiveFinalAnswer, key?: string) =>
      act(id, 'final-answer', body, key),
    refuse: (id: string, body: RefuseAppeal) => act(id, 'refuse', body),
    merge: (id: string, body: MergeAppeal) => act(id, 'merge', body),
    confirm: (id: string) => act(id, 'confirm'),
    contest: (id: string, body: ContestAppeal) => act(id, 'contest', body),
    rate: (id: string, body: RateAppeal) => act(id, 'rate', body),
    withdraw: (id: string) => act(id, 'withdraw'),
  };
}
