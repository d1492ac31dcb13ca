// @vitest-environment node
// The two dark blocks are one, and every pair of colours that is read keeps its contrast.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../tokens.css', import.meta.url), 'utf8');

function tokens(after: string): Map<string, string> {
  const start = css.indexOf(after);
  const block = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return new Map([...block.matchAll(/--([\w-]+):\s*(#\w{6})/g)].map((m) => [m[1]!, m[2]!]));
}

const light = tokens(':root {');
const dark = tokens("  :root:not([data-theme='light']) {");
const chosenDark = tokens("\n:root[data-theme='dark'] {");

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const READ: [string, string][] = [
  ['text', 'surface'],
  ['text', 'raised'],
  ['text', 'accent-soft'],
  ['text', 'own'],
  ['text', 'warning-soft'],
  ['text', 'danger-soft'],
  ['muted', 'surface'],
  ['muted', 'raised'],
  ['muted', 'own'],
  ['muted', 'accent-soft'],
  ['accent', 'surface'],
  ['accent', 'raised'],
  ['accent', 'accent-soft'],
  ['on-accent', 'accent'],
  ['positive', 'own'],
  ['positive', 'surface'],
  ['warning', 'raised'],
  ['warning', 'surface'],
  ['warning', 'own'],
  ['warning', 'warning-soft'],
  ['on-late', 'late'],
  ['private', 'private-soft'],
  ['raised', 'private'],
  ['text', 'private-soft'],
  ['positive', 'raised'],
  ['danger', 'danger-soft'],
  ['on-danger', 'danger-fill'],
  ['surface', 'text'],
];

describe('tokens', () => {
  it('have one dark theme, whoever asked for it', () => {
    expect(dark.size).toBeGreaterThan(20);
    expect([...chosenDark]).toEqual([...dark]);
    expect([...light.keys()]).toEqual([...dark.keys()]);
  });

  it.each(READ)('%s on %s reads in light and in dark', (ink, ground) => {
    for (const theme of [light, dark]) {
      expect(contrast(theme.get(ink)!, theme.get(ground)!)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(['surface', 'raised'])('edges of controls are seen on %s', (ground) => {
    for (const theme of [light, dark]) {
      expect(contrast(theme.get('edge')!, theme.get(ground)!)).toBeGreaterThanOrEqual(3);
    }
  });
});
