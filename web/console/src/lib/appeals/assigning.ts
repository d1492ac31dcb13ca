// Giving several appeals to one colleague, and taking that back. One that fails does not stop the others.
import type { Appeals } from '@medchat/wire/appeals.ts';
import type { AppealCard } from '@medchat/wire/generated.ts';

export interface Assigned {
  /** As they stand since. */
  done: AppealCard[];
  failed: number;
  /**
   * Gives those that were somebody's back to whom they were. One that was nobody's cannot be nobody's again,
   * so there is nothing to undo unless every one had somebody.
   */
  undo?: () => Promise<AppealCard[]>;
}

/** One after the other: the server decides each by itself. */
export async function assign(
  appeals: Pick<Appeals, 'assign'>,
  cards: readonly AppealCard[],
  staff: string,
): Promise<Assigned> {
  const done: AppealCard[] = [];
  const before: { id: string; staff: string | undefined }[] = [];
  let failed = 0;
  for (const card of cards) {
    try {
      done.push(await appeals.assign(card.id, { staff }));
      before.push({ id: card.id, staff: card.assignee?.id });
    } catch (error) {
      if (cards.length === 1) throw error;
      failed += 1;
    }
  }
  const had = before.flatMap(({ id, staff: old }) =>
    old === undefined ? [] : [{ id, staff: old }],
  );
  const undoable = had.length > 0 && had.length === before.length;
  return {
    done,
    failed,
    ...(undoable && {
      undo: () => Promise.all(had.map(({ id, staff: old }) => appeals.assign(id, { staff: old }))),
    }),
  };
}
