// The same people over HTTP alone: to prepare what a journey starts from, and to ask the server at its
// end what it really holds. Uses the clients' own HTTP client.

import type { Room } from '@medchat/wire/generated.ts';
import { openHttp, type Http } from '@medchat/wire/http.ts';

/** The demo's one password. */
export const PASSWORD = 'medchat-demo-2026';

/** Somebody without a browser; signed in when a login is given. */
export async function caller(url: string, login?: string): Promise<Http> {
  const http = openHttp({
    base: `${url}/api/v1`,
    exclusive: (_, work) => work(),
    hint: { get: () => false, set: () => {} },
  });
  if (login !== undefined) await http.signIn(login, PASSWORD);
  return http;
}

/** The first medchat of a region, as anybody sees it. */
export async function medchatOf(
  url: string,
  region: string,
): Promise<Room & { invitation_code: string }> {
  const { items } = await (await caller(url)).rooms({ region, kind: 'medchat' });
  const room = items[0];
  if (room?.invitation_code == null) throw new Error(`${region} has no medchat with a code`);
  return { ...room, invitation_code: room.invitation_code };
}

/** What the server holds of a room, oldest first. */
export async function heldTexts(http: Http, room: string): Promise<string[]> {
  const { items } = await http.messages(room, { limit: 100 });
  const numbers = items.map(({ seq }) => seq);
  if (numbers.some((seq, i) => i > 0 && seq >= numbers[i - 1]!))
    throw new Error('not newest first');
  return items.flatMap((item) => (item.kind === 'message' ? [item.text] : [])).reverse();
}

let turn = 0;
/** A cid nobody used in this run. */
export const freshCid = () => `e2e-${process.pid}-${(turn += 1)}`;
