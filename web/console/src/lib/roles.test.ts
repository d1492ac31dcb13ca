import { expect, test } from 'vitest';
import type { Grant } from '@medchat/wire/generated.ts';
import { partsOf, standingOf } from './roles.ts';

const grant = (role: string, kind: string, id: string): Grant => ({
  id: role,
  role,
  scope: { kind, id },
  from: '2026-01-01T00:00:00.000Z',
  until: null,
});
const parts = (...grants: Grant[]) => partsOf(standingOf({ grants }));

test.each([
  ['responder', 'organisation', ['appeals', 'rooms', 'roster']],
  ['department_head', 'organisation', ['appeals', 'rooms', 'roster', 'figures']],
  ['curator', 'region', ['appeals', 'rooms', 'figures']],
  ['observer', 'region', ['appeals', 'rooms', 'figures']],
  ['moderator', 'room', ['rooms']],
  ['registrar', 'organisation', ['codes', 'rooms']],
])('%s', (role, kind, wanted) => expect(parts(grant(role, kind, 'x'))).toEqual(wanted));

test('whose desk is mine, and whose region', () => {
  const standing = standingOf({
    grants: [grant('registrar', 'organisation', 'b'), grant('responder', 'organisation', 'a')],
  });
  expect(standing).toMatchObject({ organisation: 'a', leads: false, registers: ['b'] });
  expect(standingOf({ grants: [grant('curator', 'region', 'RU-KHA')] }).regions).toEqual([
    'RU-KHA',
  ]);
  expect(partsOf(standingOf(undefined))).toEqual(['rooms']);
});
