// A socket that comes later is, once here, the socket that was asked all along.

import { expect, test } from 'vitest';

import { laterSocket } from './later.ts';
import type { Socket } from './socket.ts';
import { plug } from './tests/plug.ts';

function stage() {
  const real = plug('stopped');
  const calls: string[] = [];
  const socket = {
    ...real.socket,
    start: () => (calls.push('start'), real.state.set('connecting')),
    stop: () => (calls.push('stop'), real.state.set('stopped')),
    hurry: () => void calls.push('hurry'),
    stoppedBy: () => 4503,
  } as unknown as Socket;
  let arrive = () => {};
  let fetches = 0;
  const later = laterSocket(() => {
    fetches += 1;
    return new Promise((done) => (arrive = () => done(socket)));
  });
  const seen: string[] = [];
  later.state.subscribe((state) => seen.push(state));
  const here = async () => {
    arrive();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { real, later, calls, seen, here, fetches: () => fetches };
}

test('what was followed and heard before it came is handed over, what was taken back is not', async () => {
  const { real, later, here } = stage();
  const frames: string[] = [];
  later.hear((frame) => frames.push(frame.ev));
  later.hear(() => frames.push('never'))();
  later.follow('room:a', () => ({ after: 3 }));
  later.follow('room:b', () => ({}))();
  later.start();
  await here();
  expect(real.asked).toEqual([['room:a', { after: 3 }]]);
  real.says({ ev: 'pong' });
  expect(frames).toEqual(['pong']);
});

test('what is asked of it afterwards, and taken back, reaches it too', async () => {
  const { real, later, here } = stage();
  later.start();
  await here();
  const leave = later.follow('room:a', () => ({}));
  expect(later.send({ op: 'ping' })).toBe(false);
  real.state.set('open');
  expect(later.send({ op: 'ping' })).toBe(true);
  later.resubscribe('room:a');
  expect(real.asked).toHaveLength(2);
  leave();
  expect(real.follows.size).toBe(0);
});

test('nobody is told that it stopped on its way from here to open', async () => {
  const { real, later, seen, here, fetches } = stage();
  later.start();
  later.start();
  await here();
  real.state.set('open');
  expect(seen).toEqual(['stopped', 'connecting', 'open']);
  expect(fetches()).toBe(1);
});

test('stopped while it is fetched, it stays stopped, and may start again', async () => {
  const { later, calls, here } = stage();
  expect(later.stoppedBy()).toBeNull();
  later.start();
  later.stop();
  expect(later.state.get()).toBe('stopped');
  await here();
  expect(calls).toEqual([]);
  later.start();
  later.hurry();
  later.stop();
  expect(calls).toEqual(['start', 'hurry', 'stop']);
  expect(later.stoppedBy()).toBe(4503);
});
