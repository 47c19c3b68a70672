/**
 * A clock that only moves when it is told to.
 * In: how far to go. Out: the time, and calls in the order in which they are due, each at its own time.
 */

interface Due {
  readonly call: () => void;
  readonly at: number;
}

/** When every promise has gone as far as it can without timers and sockets. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Fits both ends' `Clock`. */
export class VirtualClock {
  #now: number;
  #order = 0;
  readonly #waiting = new Map<number, Due>();

  /** @param now - Milliseconds since the Unix epoch. */
  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(call: () => void, ms: number): number {
    this.#order += 1;
    this.#waiting.set(this.#order, { call, at: this.#now + Math.max(ms, 0) });
    return this.#order;
  }

  clearTimeout(handle: unknown): void {
    this.#waiting.delete(handle as number);
  }

  /** Timers that have neither been called nor cleared. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Goes on by `ms`, making every call that falls due on the way, also those that are asked for on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#first(end);
      if (next === undefined) break;
      const [handle, { call, at }] = next;
      this.#waiting.delete(handle);
      this.#now = at;
      call();
    }
    this.#now = end;
  }

  /** The same, but promises settle before, between and after the calls. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#first(end); next; next = this.#first(end)) {
      this.advance(next[1].at - this.#now);
      await settled();
    }
    this.advance(end - this.#now);
  }

  /** The earliest due call up to `end`; of several at one time the one that was asked for first. */
  #first(end: number): [number, Due] | undefined {
    let first: [number, Due] | undefined;
    for (const entry of this.#waiting) {
      if (entry[1].at <= end && (first === undefined || entry[1].at < first[1].at)) first = entry;
    }
    return first;
  }
}
