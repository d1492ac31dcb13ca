// The server under test: started in demo mode on a free port with a data folder of its own, killed and
// started again as journeys ask. Knows nothing of browsers. MEDCHAT_BINARY names the program.

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface House {
  readonly url: string;
  /** `kill -9`: no goodbye, no flush. */
  kill(): Promise<void>;
  /** Starts again on the same port and data folder. */
  restart(): Promise<void>;
  /** Ends the server and forgets its data. */
  stop(): Promise<void>;
  /** What it said on standard error, for failures. */
  log(): string;
}

// The contract: ready within 60 s.
const READY_MS = 60_000;

/** Starts a house. Fails in one line when the program is missing. */
export async function openHouse(): Promise<House> {
  const named = process.env['MEDCHAT_BINARY'];
  if (named === undefined) throw new Error('MEDCHAT_BINARY is not set: name the server to test');
  // npm runs scripts in the package's folder; a relative name means the folder npm was called from.
  const binary = resolve(process.env['INIT_CWD'] ?? '.', named);
  if (!existsSync(binary)) throw new Error(`MEDCHAT_BINARY names ${binary}, which does not exist`);
  const folder = await mkdtemp(join(tmpdir(), 'medchat-e2e-'));
  let said = '';
  let running: ChildProcess;
  let port = 0;

  function start(): Promise<number> {
    // A script stands for the mock server, which speaks the same protocol but keeps nothing.
    const [program, ...before] = binary.endsWith('.js') ? [process.execPath, binary] : [binary];
    running = spawn(program!, [...before, 'serve', '--demo'], {
      env: { ...process.env, MEDCHAT_LISTEN: `127.0.0.1:${port}`, MEDCHAT_DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`not ready in time\n${said}`)), READY_MS);
      running.stderr!.on(
        'data',
        (bytes: Buffer) => (said = (said + bytes.toString()).slice(-20_000)),
      );
      running.stdout!.on('data', (bytes: Buffer) => {
        const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(bytes.toString());
        if (found === null) return;
        clearTimeout(late);
        done(Number(found[1]));
      });
      running.once('error', fail);
      running.once('exit', (code) => fail(new Error(`the server ended with ${code}\n${said}`)));
    });
  }

  function end(signal: NodeJS.Signals): Promise<void> {
    if (running.exitCode !== null || running.signalCode !== null) return Promise.resolve();
    return new Promise((done) => {
      running.once('exit', () => done());
      running.kill(signal);
    });
  }

  port = await start();
  return {
    url: `http://127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    async restart() {
      await start();
    },
    async stop() {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
    log: () => said,
  };
}
