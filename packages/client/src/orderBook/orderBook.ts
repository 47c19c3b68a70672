/**
 * A verified order book: `orderBook`, and what keeps it.
 * In: a `Dex`, a symbol. Out: an `OrderBook`, each read of which says whether it can be relied on, and how deep.
 *
 *     dex -> feed.ts: depthBook.ts, side.ts, restDepth.ts -> orderBook.ts -> reads; changes.ts
 */
import {
  type BookDiff,
  blockheight,
  type Decimal,
  type DexError,
  decimalUnits,
  type Height,
  type Level,
  type Side,
} from '@dexwire/protocol';
import { fetchTrusting } from '#fetch';
import type { Dex } from '../connection.ts';
import { ClosedError, ConsumerError } from '../errors.ts';
import { type Fetch, type RestSettings, restBeside } from '../rest/ask.ts';
import type { Handle } from '../subscription.ts';
import { type Settle, wait } from '../wait.ts';
import { type BookChange, type BookState, Changes } from './changes.ts';
import { type CumulativeLevel, DepthBook, type Fill, type Imbalance } from './depthBook.ts';
import { BookError } from './errors.ts';
import { type BookLevels, Feed } from './feed.ts';
import { SCALE } from './side.ts';

/** Each has a default. Times in milliseconds, on the clock of the connection. */
export interface OrderBookOptions {
  /** Its abort closes the book; while it is waited for, that rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How long it may take until the book is verified for the first time. Default: 10,000. */
  readonly within?: number;
  /** How deep it begins. Default: 500. Of 1,000, those beyond 500 come from REST, and are never certain. */
  readonly levels?: BookLevels;
  /**
   * How often the levels beyond the best 20, which are compared each second, are compared with a deep frame. Those that no
   * such frame has told for longer are not certain. Default: 15,000.
   */
  readonly checkEvery?: number;
  /**
   * When it begins anew, if no deep frame has come for so long to compare it with. Default: 60,000. It does so earlier when it
   * has become flat.
   */
  readonly refreshEvery?: number;
  /** Called with each change, once it is in the book. */
  readonly onChange?: (change: BookChange) => unknown;
  /** Takes what `onChange` throws; without it that is printed. */
  readonly onError?: (error: DexError) => void;
  /** Default: the runtime's; in Node.js one that trusts the connection's `ca`, if it has one. */
  readonly fetch?: Fetch;
  /** How long a REST request may take. Default: 5,000. */
  readonly requestTimeout?: number;
}

/** What stands beside every read. */
export interface BookStatus {
  /**
   * `verified`: the levels are the gateway's. `stale`: something was missed or does not fit, and these are the last levels
   * before. `rebuilding`: the same, and the gateway has been asked for new ones.
   */
  readonly state: BookState;
  /** How many of the best levels are certain; `Infinity`: all, and no more lie beyond. None while not verified. */
  readonly certain: { readonly bids: number; readonly asks: number };
  /** The block of the last depth frame. */
  readonly height: Height | undefined;
  /** Diffs applied since that frame: 0 if the book is that of its block, else it is of a later one. */
  readonly diffs: number;
  /** Why it is not verified. */
  readonly cause: BookError | undefined;
}

export interface BestLevels extends BookStatus {
  readonly bid: Level | undefined;
  readonly ask: Level | undefined;
}

