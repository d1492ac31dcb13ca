// The one client of this page: session, HTTP, socket, outbox. Screens ask it and nothing else.
import { openClient } from '@medchat/wire/client.ts';
import { openDesk } from './desk.svelte.ts';

export const client = openClient();
export const { http, session, connection, halted, outbox } = client;
export const desk = openDesk(client);
