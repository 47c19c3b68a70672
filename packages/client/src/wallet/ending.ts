/**
 * The end of a wallet, told to all who wait for something.
 * In: what has ended, once. Out: one call to each listener; to any number, where an `AbortSignal` warns of more than ten.
 */
import { WalletError } from './errors.ts';

export class Ending {
  readonly #own = new AbortController();
  readonly #listeners = new Set<() => void>();
  /** What is closed, once something is. */
  what = '';

  /** For the one who takes a signal only. */
  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** @returns What makes it deaf again. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param what - `the wallet`, or what it depends on. */
  come(what: string): void {
    if (this.what) return;
    this.what = what;
    this.#own.abort(new WalletError('CLOSED', `${what} is closed`));
    for (const listener of [...this.#listeners]) listener();
  }
}