/** Best first. */
export interface DepthLevelsRead extends BookStatus {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface CumulativeRead extends BookStatus {
  readonly bids: readonly CumulativeLevel[];
  readonly asks: readonly CumulativeLevel[];
}

export interface BookStats {
  readonly diffs: number;
  /** Deep frames that it was compared with. */
  readonly checked: number;
  /** Times that a new book was put in place of one that had broken, by what had broken it. */
  readonly broken: Readonly<Partial<Record<string, number>>>;
  /** Times that one was put in place of one that had not. */
  readonly refreshed: number;
}

/** The order book of one symbol, kept until it is closed. */
export interface OrderBook extends AsyncDisposable {
  readonly symbol: string;
  readonly status: BookStatus;
  readonly stats: BookStats;
  best(): BestLevels;
  /** The best levels, 20 a side unless given. */
  depth(count?: number): DepthLevelsRead;
  /** The same, each with the sum of all quantities from the best to it. */
  cumulative(count?: number): CumulativeRead;
  /**
   * What an order of so many base units would meet if it took all it needs, whatever the price.
   *
   * @throws BookError `INVALID` for another side than `buy` or `sell`, or a quantity that is not above 0.
   */
  costToFill(side: Side, quantity: Decimal | string): Fill & BookStatus;
  /** The middle between the best two, exact; `undefined` while a side is empty. */
  mid(): BookStatus & { readonly mid: Decimal | undefined };
  /** Of the quantities of the best levels, 20 a side unless given. */
  imbalance(count?: number): Imbalance & BookStatus;
  /** Resolves when it is verified. @throws The signal's reason; what ended it. */
  verified(signal?: AbortSignal): Promise<void>;
  /**
   * From the moment when the first one is asked for: so begin to iterate, then read. The last 1,000 wait, then one `book` stands
   * for them. Ends with the book. @throws What ended it.
   */
  changes(signal?: AbortSignal): AsyncIterable<BookChange, void>;
  /** Closes its subscriptions; the last levels can still be read. Final. */
  close(): Promise<void>;
}

/**
 * When fewer levels than this are certain, or half of what a deep frame told last, it asks for one out of turn, or, where there
 * are none, begins anew, but not more often than that.
 */
const FLAT = 100;
const REFRESH_LEAST_MS = 5000;
/** When nothing has come for so long, not even a height, it begins anew, and without an answer it is stale. */
const QUIET_MS = 10_000;
/** How long the answer may take, so that levels that get no diffs meanwhile still pass for verified. */
const PATIENCE_MS = 1000;
const LEVELS: readonly unknown[] = [20, 100, 500, 1000] satisfies BookLevels[];
const NONE = { bids: 0, asks: 0 };

/** Milliseconds before an attempt, after so many that nothing has confirmed. */
const delayBefore = (attempt: number): number => (attempt < 2 ? 0 : Math.min(30_000, 500 * 2 ** (attempt - 1)));

const isMended = (error: unknown): error is BookError =>
  error instanceof BookError && error.code !== 'SEPARATE_SOCKETS';

class KeptBook implements OrderBook {
  readonly symbol: string;
  readonly #dex: Dex;
  readonly #options: OrderBookOptions;
  readonly #rest: Omit<RestSettings, 'ending'> | undefined;
  readonly #end = new AbortController();
  readonly #changes = new Changes();
  readonly #waiters = new Set<Settle<void>>();
  readonly #broken: Partial<Record<string, number>> = {};
  /** Tells when the connection is over, whatever else is subscribed to; and keeps it open between two feeds. */
  readonly #life: Handle;
  #state: BookState = 'rebuilding';
  #cause: BookError | undefined;
  /** What reads read. */
  #book = new DepthBook();
  #feed: Feed | undefined;
  #diffs = 0;
  #refreshed = 0;
  /** By feeds that are over. */
  #checked = 0;
  /** When it was last as deep as can be had, or begun anew. */
  #since = 0;
  /** The same, or when it had become flat and depth was asked for. */
  #deepAt = 0;
  /** When fewer levels than this are certain on a side, it has become flat. */
  #least = 0;
  /** Ends the wait of a feed that is kept. */
  #wake = (_isWoken: true): void => {};

