// Why somebody does not write to an appeal, in words; nothing when they do. Pure.
import type { Appeal, Me } from '@medchat/wire/generated.ts';
import { say } from '@medchat/ui/say.ts';
import { work as words } from '@medchat/ui/texts.ts';
import { standingOf } from '../roles.ts';

const ENDED: readonly string[] = ['refused', 'withdrawn', 'merged'];

export function silenceIn(
  { may, state, organisation }: Pick<Appeal, 'may' | 'state' | 'organisation'>,
  me: Pick<Me, 'grants'> | undefined,
): string | undefined {
  if (may.includes('messages')) return undefined;
  if (ENDED.includes(state)) return words.over;
  const mine = standingOf(me);
  return mine.answers && organisation !== null && organisation.id !== mine.organisation
    ? say(words.moved, { name: organisation.name })
    : words.reads;
}
