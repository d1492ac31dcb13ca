// The connection's life, driven by a clock moved by hand: every transition, every way back, no way back.

import { describe, expect, test } from 'vitest';

import { CLOSE } from './generated.ts';
import { BACK_OFF, HEARTBEAT, TRANSITIONS, openSocket, type Event, type State } from './socket.ts';
import { FakeWire, handClock, settled } from './tests/stage.ts';

function stage(
  options: { token?: (fresh: boolean) => Promise<string | undefined>; random?: number } = {},
) {
  const clock = handClock();
  const wires: FakeWire[] = [];
  const asked: boolean[] = [];
  const socket = openSocket({
    url: 'ws://here/api/v1/socket',
    token:
      options.token ??
      ((fresh) => {
        asked.push(fresh);
        return Promise.resolve('secret');
      }),
    connect: () => {
      const wire = new FakeWire();
      wires.push(wire);
      return wire;
    },
    timers: clock.timers,
    random: () => options.random ?? 0.5,
  });
  const wire = () => wires.at(-1)!;
  /** Starts and is greeted. */
  const open = async () => {
    socket.start();
    await settled();
    wire().greets();
  };
  return { clock, wires, wire, asked, socket, open };
}

describe('the way to an open connection', () => {
  test('the first frame signs in and hello opens', async () => {
    const { socket, wire } = stage();
    const states: State[] = [];
    socket.state.subscribe((state) => states.push(state));
    socket.start();
    await settled();
    wire().opens();
    expect(wire().sent).toEqual([{ op: 'auth', token: 'secret' }]);
    expect(socket.send({ op: 'ping' })).toBe(false);
    wire().says({ ev: 'hello', session: 's', server_time: '' });
    expect(states).toEqual(['stopped', 'connecting', 'signing_in', 'open']);
  });

  test('without a session it stops and does not try', async () => {
    const { socket, wires, clock } = stage({ token: () => Promise.resolve(undefined) });
    socket.start();
    await clock.advance(600_000);
    expect(socket.state.get()).toBe('stopped');
    expect(wires).toHaveLength(0);
  });

  test('a token that cannot be had for want of network is tried again', async () => {
    let network = false;
    const { socket, wires, clock } = stage({
      token: () => (network ? Promise.resolve('secret') : Promise.reject(new Error('no network'))),
    });
    socket.start();
    await settled();
    expect(socket.state.get()).toBe('waiting');
    network = true;
    await clock.advance(clock.pending()[0]!);
    expect(wires).toHaveLength(1);
  });

  test('silence while connecting or signing in is given up', async () => {
    const { socket, wire, wires, clock } = stage();
    socket.start();
    await clock.advance(15_000);
    expect(wires[0]!.closed).toBeDefined();
    expect(socket.state.get()).toBe('waiting');
    await clock.advance(1_000);
    wire().opens();
    await clock.advance(15_000);
    expect(wires[1]!.closed).toBeDefined();
  });
});

describe('closing', () => {
  const returning = [1000, 1006, 1012, 1013, 4000, 4001, 4002, 4003, 4429, 4499];
  test.each(returning)('%i comes back', async (code) => {
    const { socket, wire, wires, clock, open } = stage();
    await open();
    wire().dies(code);
    expect(socket.state.get()).toBe('waiting');
    await clock.advance(BACK_OFF.longest);
    expect(wires.length).toBeGreaterThan(1);
  });

  test.each([4500, 4501, 4503, 4509, 4510, 4999])('%i stays away and says so', async (code) => {
    const { socket, wire, wires, clock, open } = stage();
    await open();
    wire().dies(code);
    await clock.advance(3_600_000);
    expect(socket.state.get()).toBe('stopped');
    expect(socket.stoppedBy()).toBe(code);
    expect(wires).toHaveLength(1);
    socket.start();
    await settled();
    expect(wires).toHaveLength(2);
  });

  test('4004 renews the token before coming back, once', async () => {
    const { wire, asked, clock, open } = stage();
    await open();
    wire().dies(CLOSE.token_expired);
    await clock.advance(clock.pending()[0]!);
    wire().greets();
    wire().dies(1006);
    await clock.advance(clock.pending()[0]!);
    expect(asked).toEqual([false, true, false]);
  });

  test('stop closes the wire and leaves no timer behind', async () => {
    const { socket, wire, clock, open } = stage();
    await open();
    socket.stop();
    expect(wire().closed).toBeDefined();
    expect(clock.pending()).toEqual([]);
    // The late goodbye of a wire that was let go changes nothing.
    wire().dies(1006);
    expect(socket.state.get()).toBe('stopped');
  });
});

