// Something asked from the server by a screen: loading, here, or failed with the reason.
// Asks again when what the question reads changes; an older answer never replaces a newer one.
import { untrack } from 'svelte';

export type Answer<T> =
  { state: 'loading' } | { state: 'here'; value: T } | { state: 'failed'; error: unknown };

export interface Asked<T> {
  readonly answer: Answer<T>;
  readonly value: T | undefined;
  /** Asks once more; what is shown stays until the answer comes. */
  again(): void;
}

/** Call while a component is being made. */
export function asked<T>(ask: () => Promise<T>): Asked<T> {
  let answer = $state.raw<Answer<T>>({ state: 'loading' });
  let turn = 0;

  function run(question: Promise<T>) {
    const mine = ++turn;
    question.then(
      (value) => mine === turn && (answer = { state: 'here', value }),
      (error: unknown) => mine === turn && (answer = { state: 'failed', error }),
    );
  }
  $effect(() => {
    run(ask());
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
