// Which appeals still want somebody's answer, the clinic's or the resident's.
import type { AppealState } from '@medchat/wire/generated.ts';

const ENDED: readonly AppealState[] = [
  'confirmed',
  'closed_silent',
  'refused',
  'withdrawn',
  'merged',
];

export const isEnded = ({ state }: { state: AppealState }): boolean => ENDED.includes(state);