describe('how long it waits', () => {
  test('full jitter under a doubling ceiling', async () => {
    const { wire, clock, socket } = stage({ random: 0.999 });
    socket.start();
    await settled();
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      wire().dies(1006);
      waits.push(Math.round(clock.pending()[0]! / 100) * 100);
      await clock.advance(clock.pending()[0]!);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  });

  test('never less than a breath', async () => {
    const { wire, clock, open } = stage({ random: 0 });
    await open();
    wire().dies(1006);
    expect(clock.pending()).toEqual([BACK_OFF.shortest]);
  });

  test("the server's window wins, for one wait", async () => {
    const { wire, clock, open } = stage({ random: 0.5 });
    await open();
    wire().says({ ev: 'closing', retry_ms: [4000, 6000] });
    wire().dies(CLOSE.draining);
    expect(clock.pending()).toEqual([5000]);
    await clock.advance(5000);
    wire().dies(1006);
    expect(clock.pending()[0]).toBeLessThan(1000);
  });

  test('a settled connection starts the back-off anew', async () => {
    const { wire, clock, open } = stage({ random: 0.999 });
    await open();
    for (let i = 0; i < 5; i += 1) {
      wire().dies(1006);
      await clock.advance(BACK_OFF.longest);
    }
    wire().greets();
    await clock.advance(11_000);
    wire().dies(1006);
    expect(clock.pending()[0]).toBeLessThan(501);
  });

  test('hurry cuts the wait short', async () => {
    const { socket, wire, wires, open } = stage();
    await open();
    wire().dies(1006);
    socket.hurry();
    await settled();
    expect(wires).toHaveLength(2);
  });
});

describe('heartbeat', () => {
  test('an answered ping keeps the connection, for hours', async () => {
    const { socket, wire, wires, clock, open } = stage();
    await open();
    for (let i = 0; i < 200; i += 1) {
      await clock.advance(HEARTBEAT.every);
      wire().says({ ev: 'pong' });
    }
    expect(socket.state.get()).toBe('open');
    expect(wires).toHaveLength(1);
    expect(wire().sent.filter((frame) => frame.op === 'ping')).toHaveLength(200);
  });

  test('an unanswered one ends it', async () => {
    const { socket, wire, clock, open } = stage();
    await open();
    await clock.advance(HEARTBEAT.every + HEARTBEAT.limit - 1);
    expect(socket.state.get()).toBe('open');
    await clock.advance(1);
    expect(socket.state.get()).toBe('waiting');
    expect(wire().closed).toBeDefined();
  });

  test('looking at the page again asks at once, with a shorter limit', async () => {
    const { socket, wire, clock, open } = stage();
    await open();
    socket.hurry();
    expect(wire().sent.at(-1)).toEqual({ op: 'ping' });
    await clock.advance(HEARTBEAT.hurried);
    expect(socket.state.get()).toBe('waiting');
  });
});

describe('subscriptions', () => {
  test('are resumed from where their reader stands now', async () => {
    const { socket, wire, clock, open } = stage();
    let after = 3;
    socket.follow('room:a', () => ({ after, epoch: 'e1' }));
    await open();
    expect(wire().sent.at(-1)).toEqual({ op: 'subscribe', feed: 'room:a', after: 3, epoch: 'e1' });
    after = 9;
    wire().dies(1006);
    await clock.advance(BACK_OFF.longest);
    wire().greets();
    expect(wire().sent.at(-1)).toEqual({ op: 'subscribe', feed: 'room:a', after: 9, epoch: 'e1' });
  });

  test('two readers of one feed share it from the lower number; the last to leave ends it', async () => {
    const { socket, wire, open } = stage();
    await open();
    const leaveOne = socket.follow('room:a', () => ({ after: 7 }));
    const leaveTwo = socket.follow('room:a', () => ({ after: 4 }));
    expect(wire().sent.at(-1)).toEqual({ op: 'subscribe', feed: 'room:a', after: 4 });
    const before = wire().sent.length;
    leaveOne();
    leaveOne();
    expect(wire().sent).toHaveLength(before);
    leaveTwo();
    expect(wire().sent.at(-1)).toEqual({ op: 'unsubscribe', feed: 'room:a' });
  });

  test('one refused for the moment is asked for again, one refused for good is not', async () => {
    const { socket, wire, clock, open } = stage();
    await open();
    socket.follow('room:a', () => ({}));
    socket.follow('room:b', () => ({}));
    const asked = () =>
      wire()
        .sent.filter((frame) => frame.op === 'subscribe')
        .map((frame) => frame.feed);
    wire().says({ ev: 'error', feed: 'room:a', code: 'rate_limited', detail: '', retry_after: 1 });
    wire().says({ ev: 'error', feed: 'room:b', code: 'not_found', detail: '' });
    await clock.advance(2_000);
    expect(asked()).toEqual(['room:a', 'room:b', 'room:a']);
  });

  test('one that was taken away is not asked for after a reconnection', async () => {
    const { socket, wire, clock, open } = stage();
    await open();
    socket.follow('room:a', () => ({}));
    const leave = socket.follow('appeal:x:private', () => ({}));
    wire().says({ ev: 'error', feed: 'appeal:x:private', code: 'not_found', detail: '' });
    wire().dies(1012);
    await clock.advance(60_000);
    wire().greets();
    const asked = () => wire().sent.flatMap((frame) => ('feed' in frame ? [frame.feed] : []));
    expect(asked()).toEqual(['room:a']);
    leave();
    expect(asked()).toEqual(['room:a']);
  });
});

test('what is no JSON ends the connection and nothing else', async () => {
  const { socket, wire, open } = stage();
  await open();
  wire().onmessage?.({ data: '<html>' });
  expect(socket.state.get()).toBe('waiting');
});

test('every state can be stopped, and every transition leads to a state of the table', () => {
  for (const [state, row] of Object.entries(TRANSITIONS) as [
    State,
    Partial<Record<Event, State>>,
  ][]) {
    if (state !== 'stopped') expect(row.stop).toBe('stopped');
    for (const next of Object.values(row)) expect(Object.keys(TRANSITIONS)).toContain(next);
  }
});
