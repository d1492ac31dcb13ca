import { expect, it } from 'vitest';
import { roomsQuery } from './search.ts';

it.each([
  ['', '', undefined],
  ['у', '', undefined],
  [' Уфа ', '', { kind: 'medchat', limit: 100, q: 'Уфа' }],
  ['', 'RU-BA', { kind: 'medchat', limit: 100, region: 'RU-BA' }],
  ['Би', 'RU-BA', { kind: 'medchat', limit: 100, region: 'RU-BA', q: 'Би' }],
])('«%s» in «%s» asks %o', (words, region, query) => {
  expect(roomsQuery(words, region)).toEqual(query);
});
