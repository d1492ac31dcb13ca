import { expect, test } from 'vitest';
import { personalIn } from './personal.ts';

test.each([
  ['Позвоните +7 914 555-01-22 после шести', 'phone'],
  ['мой 8(4212)45-67-89', 'phone'],
  ['89145550122', 'phone'],
  ['пишите на nina.k@example.org', 'email'],
  ['полис 6063 8129 0457 1238', 'number'],
  ['СНИЛС 112-233-445 95', 'number'],
  ['Кабинет 112, до 10:30, 27.11.2026', undefined],
  ['Горячая линия 8-800-200-00-00', undefined],
  ['приказ № 1090н, автобус 14', undefined],
])('%s', (text, wanted) => expect(personalIn(text)).toBe(wanted));
