// @vitest-environment node
// The generated texts are those of the catalogue, and both languages fit each other.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('texts.ts is what the catalogue says', () => {
  const script = fileURLToPath(new URL('./generate.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
