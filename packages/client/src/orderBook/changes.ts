/**
 * What changes in a book, for whoever follows it.
 * In: changes. Out: the same, to a callback at once, and to iterators that are as slow as they like.
 */
import type { Level } from '@dexwire/protocol';
import { wait } from '../wait.ts';
import type { BookError } from './errors.ts';

export type BookState = 'verified' | 'stale' | 'rebuilding';

/**
 * `levels`: a diff was applied; quantities are new ones, and 0 means that the level is gone, or that nobody tells any more
 * what it holds. `book`: any level may have changed; read them anew. `state`: it is another one.
 */
export type BookChange =
  | { readonly kind: 'levels'; readonly bids: readonly Level[]; readonly asks: readonly Level[] }
  | { readonly kind: 'book' }
  | { readonly kind: 'state'; readonly state: BookState; readonly cause: BookError | undefined };

/** How many changes wait for an iterator. One more, and a single `book` stands for all changes of levels. */
const MOST = 1000;

/** Changes that wait for one iterator. */
class Waiting {
  #changes: BookChange[] = [];
  wake = (): void => {};

  push(change: BookChange): void {
    this.#changes.push(change);
    if (this.#changes.length > MOST) {
      const state = this.#changes.findLast(({ kind }) => kind === 'state');
      this.#changes = state ? [state, { kind: 'book' }] : [{ kind: 'book' }];
    }
    this.wake();
  }

  take(): BookChange | undefined {
    return this.#changes.shift();
  }
}

export class Changes {
  readonly #all = new Set<Waiting>();
  #isOver = false;
  #error: unknown;

  push(change: BookChange): void {
    for (const waiting of this.#all) waiting.push(change);
  }

  /** @param error - Comes to all iterators after what waits for them. */
  end(error?: unknown): void {
    this.#isOver = true;
    this.#error = error;
    for (const { wake } of this.#all) wake();
  }

  async *iterate(signal?: AbortSignal): AsyncGenerator<BookChange, void> {
    const waiting = new Waiting();
    this.#all.add(waiting);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const change = waiting.take(); // and nothing is awaited from here to the wait, so that no change comes in between
        if (change) {
          yield change;
          continue;
        }
        if (this.#isOver) {
          if (this.#error === undefined) return;
          throw this.#error;
        }
        await wait<void>(signal, ({ resolve }) => {
          waiting.wake = resolve;
          return resolve;
        });
      }
    } finally {
      this.#all.delete(waiting);
    }
  }
}
