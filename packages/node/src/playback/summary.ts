/**
 * What the trades of one symbol add up to: its klines, and its last 24 hours.
 * In: where the recordings begin, then one trade after the other. Out: ticker, mini ticker and kline at a time.
 *
 * Sums are bigint in units of 1e-8, for volumes pass int64. A day is kept as one bar a minute.
 */
import type { KlineInterval, KlineUpdate, Level, Milliseconds, MiniTicker, Ticker } from '@dexwire/protocol';
import { textOf, unitsOf } from './market.ts';

/** Some trades in a row, or none: then all prices are the last one's, and both ids. Units of 1e-8. */
export interface Bar {
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  quoteVolume: bigint;
  count: number;
  firstId: string;
  lastId: string;
}

export interface Traded {
  readonly id: string;
  readonly price: bigint;
  readonly quantity: bigint;
}

/** What was before the first trade. */
export interface Opening {
  readonly symbol: string;
  /** The last known trade. */
  readonly last: Traded;
  /** Price of the last trade before the day that `day` sums up. */
  readonly before: bigint;
  /** The last 24 hours, if anything traded in them. */
  readonly day: Bar | undefined;
}

const UNIT = 100_000_000n;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** 5 January 1970, the first Monday: weeks begin there. */
const MONDAY_MS = 4 * DAY_MS;

const LENGTHS: Readonly<Record<Exclude<KlineInterval, '1M'>, Milliseconds>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
  '1w': 7 * DAY_MS,
};

/** The kline that a time belongs to, in UTC: from `open` up to, and without, `end`. Weeks begin on Monday. */
export const klineAt = (interval: KlineInterval, time: Milliseconds): { open: Milliseconds; end: Milliseconds } => {
  if (interval === '1M') {
    const date = new Date(time);
    const month = (next: number): Milliseconds => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + next);
    return { open: month(0), end: month(1) };
  }
  const length = LENGTHS[interval];
  const start = interval === '1w' ? MONDAY_MS : 0;
  const open = Math.floor((time - start) / length) * length + start;
  return { open, end: open + length };
};

const flat = (price: bigint, id: string): Bar => ({
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0n,
  quoteVolume: 0n,
  count: 0,
  firstId: id,
  lastId: id,
});

/** `later` happened after `bar`, which takes it in. */
const append = (bar: Bar, later: Bar): void => {
  if (later.count === 0) return;
  if (bar.count === 0) Object.assign(bar, later);
  else {
    bar.high = later.high > bar.high ? later.high : bar.high;
    bar.low = later.low < bar.low ? later.low : bar.low;
    bar.close = later.close;
    bar.volume += later.volume;
    bar.quoteVolume += later.quoteVolume;
    bar.count += later.count;
    bar.lastId = later.lastId;
  }
};

/** `a / b` to 8 decimals, a half away from zero. `a` and `b` are not negative. */
const divide = (a: bigint, b: bigint): bigint => (2n * a * UNIT + b) / (2n * b);

export class Summary {
  readonly #symbol: string;
  #last: Traded;
  #before: bigint;
  /** One bar a minute, and when each leaves the day. */
  #minutes: { readonly end: Milliseconds; readonly bar: Bar }[] = [];
  /** All of them together. */
  #day: Bar;
  readonly #klines = new Map<KlineInterval, { readonly open: Milliseconds; readonly bar: Bar }>();

  constructor({ symbol, last, before, day }: Opening, time: Milliseconds) {
    this.#symbol = symbol;
    this.#last = last;
    this.#before = before;
    this.#day = flat(last.price, last.id);
    if (day) this.#keep(day, time);
  }

