/**
 * The best bid and the best ask of one symbol, whenever they change: `topOfBook`.
 * In: a connection and a symbol, or an order book that is kept. Out: tops, each of which says whether it can be relied on.
 *
 * A top is worth something as the latest one only: who reads slowly gets fewer of them, never an old one.
 */
import {
  type BookDepth,
  type Decimal,
  decimalUnits,
  formatDecimal,
  type Height,
  type Level,
  marketDepth,
  subtractDecimal,
} from '@dexwire/protocol';
import type { Dex } from '../connection.ts';
import type { Gap, GapCause, Item } from '../item.ts';
import type { BookError } from '../orderBook/errors.ts';
import type { OrderBook } from '../orderBook/orderBook.ts';
import { type Derived, type DerivedOptions, Inlet, Pulled, type Step } from './pulled.ts';

export interface TopOfBook {
  readonly symbol: string;
  /**
   * `live`: the venue's, as far as it has told. `stale`: something may have been missed since, or does not fit; these are the
   * last ones before.
   */
  readonly state: 'live' | 'stale';
  /** Why it is stale: of a connection the cause of its gap, of an order book its error, if it has one. */
  readonly cause: GapCause | BookError | undefined;
  /** `[price, quantity]`; undefined: the side is empty, here and below. */
  readonly bid: Level | undefined;
  readonly ask: Level | undefined;
  /** `ask - bid`, exact. */
  readonly spread: Decimal | undefined;
  /** The middle of the two, exact: it has one digit more than the prices. */
  readonly mid: Decimal | undefined;
  /** The block of the frame that told it; a height alone is no change. */
  readonly height: Height | undefined;
}

export type TopOfBookOptions = Pick<DerivedOptions, 'signal'>;

const SCALE = 8;

/** The latest frame is always kept; with one place only, a frame behind a gap would keep it from a newer one. */
const LATEST = { policy: 'conflate', limit: 2 } as const;

type Known = Pick<TopOfBook, 'symbol' | 'state' | 'cause' | 'bid' | 'ask' | 'height'>;

const topOf = (known: Known): TopOfBook => {
  const { bid, ask } = known;
  if (!bid || !ask) return { ...known, spread: undefined, mid: undefined };
  const sum = decimalUnits(bid[0], SCALE) + decimalUnits(ask[0], SCALE);
  return { ...known, spread: subtractDecimal(ask[0], bid[0]), mid: formatDecimal(sum * 5n, SCALE + 1) };
};

const isSame = (a: Known, b: Known | undefined): boolean =>
  a.state === b?.state && a.cause === b.cause && String(a.bid) === String(b.bid) && String(a.ask) === String(b.ask);

/** A gap that makes what is known doubtful: it is open, and perhaps a frame was fetched for it; or no frame has come since. */
interface Doubt {
  readonly gap: Gap;
  readonly state: 'open' | 'answered' | 'closed';
}

/** What depth frames and gaps come to. */
class DepthTop {
  #frame: BookDepth | undefined;
  #doubt: Doubt | undefined;

  take(item: Item<BookDepth>): void {
    if (item.kind === 'gap') this.#doubt = { gap: item, state: 'open' };
    else if (item.kind === 'events') {
      this.#frame = item.events.at(-1) ?? this.#frame;
      this.#doubt = this.#doubt && this.#doubt.state !== 'closed' ? { ...this.#doubt, state: 'answered' } : undefined;
    } else if (this.#doubt) {
      const { gap, state } = this.#doubt;
      // Of an overflow that lost nothing the newer frame waits behind it.
      const isMended = item.lost === 'none' && (state === 'answered' || gap.cause === 'overflow');
      this.#doubt = isMended ? undefined : { gap, state: 'closed' };
    }
  }

  get known(): Known | undefined {
    if (!this.#frame) return undefined;
    const { symbol, bids, asks, lastUpdateId: height } = this.#frame;
    const gap = this.#doubt?.gap;
    return { symbol, state: gap ? 'stale' : 'live', cause: gap?.cause, bid: bids[0], ask: asks[0], height };
  }
}

const topOfLevels = (book: OrderBook): Known => {
  const { state, certain, cause, height, bid, ask } = book.best();
  const isLive = state === 'verified' && certain.bids > 0 && certain.asks > 0;
  return { symbol: book.symbol, state: isLive ? 'live' : 'stale', cause, bid, ask, height };
};

/** What is known when all that is at hand has been taken in, if it is another than before. */
const changesOf = <In>(
  inlet: Inlet<In>,
  known: (item: In | undefined) => Known | undefined,
  options: DerivedOptions,
  onEnd = (): void => {},
): Derived<TopOfBook> => {
  let last: Known | undefined;
  const step = (isQuiet: boolean): Step<TopOfBook> => {
    const top = known(inlet.take());
    const { state } = inlet;
    const isOver = state.name === 'over' || state.name === 'failed';
    if (top && !isSame(top, last)) {
      if (!isQuiet && !isOver) return { name: 'hush' };
      last = top;
      return { name: 'give', value: topOf(top) };
    }
    if (state.name === 'failed') throw state.error;
    return { name: isOver ? 'end' : 'wait' };
  };
  return new Pulled({ inlets: [inlet], options, step, onEnd });
};

/**
 * Best bid and ask with their quantities, exact, first as they are, then at each change of them or of `state`. From
 * `marketDepth`: one subscription of its own, at most a frame a second; or from an order book, as often as that changes, which
 * stays open.
 *
 * After a gap it is `stale` until the next frame. A symbol of which nothing has come has no top yet.
 *
 * @throws ClosedError, or ValueError `SUBJECT_MISSING`, at once; when iterated what ends the subscription or the book, or
 * the signal's reason.
 */
export function topOfBook(dex: Dex, symbol: string, options?: TopOfBookOptions): Derived<TopOfBook>;
export function topOfBook(book: OrderBook, options?: TopOfBookOptions): Derived<TopOfBook>;
export function topOfBook(
  from: Dex | OrderBook,
  symbolOrOptions: string | TopOfBookOptions = {},
  options: TopOfBookOptions = {},
): Derived<TopOfBook> {
  if ('best' in from) {
    // An iterator of a book ends when it is told to, and not before it has something to say.
    const own = new AbortController();
    const changes = new Inlet(from.changes(own.signal));
    const { signal } = symbolOrOptions as TopOfBookOptions;
    return changesOf(
      changes,
      () => topOfLevels(from),
      { signal },
      () => own.abort(),
    );
  }
  const { signal } = options;
  const wanted = { symbols: [symbolOrOptions as string], queue: LATEST, ...(signal && { signal }) };
  const top = new DepthTop();
  return changesOf(
    new Inlet(from.subscribe(marketDepth(), wanted)),
    (item) => {
      if (item) top.take(item);
      return top.known;
    },
    { signal },
  );
}
