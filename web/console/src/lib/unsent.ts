// How many messages have not reached the server. Pure.
import type { Outgoing } from '@medchat/wire/outbox.ts';

export const unsentOf = (items: readonly Outgoing[]): number =>
  items.filter((item) => item.state !== 'sent').length;
