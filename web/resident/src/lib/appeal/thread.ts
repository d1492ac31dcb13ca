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

const apart = (a: Line, b: Line): number => Math.abs(Date.parse(a.at) - Date.parse(b.at));

/** The public message that was written in the same act. */
function besideOf(secret: Line, open: readonly Line[]): Line | undefined {
  if (secret.seq === undefined) return undefined;
  return open
    .filter((line) => line.seq !== undefined && line.author?.id === secret.author?.id)
    .filter((line) => apart(line, secret) <= SAME_ACT_MS)
    .sort((a, b) => apart(a, secret) - apart(b, secret))[0];
}

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
  const places = new Map((closed ?? []).map((secret) => [secret, besideOf(secret, open)]));
  const said = open.map((line): Said => {
    const secrets = (closed ?? []).filter((secret) => places.get(secret) === line);
    return { key: line.key, lane: 'public', line, secrets, ...outcomeOf([line, ...secrets]) };
  });
  for (const [line, place] of places)
    if (place === undefined)
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
