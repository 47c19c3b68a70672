/**
 * Which symbols may be subscribed to at this moment.
 * In: a source whose symbols come and go. Out: whether one is listed; those that have gone.
 */
import type { Source } from './source.ts';

export class Listing {
  readonly #source: Pick<Source, 'symbols'>;
  /** The array that the set was made of. */
  #seen: readonly string[];
  #listed: ReadonlySet<string>;
  readonly #gone = new Set<string>();

  constructor(source: Pick<Source, 'symbols'>) {
    this.#source = source;
    this.#seen = source.symbols;
    this.#listed = new Set(this.#seen);
  }

  has(symbol: string): boolean {
    return this.#now().has(symbol);
  }

  /** Symbols that have gone since the last call, and have not come back. */
  takeDelisted(): readonly string[] {
    this.#now();
    const gone = [...this.#gone];
    this.#gone.clear();
    return gone;
  }

  #now(): ReadonlySet<string> {
    const { symbols } = this.#source;
    if (symbols !== this.#seen) {
      const before = this.#listed;
      this.#seen = symbols;
      this.#listed = new Set(symbols);
      for (const symbol of before) if (!this.#listed.has(symbol)) this.#gone.add(symbol);
      for (const symbol of this.#listed) this.#gone.delete(symbol);
    }
    return this.#listed;
  }
}
