/**
 * Which symbols may be subscribed to at this moment.
 * In: a source whose symbols come and go. Out: whether one is listed; those that have gone a while ago.
 */
import type { Source } from './source.ts';

export class Listing {
  readonly #source: Pick<Source, 'symbols'>;
  /** The array that the set was made of. */
  #seen: readonly string[];
  #listed: ReadonlySet<string>;
  readonly #gone = new Set<string>();
  /** Those that the last call saw. */
  #leaving: readonly string[] = [];

  constructor(source: Pick<Source, 'symbols'>) {
    this.#source = source;
    this.#seen = source.symbols;
    this.#listed = new Set(this.#seen);
  }

  has(symbol: string): boolean {
    return this.#now().has(symbol);
  }

  /**
   * Symbols that were gone at the call before, and have not come back. The time between two calls is theirs: in it their
   * subscribers hear the last there is to say, such as that their levels are gone.
   */
  takeDelisted(): readonly string[] {
    const listed = this.#now();
    const left = this.#leaving.filter((symbol) => !listed.has(symbol) && !this.#gone.has(symbol));
    this.#leaving = [...this.#gone];
    this.#gone.clear();
    return left;
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
