// What is being written into one lane of an appeal: an answer, a question to the resident or the final answer;
// what the writer has seen of the lane; and what came of sending it. Knows no look.
import type { OpenAppeal } from '@medchat/wire/appeal.ts';
import type { Appeals } from '@medchat/wire/appeals.ts';
import { randomCid } from '@medchat/wire/cid.ts';
import type { Appeal, Lane, Message, Outcome } from '@medchat/wire/generated.ts';
import type { Line } from '@medchat/wire/timeline.ts';
import { draftOf, keepDraft } from '@medchat/ui/drafts.svelte.ts';
import { findingsIn } from '@medchat/ui/personal.ts';
import { work as words } from '@medchat/ui/texts.ts';
import { missingIn, refusalWords } from './refusal.ts';

export type Mode = 'reply' | 'ask' | 'final';
/** What came of a press on «Ответить»: it went, or what it still needs. */
export type Sent = 'sent' | 'text' | 'outcome' | 'stale' | 'refused';

export const LONGEST = 4_000;

export interface ComposingParts {
  id: string;
  lane: Lane;
  open: Pick<OpenAppeal, 'head' | 'say' | 'take'>;
  appeals: Pick<Appeals, 'ask' | 'finalAnswer'>;
  me: string;
  /** The lane as it stands: colleagues' words that came while one wrote are told. */
  lines: () => readonly Line[];
  /** An act changed the appeal. */
  onchange: (appeal: Appeal) => void;
}

export type Composing = ReturnType<typeof openComposing>;

/** Opens what is being written; the draft of before is still there. */
export function openComposing({ id, lane, open, appeals, me, lines, onchange }: ComposingParts) {
  const name = `${id} ${lane}`;
  let mode = $state<Mode>('reply');
  let outcome = $state<Outcome>();
  let busy = $state(false);
  let mistake = $state<string>();
  let refusedFor = $state.raw<readonly Message[]>([]);
  /** The head the writer had before them when they began; what came since, they may not have read. */
  let seen = $state<number>();
  let key = randomCid();

  const text = $derived(draftOf(name));
  const length = $derived([...text.trim()].length);
  const unread = $derived.by((): readonly Message[] => {
    const since = seen;
    if (since === undefined || text === '') return [];
    const came = lines().flatMap((line) => {
      const colleague = line.author?.kind === 'staff' && line.author.id !== me;
      if (!colleague || line.seq === undefined || line.seq <= since || !line.id) return [];
      const { seq, id: message, at, author, text: said } = line;
      return [{ seq, id: message, at, author, text: said } as Message];
    });
    return came.length > 0 ? came : refusedFor;
  });

  function write(next: string) {
    if (text === '' && next !== '') seen = open.head(lane);
    if (next === '') forget();
    keepDraft(name, next);
    mistake = undefined;
    key = randomCid();
  }

  function forget() {
    seen = undefined;
    refusedFor = [];
  }

  function done() {
    keepDraft(name, '');
    forget();
    mode = 'reply';
    outcome = undefined;
    mistake = undefined;
    key = randomCid();
  }

  /** Sends over HTTP, once under its key; a refusal leaves the draft as it is. */
  async function act(said: string, head: number): Promise<Sent> {
    const body = { text: said, lane, seen: head };
    busy = true;
    try {
      const appeal =
        mode === 'final' && outcome !== undefined
          ? await appeals.finalAnswer(id, { ...body, outcome }, key)
          : await appeals.ask(id, body, key);
      open.take(appeal);
      done();
      onchange(appeal);
      return 'sent';
    } catch (error) {
      const missing = missingIn(error);
      if (missing !== undefined) {
        refusedFor = missing;
        seen = head;
        key = randomCid();
        return 'stale';
      }
      mistake = refusalWords(error);
      return 'refused';
    } finally {
      busy = false;
    }
  }

  return {
    lane,
    get text() {
      return text;
    },
    set text(next: string) {
      write(next);
    },
    get length() {
      return length;
    },
    get mode() {
      return mode;
    },
    set mode(next: Mode) {
      mode = next;
      mistake = undefined;
      key = randomCid();
    },
    get outcome() {
      return outcome;
    },
    set outcome(next: Outcome | undefined) {
      outcome = next;
      mistake = undefined;
      key = randomCid();
    },
    get busy() {
      return busy;
    },
    get mistake() {
      return mistake;
    },
    /** What colleagues wrote since one began, which asks for a decision before sending. */
    get unread() {
      return unread;
    },
    /** What everybody would see that they should not. */
    get personal() {
      return lane === 'public' ? findingsIn(text)[0]?.kind : undefined;
    },

    /** The writer has read what came, and goes on. */
    acknowledge() {
      const numbers = unread.map(({ seq }) => seq);
      seen = Math.max(open.head(lane), ...numbers);
      refusedFor = [];
    },

    /** Sends as the mode says. */
    async send(): Promise<Sent> {
      const said = text.trim();
      if (busy) return 'refused';
      if (said === '') {
        mistake = words.text_missing;
        return 'text';
      }
      if (length > LONGEST) return 'text';
      if (mode === 'final' && outcome === undefined) {
        mistake = words.outcome_missing;
        return 'outcome';
      }
      if (unread.length > 0) return 'stale';
      const head = seen ?? open.head(lane);
      if (mode !== 'reply') return act(said, head);
      // Without the outbox a text would be nowhere: for the moment it takes to open, it stays here.
      if ((await open.say(said, { lane, seen: head })) === undefined) return 'refused';
      done();
      return 'sent';
    },
  };
}