  /** @param time - Rises from call to call, here and below. */
  add(trade: Traded, time: Milliseconds, intervals: readonly KlineInterval[]): void {
    const bar = flat(trade.price, trade.id);
    bar.volume = trade.quantity;
    bar.quoteVolume = (trade.price * trade.quantity) / UNIT;
    bar.count = 1;
    for (const interval of intervals) append(this.#kline(interval, time), bar);
    this.#keep(bar, time);
    this.#last = trade;
  }

  /** @param time - A whole second. A kline that ends there is given as closed. */
  kline(interval: KlineInterval, time: Milliseconds): KlineUpdate {
    const { open, end } = klineAt(interval, time - 1);
    const bar = this.#kline(interval, time - 1);
    return {
      eventType: 'kline',
      eventTime: time / 1_000,
      symbol: this.#symbol,
      kline: {
        symbol: this.#symbol,
        openTime: open,
        closeTime: end - 1,
        interval,
        firstTradeId: bar.firstId,
        lastTradeId: bar.lastId,
        open: textOf(bar.open),
        close: textOf(bar.close),
        high: textOf(bar.high),
        low: textOf(bar.low),
        volume: textOf(bar.volume),
        quoteVolume: textOf(bar.quoteVolume),
        tradeCount: bar.count,
        isClosed: end === time,
      },
    };
  }

  /**
   * @param time - A whole second.
   * @param closeTime - Where the day ends: the latest block.
   */
  ticker(time: Milliseconds, closeTime: Milliseconds, bid: Level | undefined, ask: Level | undefined): Ticker {
    this.#forget(closeTime);
    const day = this.#day;
    const change = day.close - day.open;
    return {
      eventType: '24hrTicker',
      eventTime: time / 1_000,
      symbol: this.#symbol,
      priceChange: textOf(change),
      // A fraction, cut to four decimals.
      priceChangePercent: textOf(((change * 10_000n) / day.open) * 10_000n),
      weightedAveragePrice: textOf(day.volume === 0n ? day.close : divide(day.quoteVolume, day.volume)),
      previousClosePrice: textOf(day.count === 0 ? day.close : this.#before),
      lastPrice: textOf(day.close),
      lastQuantity: textOf(this.#last.quantity),
      bidPrice: bid?.[0] ?? textOf(0n),
      bidQuantity: bid?.[1] ?? textOf(0n),
      askPrice: ask?.[0] ?? textOf(0n),
      askQuantity: ask?.[1] ?? textOf(0n),
      openPrice: textOf(day.open),
      highPrice: textOf(day.high),
      lowPrice: textOf(day.low),
      volume: textOf(day.volume),
      quoteVolume: textOf(day.quoteVolume),
      openTime: closeTime - DAY_MS,
      closeTime,
      firstTradeId: day.firstId,
      lastTradeId: day.lastId,
      tradeCount: day.count,
    };
  }

  #kline(interval: KlineInterval, time: Milliseconds): Bar {
    const { open } = klineAt(interval, time);
    let kline = this.#klines.get(interval);
    if (kline?.open !== open) {
      kline = { open, bar: flat(this.#last.price, this.#last.id) };
      this.#klines.set(interval, kline);
    }
    return kline.bar;
  }

  #keep(bar: Bar, time: Milliseconds): void {
    const end = klineAt('1m', time).end + DAY_MS;
    const minute = this.#minutes.at(-1);
    if (minute?.end === end) append(minute.bar, bar);
    else this.#minutes.push({ end, bar: { ...bar } });
    append(this.#day, bar);
  }

  /** Lets go of the minutes that lie more than a day back. */
  #forget(time: Milliseconds): void {
    const first = this.#minutes.findIndex(({ end }) => end > time);
    const gone = first < 0 ? this.#minutes.length : first;
    if (gone === 0) return;
    this.#before = this.#minutes[gone - 1]?.bar.close ?? this.#before;
    this.#minutes = this.#minutes.slice(gone);
    this.#day = flat(this.#last.price, this.#last.id);
    for (const { bar } of this.#minutes) append(this.#day, bar);
  }
}

/** The few figures of a ticker that a mini ticker has. */
export const miniOf = (ticker: Ticker): MiniTicker => ({
  eventType: '24hrMiniTicker',
  eventTime: ticker.eventTime,
  symbol: ticker.symbol,
  lastPrice: ticker.lastPrice,
  openPrice: ticker.openPrice,
  highPrice: ticker.highPrice,
  lowPrice: ticker.lowPrice,
  volume: ticker.volume,
  quoteVolume: ticker.quoteVolume,
});

/**
 * Where a symbol begins, from what was recorded of it.
 *
 * @param last - The last known trade, and the first of the day, with ids that suit the heights to come.
 */
export const openingOf = (
  recording: {
    readonly symbol: string;
    readonly ticker: Ticker | undefined;
    readonly miniTicker: MiniTicker | undefined;
  },
  last: Traded,
  firstId: string,
): Opening => {
  const { symbol, ticker, miniTicker } = recording;
  const day = ticker ?? miniTicker;
  // A mini ticker does not say how many trades there were, only that there were some.
  const count = ticker ? ticker.tradeCount : day && unitsOf(day.volume) > 0n ? 1 : 0;
  const before = ticker ? unitsOf(ticker.previousClosePrice) : last.price;
  if (day === undefined || count === 0) return { symbol, last, before: last.price, day: undefined };
  return {
    symbol,
    last,
    before,
    day: {
      open: unitsOf(day.openPrice),
      high: unitsOf(day.highPrice),
      low: unitsOf(day.lowPrice),
      close: unitsOf(day.lastPrice),
      volume: unitsOf(day.volume),
      quoteVolume: unitsOf(day.quoteVolume),
      count,
      firstId,
      lastId: last.id,
    },
  };
};
