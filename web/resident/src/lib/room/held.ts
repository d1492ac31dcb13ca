// The room that was open last, kept open while its reader is at the form or at an appeal: they come back to
// the same lines, and offline there is something to come back to.
import type { OpenRoom } from '@medchat/wire/room.ts';
import { client } from '$lib/client.ts';

let held: { id: string; account: string | undefined; open: OpenRoom } | undefined;

/** The open room of this account; one that was held for another is closed. Nothing tells a guest's room of news: it is opened anew. */
export function holdRoom(id: string, account: string | undefined): OpenRoom {
  if (account !== undefined && held?.id === id && held.account === account) {
    held.open.reenter();
    return held.open;
  }
  held?.open.close();
  held = { id, account, open: client.openRoom(id) };
  return held.open;
}
