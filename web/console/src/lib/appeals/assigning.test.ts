import { expect, test, vi } from 'vitest';
import type { Appeal, AppealCard } from '@medchat/wire/generated.ts';
import { assign } from './assigning.ts';

const card = (id: string, assignee?: string) =>
  ({ id, ...(assignee && { assignee: { id: assignee, name: assignee } }) }) as AppealCard;

function desk(refuses: string[] = []) {
  const held = new Map<string, string>();
  return {
    held,
    assign: vi.fn(async (id: string, { staff }: { staff: string }) => {
      if (refuses.includes(id)) throw new Error('wrong state');
      held.set(id, staff);
      return card(id, staff) as Appeal;
    }),
  };
}

test('several go to one colleague and back to whom they were', async () => {
  const appeals = desk();
  const { done, undo } = await assign(appeals, [card('x', 'ira'), card('y', 'marina')], 'oleg');
  expect(done.map(({ assignee }) => assignee?.id)).toEqual(['oleg', 'oleg']);
  await undo?.();
  expect([...appeals.held]).toEqual([
    ['x', 'ira'],
    ['y', 'marina'],
  ]);
});

test('what was nobody’s cannot be nobody’s again: no undo is offered', async () => {
  expect(await assign(desk(), [card('x', 'ira'), card('y')], 'oleg')).not.toHaveProperty('undo');
});

test('one that fails is counted and stops no other; alone, it says why', async () => {
  const result = await assign(desk(['x']), [card('x', 'ira'), card('y', 'ira')], 'oleg');
  expect(result).toMatchObject({ failed: 1, done: [{ id: 'y' }] });
  expect(result.undo).toBeDefined();
  await expect(assign(desk(['x']), [card('x')], 'oleg')).rejects.toThrow('wrong state');
});
