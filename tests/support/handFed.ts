/**
 * A source of items that a test feeds by hand, as a subscription is fed by its socket.
 * In: items, an end or an error. Out: an async iterable, and how it was used.
 */
export class HandFed<T> implements AsyncIterable<T, undefined>, AsyncIterator<T, undefined> {
  readonly #items: T[] = [];
  readonly #nexts: {
    resolve: (result: IteratorResult<T, undefined>) => void;
    reject: (reason: unknown) => void;
  }[] = [];
  #end: { readonly error?: unknown } | undefined;
  isClosed = false;
  /** How often an item was asked for. */
  asked = 0;

  feed(...items: T[]): void {
    for (const value of items) {
      const next = this.#nexts.shift();
      if (next) next.resolve({ done: false, value });
      else this.#items.push(value);
    }
  }

  /** @param error - Comes after what waits. */
  end(error?: unknown): void {
    this.#end = error === undefined ? {} : { error };
    for (const next of this.#nexts.splice(0)) {
      if (error === undefined) next.resolve({ done: true, value: undefined });
      else next.reject(error);
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    this.asked++;
    const [value] = this.#items;
    if (value !== undefined) {
      this.#items.shift();
      return Promise.resolve({ done: false, value });
    }
    if (this.#end?.error !== undefined) return Promise.reject(this.#end.error);
    if (this.#end) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#nexts.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.isClosed = true;
    this.#items.length = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Everything that an iterable has given so far, and how it ended. */
export class Collected<T> {
  readonly items: T[] = [];
  isOver = false;
  error: unknown;

  constructor(from: AsyncIterable<T>) {
    void this.#collect(from);
  }

  async #collect(from: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of from) this.items.push(item);
    } catch (error) {
      this.error = error;
    }
    this.isOver = true;
  }
}
