// The reader's own appeals, in one medchat or in all: what HTTP listed and what the rooms' feeds told since, as
// one plain state. In which words is the screens' business.
import type { AppealQuery, Appeals } from '@medchat/wire/appeals.ts';
import { cell, type Readable } from '@medchat/wire/cell.ts';
import type { AppealCard, ServerFrame } from '@medchat/wire/generated.ts';
import type { Socket } from '@medchat/wire/socket.ts';

export interface MineView {
  phase: 'loading' | 'ready' | 'unreachable';
  /** Newest first. */
  cards: readonly AppealCard[];
}

export interface MineParts {
  appeals: Pick<Appeals, 'list'>;
  socket: Pick<Socket, 'follow' | 'hear' | 'state'>;
  /** The reader's account. */
  me: string;
}

export type OpenMine = ReturnType<typeof openMine>;

/** Opens the list and begins to load it. `close` must be called. */
export function openMine(
  { appeals, socket, me }: MineParts,
  query: Pick<AppealQuery, 'room' | 'limit'> = {},
) {
  const view = cell<MineView>({ phase: 'loading', cards: [] });
  const follows = new Map<string, () => void>();
  let closed = false;

  const patch = (change: Partial<MineView>) => {
    if (!closed) view.set({ ...view.get(), ...change });
  };

  const inOrder = (cards: readonly AppealCard[]) =>
    [...cards].sort((a, b) => (a.opened_at < b.opened_at ? 1 : -1));

  function put(card: AppealCard) {
    const others = view.get().cards.filter(({ id }) => id !== card.id);
    patch({ cards: inOrder([...others, card]) });
  }

  /** The rooms tell what becomes of the appeals in them. */
  function followRooms() {
    for (const { room } of view.get().cards) {
      if (!closed && !follows.has(room))
        follows.set(
          room,
          socket.follow(`room:${room}`, () => ({})),
        );
    }
  }

  async function load() {
    try {
      const { items } = await appeals.list({ ...query, mine: true });
      patch({ phase: 'ready', cards: inOrder(items) });
      followRooms();
    } catch {
      if (view.get().phase === 'loading') patch({ phase: 'unreachable' });
    }
  }

  function hear(frame: ServerFrame) {
    if (frame.ev !== 'entry' || frame.entry.kind !== 'appeal') return;
    const { kind: _, ...card } = frame.entry;
    const here = query.room === undefined || query.room === card.room;
    if (card.author.id === me && here) put(card);
  }

  const leave = [
    socket.hear(hear),
    // Cards of rooms are not replayed here: after a loss the list is asked for again.
    socket.state.subscribe((state) => {
      if (state === 'open') void load();
    }),
  ];
  if (socket.state.get() !== 'open') void load();

  return {
    view: view as Readable<MineView>,
    reload: load,
    close(): void {
      closed = true;
      for (const stop of [...leave, ...follows.values()]) stop();
    },
  };
}
