// Something asked from the server by a screen: loading, here, or failed with the reason.
// Asks again when what the question reads changes; an older answer never replaces a newer one.
import { untrack } from 'svelte';

export type Answer<T> =
  { state: 'loading' } | { state: 'here'; value: T } | { state: 'failed'; error: unknown };

export interface Asked<T> {
  readonly answer: Answer<T>;
  readonly value: T | undefined;
  /** Asks once more; what is shown stays until the answer comes, and then this resolves. */
  again(): Promise<void>;
}

/** Call while a component is being made. */
export function asked<T>(ask: () => Promise<T>): Asked<T> {
  let answer = $state.raw<Answer<T>>({ state: 'loading' });
  let turn = 0;

  async function run(question: Promise<T>) {
    const mine = ++turn;
    try {
      const value = await question;
      if (mine === turn) answer = { state: 'here', value };
    } catch (error) {
      if (mine === turn) answer = { state: 'failed', error };
    }
  }
  $effect(() => {
    void run(ask());
    return () => turn++;
  });

  return {
    get answer() {
      return answer;
    },
    get value() {
      return answer.state === 'here' ? answer.value : undefined;
    },
    again: () => untrack(() => run(ask())),
  };
}
