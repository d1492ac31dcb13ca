// The one client of this page: session, HTTP, socket, outbox. Screens ask it and nothing else.
import { appealsOver } from '@medchat/wire/appeals.ts';
import { openClient } from '@medchat/wire/client.ts';
import { sessionsOver } from '@medchat/wire/sessions.ts';
import { verificationOver } from '@medchat/wire/verification.ts';

export const client = openClient();
export const { http, session, connection, halted, outbox } = client;
export const appeals = appealsOver(http);
export const sessions = sessionsOver(http);
export const verification = verificationOver(http);
