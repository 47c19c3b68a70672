/**
 * The klines of one symbol and interval, from its trades: the one under way, and each that ends.
 * In: trades, times by which nothing older comes, what became of gaps. Out: klines as the venue has them (spec §7.7, §15), and
 * whether they have all their trades.
 *
 * Amounts are bigint in units of 1e-8; sums of them pass int64.
 */
import {
  type Decimal,
  decimalUnits,
  formatDecimal,
  type Kline,
  type KlineInterval,
  type KlineSpan,
  type KlineUpdate,
  klineSpan,
  type Milliseconds,
  parseTradeId,
  type Trade,
} from '@dexwire/protocol';
import { DerivedError } from './errors.ts';

/** A kline update that was worked out from trades. */
export interface DerivedKline extends KlineUpdate {
  /**
   * It is known to be the venue's: no trade since its opening may have been missed. `false`: it may lack trades, or, if it has
   * none, the last price is not certain. After a gap the first kline that is whole is the one behind the next trade's.
   */
  readonly isWhole: boolean;
}

/** Some trades in a row, or none: then all prices are the last one's, and both ids. */
interface Bar {
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  /** Each trade's part is cut to whole units, as it was paid (assumed, as in the node). */
  quoteVolume: bigint;
  count: number;
  firstId: string;
  lastId: string;
}

/** A bar of trades that came in a gap: nobody knows yet whether more of them are missing. */
interface Held {
  readonly span: KlineSpan;
  readonly bar: Bar;
  time: Milliseconds;
}

const SCALE = 8;
const UNIT = 100_000_000n;
const SECOND_MS = 1_000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

const unitsOf = (decimal: Decimal): bigint => decimalUnits(decimal, SCALE);
const textOf = (units: bigint): Decimal => formatDecimal(units, SCALE);

