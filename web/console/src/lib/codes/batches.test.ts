import { expect, test } from 'vitest';
import type { DeskCode } from '@medchat/wire/generated.ts';
import { slipAddress } from '@medchat/wire/desk-code.ts';
import { encode } from 'uqr';
import { qrOf } from '../qr.ts';
import { batchesOf, countsOf } from './batches.ts';

const code = (id: string, change: Partial<DeskCode> = {}): DeskCode => ({
  id,
  place: 1,
  organisation: 'a',
  issued_at: '2026-11-23T02:20:00.000Z',
  expires_at: '2026-11-26T02:20:00.000Z',
  state: 'open',
  ...change,
});
const LATER = '2026-11-23T03:00:00.000Z';

test('a sheet is one thing, in the order of its slips; the newest comes first', () => {
  const batches = batchesOf([
    code('2', { place: 2, state: 'redeemed' }),
    code('1'),
    code('later', { issued_at: LATER }),
    code('3', { place: 3 }),
    code('elsewhere', { organisation: 'b' }),
  ]);
  expect(batches.map(({ codes }) => codes.map(({ id }) => id))).toEqual([
    ['later'],
    ['1', '2', '3'],
    ['elsewhere'],
  ]);
  expect(batches[1]!.open.map(({ id }) => id)).toEqual(['1', '3']);
  expect(countsOf(batches[1]!)).toEqual([
    { state: 'open', count: 2 },
    { state: 'redeemed', count: 1 },
  ]);
  expect(batchesOf([])).toEqual([]);
});

test('a QR has its quiet zone and a module for every dark square', () => {
  const text = slipAddress('https://medchat.example', '402 917 365 148', '1АК774РУ');
  const { size, path } = qrOf(text);
  const plain = encode(text, { border: 0, ecc: 'M' });
  expect(size).toBe(plain.size + 8);
  const dark = plain.data.flat().filter(Boolean).length;
  const squares = [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)];
  expect(squares).toHaveLength(dark);
  for (const [, x, y] of squares) expect(plain.data[Number(y) - 4]![Number(x) - 4]).toBe(true);
  // A slip of three centimetres is read by an old phone: no more than 41 modules.
  expect(plain.size).toBeLessThanOrEqual(41);
});
