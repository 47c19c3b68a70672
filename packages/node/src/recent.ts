/**
 * The latest things by subject, within bounds: so many of each subject, so many in all.
 * In: things with their subject, as they happen. Out: those of one subject, newest first.
 *
 * A busy subject only pushes out its own things. When all subjects together fill half of the whole bound, a new generation
 * begins, and the one before the last is let go: so adding costs the same whatever is kept, and nothing is searched.
 */

/** The latest `limit` items. */
export class Ring<Item> {
  readonly #limit: number;
  readonly #items: Item[] = [];
  /** Where the next one goes once the ring is full: the place of the oldest. */
  #next = 0;
  #hasLost = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether older items have gone. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** @returns whether the ring has grown; if not, its oldest item has gone. */
  add(item: Item): boolean {
    if (this.#items.length < this.#limit) return this.#items.push(item) > 0;
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.#limit;
    this.#hasLost = true;
    return false;
  }

  /** Newest first. Things added meanwhile are not part of it. */
  *[Symbol.iterator](): IterableIterator<Item> {
    const items = this.#items;
    const first = this.#next;
    for (let place = first - 1; place >= 0; place -= 1) yield items[place]!;
    for (let place = items.length - 1; place >= first; place -= 1) yield items[place]!;
  }
}

/** How much is kept. */
export interface Kept {
  /** Of each subject at least the latest so many, at most twice that; at least 1. */
  readonly perSubject: number;
  /** In all at most so many; at least 2. */
  readonly inAll: number;
}

export class Recent<Item> {
  readonly #kept: Kept;
  #young = new Map<string, Ring<Item>>();
  #old = new Map<string, Ring<Item>>();
  #youngCount = 0;
  /** What comes in a row is often about one subject. */
  #lastSubject: string | undefined;
  #last: Ring<Item>;

  constructor(kept: Kept) {
    this.#kept = kept;
    this.#last = new Ring(kept.perSubject);
  }

  add(subject: string, item: Item): void {
    if (this.#lastSubject !== subject) {
      let ring = this.#young.get(subject);
      if (ring === undefined) {
        ring = new Ring(this.#kept.perSubject);
        this.#young.set(subject, ring);
      }
      this.#lastSubject = subject;
      this.#last = ring;
    }
    if (!this.#last.add(item)) return;
    this.#youngCount += 1;
    if (this.#youngCount < this.#kept.inAll / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngCount = 0;
    this.#lastSubject = undefined;
  }

  has(subject: string): boolean {
    return this.#young.has(subject) || this.#old.has(subject);
  }

  /** Newest first, and none left out between them. */
  *of(subject: string): IterableIterator<Item> {
    const young = this.#young.get(subject);
    if (young !== undefined) yield* young;
    if (young?.hasLost) return;
    const old = this.#old.get(subject);
    if (old !== undefined) yield* old;
  }
}
