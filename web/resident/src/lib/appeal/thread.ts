// Both lanes of an appeal as one conversation: by time, what is private of a message beside what is public of
// it, and which message is the final answer. Pure.
import type { AppealEvent, Lane, Outcome } from '@medchat/wire/generated.ts';
import type { Line } from '@medchat/wire/timeline.ts';

export interface Said {
  key: string;
  lane: Lane;
  line: Line;
  /** What the same person put into the private lane in the same act: what was hidden in the public one, or details. */
  secrets: readonly Line[];
  /** It is the final answer, and declares this. */
  outcome?: Outcome;
}

/** Both entries of one act are written in one moment, but each feed has a clock that never goes back. */
const SAME_ACT_MS = 1_000;

const sameAct = (a: Line, b: Line): boolean =>
  a.seq !== undefined &&
  b.seq !== undefined &&
  a.author?.id === b.author?.id &&
  Math.abs(Date.parse(a.at) - Date.parse(b.at)) <= SAME_ACT_MS;

/** `closed` is absent for whoever may not read it. */
export function threadOf(
  open: readonly Line[],
  closed: readonly Line[] | undefined,
  events: readonly AppealEvent[],
): Said[] {
  const outcomes = new Map(
    events.flatMap(({ message, outcome }) =>
      message === undefined || outcome === undefined ? [] : [[message, outcome] as const],
    ),
  );
  const alone = new Set(closed ?? []);
  const said = open.map((line): Said => {
    const secrets = [...alone].filter((secret) => sameAct(line, secret));
    for (const secret of secrets) alone.delete(secret);
    return { key: line.key, lane: 'public', line, secrets, ...outcomeOf([line, ...secrets]) };
  });
  for (const line of alone)
    said.push({ key: line.key, lane: 'private', line, secrets: [], ...outcomeOf([line]) });
  return said.sort((a, b) => orderOf(a) - orderOf(b));

  function outcomeOf(lines: readonly Line[]): Pick<Said, 'outcome'> {
    const outcome = lines.flatMap(({ id }) => outcomes.get(id ?? '') ?? [])[0];
    return outcome === undefined ? {} : { outcome };
  }
}

/** What is not on the server yet stands at the end. */
const orderOf = ({ line }: Said): number =>
  line.seq === undefined ? Infinity : Date.parse(line.at);
