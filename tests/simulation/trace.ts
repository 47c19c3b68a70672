/**
 * What happened in a run, as one number and, if wanted, as lines.
 * In: lines, in their order. Out: a hash that differs when any of them does.
 */

/** The last lines that are kept for a failure. */
const KEPT = 400;

export class Trace {
  readonly #now: () => number;
  readonly #begin: number;
  /** Every line goes out as it comes. */
  readonly #show: ((line: string) => void) | undefined;
  readonly #last: string[] = [];
  #high = 0xdeadbeef;
  #low = 0x41c6ce57;
  lines = 0;

  constructor(now: () => number, show?: (line: string) => void) {
    this.#now = now;
    this.#begin = now();
    this.#show = show;
  }

  add(line: string): void {
    const text = `${(this.#now() - this.#begin).toFixed(1)} ${line}`;
    let high = this.#high;
    let low = this.#low;
    for (let place = 0; place < text.length; place += 1) {
      const code = text.charCodeAt(place);
      high = Math.imul(high ^ code, 2654435761);
      low = Math.imul(low ^ code, 1597334677);
    }
    this.#high = Math.imul(high ^ (high >>> 16), 2246822507) ^ (low >>> 13);
    this.#low = Math.imul(low ^ (low >>> 16), 3266489909) ^ (high >>> 13);
    this.lines += 1;
    if (this.#last.push(text) > 2 * KEPT) this.#last.splice(0, KEPT);
    this.#show?.(text);
  }

  /** What follows from the rest: it is shown, and no part of the hash. */
  detail(line: () => string): void {
    this.#show?.(`${(this.#now() - this.#begin).toFixed(1)} ${line()}`);
  }

  get hash(): string {
    return [this.#high, this.#low].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
  }

  get last(): readonly string[] {
    return this.#last.slice(-KEPT);
  }
}
