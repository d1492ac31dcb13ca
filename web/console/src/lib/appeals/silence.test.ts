import { expect, test } from 'vitest';
import type { AppealState, Grant } from '@medchat/wire/generated.ts';
import { silenceIn } from './silence.ts';

const grant = (role: string, id: string) =>
  ({ role, scope: { kind: 'organisation', id }, from: '', until: null, id: role }) as Grant;
const why = (role: string, state: AppealState, owner: string, may: string[] = []) =>
  silenceIn(
    { may, state, organisation: { id: owner, name: `Клиника ${owner}` } },
    { grants: [grant(role, 'a')] },
  );

test('who may write is not silent; who may not reads why', () => {
  expect(why('responder', 'in_work', 'a', ['messages'])).toBeUndefined();
  expect(why('responder', 'withdrawn', 'a')).toBe('Обращение закрыто, писать в него нельзя.');
  expect(why('responder', 'in_work', 'b')).toBe(
    'Теперь отвечает Клиника b. Писать здесь больше нельзя.',
  );
  expect(why('observer', 'in_work', 'b')).toBe('Вы читаете. Отвечают сотрудники поликлиники.');
});
