// The one client of this page: session, HTTP, socket, outbox, and what stands on them for the whole visit.
// Screens ask it and nothing else.
import { appealsOver } from '@medchat/wire/appeals.ts';
import { auditOver } from '@medchat/wire/audit.ts';
import { openClient } from '@medchat/wire/client.ts';
import { rostersOver } from '@medchat/wire/rosters.ts';
import { sessionsOver } from '@medchat/wire/sessions.ts';
import { verificationOver } from '@medchat/wire/verification.ts';
import { openBoard } from './appeals/board.svelte.ts';
import { openDesk } from './desk.svelte.ts';
import { openPlaces } from './places.ts';

export const client = openClient();
export const { http, session, connection, halted, outbox } = client;
export const appeals = appealsOver(http);
export const rosters = rostersOver(http);
export const sessions = sessionsOver(http);
export const audit = auditOver(http);
export const verification = verificationOver(http);
export const placeOf = openPlaces(http);
export const board = openBoard({ client, appeals });
export const desk = openDesk({ client, placeOf, onme: board.attend });
