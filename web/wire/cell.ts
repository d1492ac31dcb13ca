// A value one may look at and watch. It follows the contract of Svelte's stores, so a component may
// write `$cell`, but knows nothing of any framework. It must not hold rules.

/** A value that can be read now and watched from now on. */
export interface Readable<T> {
  get(): T;
  /** Calls `run` at once with the present value and again after each change. */
  subscribe(run: (value: T) => void): () => void;
}

/** A readable value its owner may change. */
export interface Cell<T> extends Readable<T> {
  set(value: T): void;
}

/** Makes a cell. Setting the very same value wakes nobody. */
export function cell<T>(initial: T): Cell<T> {
  let value = initial;
  const watchers = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const run of [...watchers]) run(value);
    },
    subscribe(run) {
      watchers.add(run);
      run(value);
      return () => watchers.delete(run);
    },
  };
}
