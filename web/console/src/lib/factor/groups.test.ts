import { expect, it } from 'vitest';
import { inFours } from './groups.ts';

it('is read in fours', () => {
  expect(inFours('ABCDEFGHIJ')).toBe('ABCD EFGH IJ');
  expect(inFours('ABCD')).toBe('ABCD');
  expect(inFours('')).toBe('');
});
