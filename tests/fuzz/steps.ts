/**
 * Work in counted steps, without a clock: what is looked up, changed or walked over in tables that are watched.
 * In: tables. Out: a count that goes up with each call, and with each item that a call gives.
 */

/** Methods that an object has by its class. */
const methodsOf = (target: object): PropertyKey[] => {
  const names = Reflect.ownKeys(Object.getPrototypeOf(target));
  return names.filter((name) => name !== 'constructor' && typeof Reflect.get(target, name) === 'function');
};

const isIterator = (value: unknown): value is IterableIterator<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value && 'next' in value;

export class Steps {
  #count = 0;

  /** Steps since the last call. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  add(count: number): void {
    this.#count += count;
  }

  /** From here on counts calls of the object's methods. */
  watch(target: object): void {
    for (const name of methodsOf(target)) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') continue;
      const value = (...given: unknown[]): unknown => {
        this.#count += 1;
        return this.#items(Reflect.apply(method, target, given));
      };
      Object.defineProperty(target, name, { value, configurable: true });
    }
  }

  #items(given: unknown): unknown {
    if (Array.isArray(given)) this.#count += given.length;
    return isIterator(given) ? this.#each(given) : given;
  }

  *#each(items: IterableIterator<unknown>): IterableIterator<unknown> {
    for (const item of items) {
      this.#count += 1;
      yield item;
    }
  }
}