  constructor(dex: Dex, symbol: string, options: OrderBookOptions) {
    this.#dex = dex;
    this.symbol = symbol.toUpperCase();
    this.#options = options;
    const base = restBeside(dex.network);
    this.#rest =
      base === undefined
        ? undefined
        : {
            base,
            fetch: options.fetch ?? fetchTrusting(dex.ca),
            clock: dex.clock,
            timeout: options.requestTimeout ?? 5000,
          };
    let isLost = false;
    this.#life = dex.subscribe(
      blockheight,
      { onEnd: (error = new ClosedError('the connection is closed')) => this.#finish(error) },
      (item) => {
        if (item.kind === 'gap') isLost = item.cause === 'disconnect';
        // A new socket is worth an attempt at once; a frame that could not be read is not, for the next may be such a one.
        if (item.kind === 'gapClosed' && isLost && this.#state !== 'verified') this.#wake(true);
      },
    );
    options.signal?.addEventListener('abort', this.#abort);
    void this.#keep();
  }

  get status(): BookStatus {
    const { bids, asks, height, diffs } = this.#book;
    const certain = this.#state === 'verified' ? { bids: bids.certain, asks: asks.certain } : NONE;
    return { state: this.#state, certain, height, diffs, cause: this.#cause };
  }

  get stats(): BookStats {
    return {
      diffs: this.#diffs,
      checked: this.#checked + (this.#feed?.checked ?? 0),
      broken: { ...this.#broken },
      refreshed: this.#refreshed,
    };
  }

  best(): BestLevels {
    return { ...this.status, bid: this.#book.bids.best, ask: this.#book.asks.best };
  }

  depth(count = 20): DepthLevelsRead {
    return { ...this.status, bids: this.#book.bids.top(count), asks: this.#book.asks.top(count) };
  }

  cumulative(count = 20): CumulativeRead {
    const book = this.#book;
    return { ...this.status, bids: book.cumulative('bids', count), asks: book.cumulative('asks', count) };
  }

  costToFill(side: Side, quantity: Decimal | string): Fill & BookStatus {
    if (side !== 'buy' && side !== 'sell')
      throw new BookError('INVALID', `side: ${String(side)}, expected buy or sell`);
    const { status } = this;
    const { asks, bids } = status.certain;
    return { ...status, ...this.#book.fill(side, unitsAbove0(quantity), side === 'buy' ? asks : bids) };
  }

  mid(): BookStatus & { readonly mid: Decimal | undefined } {
    return { ...this.status, mid: this.#book.mid };
  }

  imbalance(count = 20): Imbalance & BookStatus {
    return { ...this.status, ...this.#book.imbalance(count) };
  }

  verified(signal?: AbortSignal): Promise<void> {
    return wait<void>(signal, (settle) => {
      if (this.#end.signal.aborted) throw this.#end.signal.reason;
      if (this.#state === 'verified') settle.resolve();
      this.#waiters.add(settle);
      return () => this.#waiters.delete(settle);
    });
  }

  changes(signal?: AbortSignal): AsyncIterable<BookChange, void> {
    return this.#changes.iterate(signal);
  }

  close(): Promise<void> {
    this.#finish(new ClosedError('the book is closed'), true);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #abort = (): void => void this.close();

  /** @param isAsked - Then iterators just end. */
  #finish(error: unknown, isAsked = false): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort(error);
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#tell('stale', this.#cause);
    this.#feed?.end(error as DexError);
    this.#life.close();
    for (const { reject } of this.#waiters) reject(error);
    this.#changes.end(isAsked ? undefined : error);
  }

  /** Until the book is closed, or cannot be kept. */
  async #keep(): Promise<void> {
    const { signal } = this.#end;
    try {
      for (let attempt = 0; ; attempt++) {
        await this.#pause(delayBefore(attempt));
        const feed = await this.#load();
        if (feed instanceof BookError) continue;
        const error = await this.#follow(feed);
        this.#broken[error.code] = (this.#broken[error.code] ?? 0) + 1;
        // After a loss the connection has waited by itself.
        if (this.#feed?.isLost || this.#book.confirmed > 0) attempt = 0;
      }
    } catch (error) {
      if (!signal.aborted) this.#finish(error);
    }
  }

  /** A feed whose book has taken the place of the one before, or what broke it. @throws What cannot be mended. */
  async #load(): Promise<Feed | BookError> {
    const { signal } = this.#end;
    signal.throwIfAborted(); // a close may come between the end of a pause and here
    const feed = new Feed({
      dex: this.#dex,
      symbol: this.symbol,
      levels: this.#options.levels ?? 500,
      checkEvery: this.#options.checkEvery ?? 15_000,
      rest: this.#rest,
      onAsked: () => {
        if (this.#state !== 'verified') this.#tell('rebuilding', this.#cause);
      },
      onDiff: (source, diff) => this.#diff(source, diff),
      onBook: (source, isDeep) => {
        if (source !== this.#feed) return;
        if (isDeep) this.#deepened();
        this.#emit({ kind: 'book' });
      },
      onBroken: (source) => this.#brokenBy(source),
    });
    const end = (): void => feed.end(signal.reason as DexError);
    signal.addEventListener('abort', end);
    try {
      await feed.load();
      if (feed.error) throw feed.error;
    } catch (error) {
      feed.end(error as DexError);
      feed.letGo(); // also of what it took after its end
      if (!isMended(error)) throw error;
      if (this.#state !== 'verified') this.#tell('stale', error);
      return error;
    } finally {
      signal.removeEventListener('abort', end);
    }
    const old = this.#feed;
    this.#feed = feed;
    this.#checked += old?.checked ?? 0;
    old?.end(new ClosedError('another one is in its place'));
    this.#book = feed.book;
    this.#deepened();
    this.#tell('verified', undefined);
    if (!signal.aborted) this.#emit({ kind: 'book' });
    return feed;
  }

  /** Keeps the book of a feed, and begins anew in time. @returns What broke the last feed. */
  async #follow(first: Feed): Promise<BookError> {
    const { clock } = this.#dex;
    const { refreshEvery = 60_000 } = this.#options;
    let feed = first;
    for (;;) {
      const left = Math.min(this.#since + refreshEvery, feed.heardAt + QUIET_MS) - clock.now();
      const isWoken = left > 0 && (await this.#pause(feed.error ? 0 : left));
      if (!feed.error && (left <= 0 || isWoken)) {
        this.#since = clock.now();
        // All of it, for a gateway may have forgotten any of it. Until the answer the levels are a little older, and true.
        feed.letGo();
        const timer = clock.setTimeout(() => this.#tell('rebuilding', undefined), PATIENCE_MS);
        try {
          await this.#pause(0);
          const next = await this.#load();
          if (next instanceof BookError) feed.end(next);
          else {
            feed = next;
            this.#refreshed++;
          }
        } finally {
          clock.clearTimeout(timer);
        }
      }
      const { error } = feed;
      if (!error) continue;
      if (!isMended(error)) throw error;
      return error;
    }
  }

  /** The book is as deep as can be had. */
  #deepened(): void {
    this.#since = this.#deepAt = this.#dex.clock.now();
    this.#least = Math.min(FLAT, this.#certain / 2);
  }

  /** Levels that are certain on both sides. */
  get #certain(): number {
    const { bids, asks } = this.#book;
    return Math.min(bids.certain, asks.certain);
  }

  #diff(feed: Feed, diff: BookDiff): void {
    if (feed !== this.#feed) return;
    this.#diffs++;
    this.#emit({ kind: 'levels', bids: diff.bids, asks: diff.asks });
    const now = this.#dex.clock.now();
    if (now - this.#deepAt < REFRESH_LEAST_MS || this.#certain >= this.#least) return;
    this.#deepAt = now;
    if (!feed.checkNow()) this.#wake(true);
  }

  #brokenBy(feed: Feed): void {
    const { error } = feed;
    if (feed !== this.#feed) return;
    if (isMended(error)) this.#tell('stale', error);
    this.#wake(true);
  }

  #tell(state: BookState, cause: BookError | undefined): void {
    if (state === this.#state && cause === this.#cause) return;
    if (state !== 'stale' && this.#end.signal.aborted) return;
    this.#state = state;
    this.#cause = cause;
    this.#emit({ kind: 'state', state, cause });
    if (state === 'verified') for (const { resolve } of this.#waiters) resolve();
  }

  #emit(change: BookChange): void {
    this.#changes.push(change);
    const { onChange } = this.#options;
    if (!onChange) return;
    try {
      const result = onChange(change) as PromiseLike<unknown> | undefined;
      if (typeof result?.then === 'function') result.then(undefined, (cause: unknown) => this.#threw(cause));
    } catch (cause) {
      this.#threw(cause);
    }
  }

  #threw(cause: unknown): void {
    const error = new ConsumerError('onChange threw', { cause });
    try {
      (this.#options.onError ?? console.error)(error);
    } catch (thrown) {
      console.error(thrown);
    }
  }

  /**
   * Waits, at least until subscriptions that were closed before have been taken back.
   *
   * @returns Whether `#wake` ended it.
   */
  #pause(ms: number): Promise<boolean> {
    const { clock } = this.#dex;
    return wait<boolean>(this.#end.signal, ({ resolve }) => {
      if (ms === 0) resolve(false);
      this.#wake = resolve;
      const timer = clock.setTimeout(() => resolve(false), ms);
      return () => clock.clearTimeout(timer);
    });
  }
}

const unitsAbove0 = (quantity: Decimal | string): bigint => {
  let units = 0n;
  let cause: unknown;
  try {
    units = decimalUnits(quantity as Decimal, SCALE);
  } catch (thrown) {
    cause = thrown;
  }
  if (units > 0n) return units;
  throw new BookError('INVALID', `quantity: ${String(quantity).slice(0, 40)}, expected decimal text above 0`, {
    cause,
  });
};

/**
 * Keeps the order book of one symbol, from `marketDiff` and `marketDepth`. Resolves when it is verified.
 *
 * @throws BookError `TIMED_OUT`, `SEPARATE_SOCKETS`, `INVALID`; ConnectionError; CommandError for a symbol that is not listed;
 * ClosedError; the signal's reason.
 */
export const orderBook = async (dex: Dex, symbol: string, options: OrderBookOptions = {}): Promise<OrderBook> => {
  const { within = 10_000, levels = 500, checkEvery = 15_000, refreshEvery = 60_000, signal } = options;
  if (typeof symbol !== 'string' || symbol === '')
    throw new BookError('INVALID', 'symbol: expected such as BNB_BTCB-1DE');
  if (!LEVELS.includes(levels)) throw new BookError('INVALID', `levels: ${levels}, expected ${LEVELS.join(', ')}`);
  for (const [name, ms] of Object.entries({ within, checkEvery, refreshEvery }))
    if (!(ms > 0)) throw new BookError('INVALID', `${name}: ${ms}, expected milliseconds above 0`);
  signal?.throwIfAborted();
  const book = new KeptBook(dex, symbol, options);
  const late = new AbortController();
  const timer = dex.clock.setTimeout(() => {
    const { cause } = book.status;
    late.abort(
      new BookError('TIMED_OUT', `not verified in ${within} ms${cause ? `: ${cause.message}` : ''}`, { cause }),
    );
  }, within);
  try {
    await book.verified(late.signal);
    return book;
  } catch (error) {
    await book.close();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    dex.clock.clearTimeout(timer);
  }
};