const flatBar = (price: bigint, id: string): Bar => ({
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

const barOf = ({ tradeId, price, quantity }: Trade): Bar => {
  const [paid, volume] = [unitsOf(price), unitsOf(quantity)];
  return { ...flatBar(paid, tradeId), volume, quoteVolume: (paid * volume) / UNIT, count: 1 };
};

/** `later`, which has trades, happened after `bar`, which takes it in. */
const append = (bar: Bar, later: Readonly<Bar>): void => {
  if (bar.count === 0) {
    Object.assign(bar, later);
    return;
  }
  if (later.high > bar.high) bar.high = later.high;
  if (later.low < bar.low) bar.low = later.low;
  bar.close = later.close;
  bar.volume += later.volume;
  bar.quoteVolume += later.quoteVolume;
  bar.count += later.count;
  bar.lastId = later.lastId;
};

/** Cut, as the gateway does. */
const timeOf = ({ time }: Trade): Milliseconds => Number(time / NANOSECONDS_PER_MILLISECOND);

const isLater = (id: string, than: string): boolean => {
  const [a, b] = [parseTradeId(id), parseTradeId(than)];
  return a.height === b.height ? a.index > b.index : a.height > b.height;
};

export class KlineSeries {
  readonly #symbol: string;
  readonly #interval: KlineInterval;
  /** The kline under way; undefined: no time is known yet. */
  #span: KlineSpan | undefined;
  /** Undefined: no trade is known yet. */
  #bar: Bar | undefined;
  /** From here on all trades are known, and what the last one before it was. `Infinity`: from the next one on. */
  #since: Milliseconds = Number.POSITIVE_INFINITY;
  /** Of the latest trade. */
  #time: Milliseconds = 0;
  #held: Held[] = [];
  /** The kline that it began with has this trade already. */
  #isSeeded: (trade: Trade) => boolean = () => false;

  /** @throws DerivedError `SEED_INVALID`. */
  constructor(symbol: string, interval: KlineInterval, seed?: Kline) {
    this.#symbol = symbol;
    this.#interval = interval;
    if (seed) this.#seed(seed);
  }

  /** Whether the seed had a trade already. To be asked of each, in their order. */
  has(trade: Trade): boolean {
    if (this.#isSeeded(trade)) return true;
    this.#isSeeded = () => false; // trades rise
    return false;
  }

  /** @throws DerivedError `TIME_FELL`; ValueError for a price, quantity or id that is none. */
  add(trade: Trade): Generator<DerivedKline> {
    const time = timeOf(trade);
    // Only a trade proves that trades come. Others of its millisecond may have been missed.
    if (this.#since === Number.POSITIVE_INFINITY) this.#since = time + 1;
    return this.#take(time, barOf(trade));
  }

  /** Trades came in a gap that is still open. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** A trade that came in a gap. */
  hold(trade: Trade): void {
    const time = timeOf(trade);
    const last = this.#held.at(-1);
    if (last && time >= last.span.open && time < last.span.end) {
      append(last.bar, barOf(trade));
      last.time = time;
    } else this.#held.push({ span: klineSpan(this.#interval, time), bar: barOf(trade), time });
  }

  /** Trades were lost, or may have been. */
  lose(): void {
    this.#since = Number.POSITIVE_INFINITY;
  }

  /** No gap is open any more: takes in what was held. */
  *release(): Generator<DerivedKline> {
    const held = this.#held;
    this.#held = [];
    for (const { time, bar } of held) yield* this.#take(time, bar);
  }

  /** Nothing older than `time` comes any more: the klines that end by then. */
  pass(time: Milliseconds): Generator<DerivedKline> {
    return this.#advance(time);
  }

  /** The kline under way, once a trade is known. */
  get update(): DerivedKline | undefined {
    // The venue's update of the next whole second has this trade.
    return this.#bar && this.#klineOf(this.#span!, this.#bar, Math.floor(this.#time / SECOND_MS) + 1, false);
  }

  #seed(seed: Kline): void {
    const { interval, openTime, firstTradeId, lastTradeId, isClosed, tradeCount } = seed;
    const span = klineSpan(interval, openTime);
    const invalid =
      interval !== this.#interval
        ? `the interval ${interval}, expected ${this.#interval}`
        : span.open !== openTime
          ? `the opening time ${openTime}, expected ${span.open}`
          : lastTradeId === '' && tradeCount > 0 && !isClosed
            ? 'no trade id, expected that of the last trade, or a kline that is closed'
            : undefined;
    if (invalid !== undefined) throw new DerivedError('SEED_INVALID', `the seed of ${this.#symbol} has ${invalid}`);
    const [open, high, low, close, volume, quoteVolume] = [
      unitsOf(seed.open),
      unitsOf(seed.high),
      unitsOf(seed.low),
      unitsOf(seed.close),
      unitsOf(seed.volume),
      unitsOf(seed.quoteVolume),
    ];
    const bar = { open, high, low, close, volume, quoteVolume, count: tradeCount };
    this.#span = isClosed ? klineSpan(interval, span.end) : span;
    this.#bar = isClosed ? flatBar(close, lastTradeId) : { ...bar, firstId: firstTradeId, lastId: lastTradeId };
    this.#since = openTime;
    this.#time = this.#span.open;
    this.#isSeeded = isClosed
      ? (trade) => timeOf(trade) < span.end
      : ({ tradeId }) => lastTradeId !== '' && !isLater(tradeId, lastTradeId);
  }

  *#take(time: Milliseconds, bar: Bar): Generator<DerivedKline> {
    if (this.#span && time < this.#span.open) {
      const { open } = this.#span;
      throw new DerivedError(
        'TIME_FELL',
        `${this.#symbol} traded (${bar.firstId}) at ${time}, in a kline before ${open}`,
      );
    }
    yield* this.#advance(time);
    if (this.#bar) append(this.#bar, bar);
    else this.#bar = bar;
    this.#time = time;
  }

  *#advance(time: Milliseconds): Generator<DerivedKline> {
    const interval = this.#interval;
    while (this.#span && this.#bar && this.#span.end <= time) {
      const { end } = this.#span;
      yield this.#klineOf(this.#span, this.#bar, end / SECOND_MS, true);
      this.#span = klineSpan(interval, end);
      this.#bar = flatBar(this.#bar.close, this.#bar.lastId);
    }
    if (!this.#span || this.#span.end <= time) this.#span = klineSpan(interval, time);
  }

  #klineOf({ open, end }: KlineSpan, bar: Bar, eventTime: number, isClosed: boolean): DerivedKline {
    return {
      eventType: 'kline',
      eventTime,
      symbol: this.#symbol,
      kline: {
        symbol: this.#symbol,
        openTime: open,
        closeTime: end - 1,
        interval: this.#interval,
        firstTradeId: bar.firstId,
        lastTradeId: bar.lastId,
        open: textOf(bar.open),
        close: textOf(bar.close),
        high: textOf(bar.high),
        low: textOf(bar.low),
        volume: textOf(bar.volume),
        quoteVolume: textOf(bar.quoteVolume),
        tradeCount: bar.count,
        isClosed,
      },
      isWhole: open >= this.#since,
    };
  }
}
