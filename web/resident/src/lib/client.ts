// The one client of this page: session, HTTP, socket, outbox. Screens ask it and nothing else.
import { openHttp } from '@medchat/wire/http.ts';

export const http = openHttp();
export const session = http.session;
