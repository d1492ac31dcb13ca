// What a page needs once somebody is signed in and not before it is drawn: the connection, the outbox and
// where the outbox keeps its items. One import, so that it is one file to fetch.

export { appealsOver } from './appeals.ts';
export { openOutbox } from './outbox.ts';
export { followBrowser, openSocket, platformTimers } from './socket.ts';
export { openVault } from './vault.ts';
