import { describe, expect, it } from 'vitest';
import type { AppealCard, Entry, ServerFrame } from '@medchat/wire/generated.ts';
import { card } from '@medchat/wire/tests/stage.ts';
import { plug } from '@medchat/wire/tests/plug.ts';
import { openMine } from './mine.ts';

const author = { id: 'me', kind: 'resident' as const, alias: 'Нина К.' };
const other = { ...author, id: 'other' };
const mine = (id: string, change: Partial<AppealCard> = {}) => card(id, { author, ...change });
const settled = async () => {
  for (let i = 0; i < 6; i += 1) await Promise.resolve();
};
const told = (feed: string, seq: number, entry: Entry): ServerFrame => ({
  ev: 'entry',
  feed,
  seq,
  entry,
});

async function stage(listed: AppealCard[], room?: string) {
  const end = plug();
  const held = { listed, down: false };
  const appeals = {
    list: () =>
      held.down
        ? Promise.reject(new Error('down'))
        : Promise.resolve({ items: held.listed, next: null }),
  };
  const open = openMine({ appeals, socket: end.socket, me: 'me' }, room ? { room } : {});
  await settled();
  return { ...end, held, open, ids: () => open.view.get().cards.map(({ id }) => id) };
}

describe('my appeals', () => {
  const early = mine('a', { opened_at: '2026-11-23T01:00:00.000Z' });
  const late = mine('b', { opened_at: '2026-11-23T02:00:00.000Z' });

  it('are listed newest first, and follow their rooms', async () => {
    const { ids, follows } = await stage([early, late]);
    expect(ids()).toEqual(['b', 'a']);
    expect([...follows.keys()]).toContain(`room:${early.room}`);
  });

  it('change with their cards, and take in a new one; a neighbour’s is not mine', async () => {
    const { ids, says, open } = await stage([early]);
    says(told('room:a', 5, { kind: 'appeal', ...early, state: 'answered' }));
    expect(open.view.get().cards[0]?.state).toBe('answered');
    says(told('room:a', 6, { kind: 'appeal', ...late }));
    says(told('room:a', 7, { kind: 'appeal', ...card('c', { author: other }) }));
    expect(ids()).toEqual(['b', 'a']);
  });

  it('of one medchat leave out those of others', async () => {
    const { ids, says } = await stage([early], early.room);
    says(told('room:z', 1, { kind: 'appeal', ...late, room: 'elsewhere' }));
    expect(ids()).toEqual(['a']);
  });

  it('are asked for again after a loss; what is shown stays when nobody answers', async () => {
    const { ids, state, held } = await stage([early]);
    state.set('waiting');
    held.listed = [early, late];
    state.set('open');
    await settled();
    expect(ids()).toEqual(['b', 'a']);
    held.down = true;
    state.set('waiting');
    state.set('open');
    await settled();
    expect(ids()).toEqual(['b', 'a']);
  });

  it('say so when nobody ever answered', async () => {
    const end = plug('waiting');
    const open = openMine({
      appeals: { list: () => Promise.reject(new Error('down')) },
      socket: end.socket,
      me: 'me',
    });
    await settled();
    expect(open.view.get().phase).toBe('unreachable');
    open.close();
    expect(end.hearers.size).toBe(0);
    expect(end.follows.size).toBe(0);
  });
});
