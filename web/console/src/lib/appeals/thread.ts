// One lane of an appeal as rows to draw: its messages with what they are, and between them what happened. Pure.
import type { AppealEvent, Lane, Outcome } from '@medchat/wire/generated.ts';
import type { Line } from '@medchat/wire/timeline.ts';
import { say } from '@medchat/ui/say.ts';
import { work as words } from '@medchat/ui/texts.ts';
import { dayOf } from '@medchat/ui/when.ts';

/** What a staff message is beside a message. */
export interface Mark {
  kind: 'asked' | 'answered';
  words: string;
}

export type Piece =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'line'; key: string; line: Line; mark?: Mark }
  | { kind: 'event'; key: string; at: number; words: string; private: boolean };

export const outcomeWords = (outcome: Outcome): string => words[`outcome_${outcome}`];

/**
 * The rows of a lane. Events stand in the public lane, since who reads the private one reads both; there a
 * word of the private lane is an event too. `alias` is what the resident is called.
 */
export function threadOf(
  lines: readonly Line[],
  events: readonly AppealEvent[],
  where: { lane: Lane; zone: string; alias: string },
): Piece[] {
  const marks = marksIn(events);
  const told = where.lane === 'public' ? eventPieces(events, where.alias) : [];
  const rows: Piece[] = lines.map((line) => {
    const mark = line.id === undefined ? undefined : marks.get(line.id);
    return { kind: 'line', key: line.key, line, ...(mark && { mark }) };
  });
  return withDays(merged(rows, told), where.zone);
}

const atOf = (piece: Piece): number =>
  piece.kind === 'line' ? Date.parse(piece.line.at) : piece.at;

/** By time; at one moment what happened stands first. What has no number yet stays at the end. */
function merged(rows: readonly Piece[], told: readonly Piece[]): Piece[] {
  const pieces = [...rows];
  for (const event of told) {
    const at = pieces.findIndex(
      (piece) =>
        atOf(piece) >= atOf(event) || (piece.kind === 'line' && piece.line.seq === undefined),
    );
    pieces.splice(at < 0 ? pieces.length : at, 0, event);
  }
  return pieces;
}

function withDays(pieces: readonly Piece[], zone: string): Piece[] {
  let day: number | undefined;
  return pieces.flatMap((piece): Piece[] => {
    const at = atOf(piece);
    const today = dayOf(at, zone);
    if (day !== undefined && today <= day) return [piece];
    day = today;
    return [{ kind: 'day', key: `day ${today}`, at }, piece];
  });
}

function marksIn(events: readonly AppealEvent[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { kind, message, outcome } of events) {
    if (message === undefined) continue;
    if (kind === 'asked') marks.set(message, { kind, words: words.mark_asked });
    if (kind === 'answered' && outcome !== undefined) {
      const what = outcomeWords(outcome).toLowerCase();
      marks.set(message, { kind, words: say(words.mark_answered, { outcome: what }) });
    }
  }
  return marks;
}

function eventPieces(events: readonly AppealEvent[], alias: string): Piece[] {
  const pieces: Piece[] = [];
  events.forEach((event, i) => {
    const inPrivate = event.lane === 'private' && event.message !== undefined;
    const told = inPrivate
      ? say(words.event_private, { name: event.by?.name ?? alias })
      : eventWords(event);
    if (told === undefined) return;
    const last = pieces.at(-1);
    // Several words in a row of one person are one line, with the time of the latest.
    if (inPrivate && last?.kind === 'event' && last.private && last.words === told) pieces.pop();
    pieces.push({
      kind: 'event',
      key: `event ${i}`,
      at: Date.parse(event.at),
      words: told,
      private: inPrivate,
    });
  });
  return pieces;
}

/** What happened, in words; nothing for what its message says already. */
export function eventWords(event: AppealEvent): string | undefined {
  const { reason } = event;
  const what = happened(event);
  return what !== undefined && reason ? say(words.event_reason, { what, reason }) : what;
}

function happened({ kind, by, to, score = 0 }: AppealEvent): string | undefined {
  const name = by?.name ?? '';
  switch (kind) {
    case 'accepted':
      return say(words.event_accepted, { name });
    case 'assigned':
      return say(words.event_assigned, { name: to?.name ?? name });
    case 'released':
      return say(words.event_released, { name });
    case 'transferred':
      return say(words.event_transferred, { name: to?.name ?? '' });
    case 'refused':
      return say(words.event_refused, { name });
    case 'rated':
      return say(words.event_rated, { score });
    case 'confirmed':
      return words.event_confirmed;
    case 'contested':
      return words.event_contested;
    case 'withdrawn':
      return words.event_withdrawn;
    case 'merged':
      return words.event_merged;
    case 'closed_silently':
      return words.event_closed_silently;
    default:
      return undefined;
  }
}
