// Puts the routes and the socket on one port of the loopback interface.

import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

import { listener } from './http.js';
import { serve } from './socket.js';
import { openWorld } from './world.js';

/** Starts on `port` (0: any free one); answers with the address, the world, and how to stop. */
export async function startMock(port = 0, now = () => Date.now()) {
  const world = openWorld(now);
  const server = createServer(listener(world));
  const sockets = new WebSocketServer({
    server,
    path: '/api/v1/socket',
    handleProtocols: () => 'medchat.v1',
  });
  sockets.on('connection', (socket) => serve(world, socket));
  await new Promise((done) => server.listen(port, '127.0.0.1', () => done(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    world,
    stop() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done(undefined)));
    },
  };
}
