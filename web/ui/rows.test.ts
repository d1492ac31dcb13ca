import { describe, expect, it } from 'vitest';
import type { Line } from '@medchat/wire/timeline.ts';
import { rowsOf } from './rows.ts';

const ZONE = 'Asia/Vladivostok';
const line = (seq: number, civil: string, own = false): Line => ({
  key: `m${seq}`,
  id: `m${seq}`,
  seq,
  at: new Date(`${civil}:00+10:00`).toISOString(),
  own,
  text: 'текст',
  edited: false,
  hidden: false,
});
const shape = (rows: ReturnType<typeof rowsOf>) =>
  rows.map((row) => (row.kind === 'line' ? row.key : row.kind)).join(' ');

const lines = [
  line(1, '2026-11-20T23:59'),
  line(2, '2026-11-21T00:01'),
  line(3, '2026-11-21T12:00', true),
  line(4, '2026-11-21T12:05'),
];

describe('rows', () => {
  it('open a day at the region’s midnight', () => {
    expect(shape(rowsOf(lines, ZONE, 0, 4))).toBe('day m1 day m2 m3 m4');
  });

  it('mark what is new once, above a message of others', () => {
    expect(shape(rowsOf(lines, ZONE, 2, 4))).toBe('day m1 day m2 m3 new m4');
    expect(shape(rowsOf(lines, ZONE, 4, 4))).toBe('day m1 day m2 m3 m4');
  });

  it('do not mark what is new before the last message that was read is there', () => {
    expect(shape(rowsOf(lines.slice(2), ZONE, 2, 4))).toBe('day m3 m4');
  });

  it('do not mark what arrives later', () => {
    expect(shape(rowsOf([...lines, line(5, '2026-11-21T12:10')], ZONE, 4, 4))).not.toContain('new');
  });

  it('do not open a day again for a device whose clock runs behind', () => {
    const { seq: _, ...late } = line(0, '2026-11-20T10:00', true);
    expect(shape(rowsOf([...lines, { ...late, key: 'mine' }], ZONE, 0, 4))).toBe(
      'day m1 day m2 m3 m4 mine',
    );
  });

  it('have keys of their own', () => {
    const keys = rowsOf(lines, ZONE, 1, 4).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
