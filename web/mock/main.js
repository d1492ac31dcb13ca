// `node main.js`: the mock on MEDCHAT_LISTEN (127.0.0.1:8080), saying where, as the server does.

import { startMock } from './server.js';

const [, port = '8080'] = (process.env['MEDCHAT_LISTEN'] ?? '127.0.0.1:8080').split(':');
const { url } = await startMock(Number(port));
console.log(`listening on ${url}`);
