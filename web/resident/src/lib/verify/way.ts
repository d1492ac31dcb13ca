// Where somebody goes on to once they may write: back to where they came from, to the medchat of the slip, to one
// they are in already, or to look for one. Pure.
import type { Room } from '@medchat/wire/generated.ts';
import { verify as words } from '@medchat/ui/texts.ts';
import { nextOf } from '../account/next.ts';

export interface Way {
  href: string;
  label: string;
}

/** `rooms`: those they are a member of. */
export function wayOn(url: URL, rooms: readonly Pick<Room, 'id' | 'kind'>[]): Way {
  if (url.searchParams.has('next')) return named(nextOf(url));
  const medchat = rooms.find(({ kind }) => kind === 'medchat');
  if (medchat) return named(`/rooms/${medchat.id}`);
  return { href: '/', label: words.find };
}

function named(href: string): Way {
  if (/^\/rooms\/[^/]+$/.test(href)) return { href: `${href}#compose`, label: words.write };
  if (/^\/rooms\/[^/]+\/ask/.test(href)) return { href, label: words.to_question };
  return { href, label: href.startsWith('/j/') ? words.to_medchat : words.go_on };
}
