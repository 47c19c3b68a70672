/**
 * One order book of the client, held against the node's.
 * In: the node's levels after each block, the client's book. Out: violations where a verified level is another.
 */
import { type Decimal, decimalUnits, type Height, type Level } from '@dexwire/protocol';
import type { Dex } from '../../packages/client/src/connection.ts';
import type { BookChange } from '../../packages/client/src/orderBook/changes.ts';
import type { BookLevels } from '../../packages/client/src/orderBook/feed.ts';
import { type OrderBook, orderBook } from '../../packages/client/src/orderBook/orderBook.ts';
import type { Fetch } from '../../packages/client/src/rest/ask.ts';
import type { OpenLevel } from '../../packages/node/src/marketData/levels.ts';
import type { Venue } from '../../packages/node/src/venue.ts';

export interface BookWatchOptions {
  readonly dex: Dex;
  readonly symbol: string;
  readonly venue: Venue;
  readonly fetch: Fetch;
  readonly levels: BookLevels;
  readonly refreshEvery: number;
  /** How long it may take until it is verified for the first time. */
  readonly within: number;
  readonly signal: AbortSignal;
  /** Of the text of a book that is being handed to the client: the latest block when it was made. */
  readonly at: () => Height | undefined;
  readonly fail: (text: string) => void;
  readonly count: (kind: string) => void;
  readonly trace: (line: string) => void;
}

interface Sides {
  readonly bids: readonly OpenLevel[];
  readonly asks: readonly OpenLevel[];
}

const ALL = 10_000;
/** How much of the book is compared at each change; all of it now and then. */
const USUAL = 25;
const THOROUGH_EVERY = 8;
/** Beyond the hundredth level diffs tell less. */
const DEEP = 100;

const unitsOf = (text: Decimal): bigint => decimalUnits(text, 8);

export class BookWatch {
  readonly #options: BookWatchOptions;
  /** By height, each as it was when that block was sealed. */
  readonly #past = new Map<Height, Sides>();
  #book: OrderBook | undefined;
  #checks = 0;
  /** Diffs were dropped by the gateway: what the book says may be wrong until it begins anew. */
  #isDoubtful = false;

  constructor(options: BookWatchOptions) {
    this.#options = options;
    this.sealed();
  }

  get symbol(): string {
    return this.#options.symbol;
  }

  get book(): OrderBook | undefined {
    return this.#book;
  }

  async open(): Promise<void> {
    const { dex, symbol, fetch, levels, refreshEvery, within, signal, fail, count } = this.#options;
    try {
      this.#book = await orderBook(dex, symbol, {
        fetch,
        levels,
        refreshEvery,
        within,
        signal,
        onChange: (change) => this.#changed(change),
        onError: (error) => fail(`the book reported ${error.message}`),
      });
      count('book verified');
    } catch (error) {
      const { code } = error as { readonly code?: string };
      count(`book ended ${code}`);
      if (code !== 'TIMED_OUT' && !signal.aborted) fail(`the book ended with ${String(error)}`);
    }
  }

  /** A block is sealed, or the venue begins. */
  sealed(): void {
    const { venue, symbol } = this.#options;
    const { height } = venue.market;
    this.#past.set(height, {
      bids: venue.market.levels(symbol, 'buy', ALL),
      asks: venue.market.levels(symbol, 'sell', ALL),
    });
  }

  /** The gateway no longer sends diffs, and says nothing. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Compares what is verified and of a block that is known. */
  check(): void {
    const book = this.#book;
    if (book === undefined || book.status.diffs > 0) return;
    if (book.status.state === 'verified') this.#compare(book, book.status.height, 'at rest');
  }

  /** The end of the run: it must be verified. */
  settle(): void {
    const { state, cause } = this.#book?.status ?? {};
    if (this.#book !== undefined && state !== 'verified')
      this.#options.fail(`the book of ${this.symbol} is ${state} at the end: ${cause?.message}`);
    const { broken = {}, refreshed = 0 } = this.#book?.stats ?? {};
    for (const [cause, times = 0] of Object.entries(broken))
      for (let n = 0; n < times; n += 1) this.#options.count(`book ${cause}`);
    if (Object.keys(broken).length > 0) this.#options.count('book broken');
    if (refreshed > 0) this.#options.count('book refreshed');
  }

  #changed(change: BookChange): void {
    const { at, trace } = this.#options;
    trace(`book ${change.kind === 'state' ? `${change.state} ${change.cause?.code}` : change.kind}`);
    if (change.kind === 'book') this.#isDoubtful = false;
    const book = this.#book;
    if (book === undefined || book.status.state !== 'verified') return;
    // A diff makes it that of the block before it was sent; one that has waited for its socket to join, of another one.
    if (change.kind === 'levels') this.#compare(book, this.#blockOf(book, at() ?? book.status.height), 'after a diff');
    else this.check();
  }

  /** The first block, from one on, that the book is of; that one if there is none. */
  #blockOf(book: OrderBook, first: Height | undefined): Height | undefined {
    const read = book.depth(ALL);
    const isOf = (past: Sides | undefined): boolean =>
      past !== undefined &&
      (['bids', 'asks'] as const).every(
        (side) => differenceOf(read[side], past[side], read.certain[side], ALL) === undefined,
      );
    for (let height = first ?? 0; height <= this.#options.venue.market.height; height += 1)
      if (isOf(this.#past.get(height))) return height;
    return first;
  }

  #compare(book: OrderBook, height: Height | undefined, when: string): void {
    if (this.#isDoubtful) return;
    const { count, fail } = this.#options;
    const past = height === undefined ? undefined : this.#past.get(height);
    if (past === undefined) {
      fail(`the book is of block ${height}, which there is not`);
      return;
    }
    this.#checks += 1;
    const isThorough = this.#checks % THOROUGH_EVERY === 0;
    const read = book.depth(isThorough ? ALL : USUAL);
    count('book checked');
    for (const side of ['bids', 'asks'] as const) {
      const certain = read.certain[side];
      if (isThorough && certain > DEEP) count('deep book checked');
      const difference = differenceOf(read[side], past[side], certain, isThorough ? ALL : USUAL);
      if (difference !== undefined)
        fail(`${side} of ${this.symbol} ${when}, block ${height}, certain ${certain}: ${difference}`);
    }
  }
}

/** @param certain - `Infinity`: all levels, and there are no others. */
const differenceOf = (
  found: readonly Level[],
  expected: readonly OpenLevel[],
  certain: number,
  most: number,
): string | undefined => {
  const count = Math.min(
    certain === Number.POSITIVE_INFINITY ? Math.max(found.length, expected.length) : certain,
    most,
  );
  for (let rank = 0; rank < count; rank += 1) {
    const level = found[rank];
    const [price, open] = expected[rank] ?? [];
    if (level === undefined ? price === undefined : unitsOf(level[0]) === price && unitsOf(level[1]) === open) continue;
    return `level ${rank} is ${level}, not ${price},${open}`;
  }
  return undefined;
};
