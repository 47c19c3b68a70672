/**
 * Klines from trades, equal to the venue's: `klinesOf`.
 * In: items of `trades`, perhaps the venue's time and klines to begin with. Out: items of kline updates, gaps in their places.
 *
 *     trades -> pulled.ts -> klineSeries.ts, one for each symbol -> items
 */
import type { Height, Kline, KlineInterval, Milliseconds, Seconds, Trade } from '@dexwire/protocol';
import type { Gap, GapClosed, Item } from '../item.ts';
import { type DerivedKline, KlineSeries } from './klineSeries.ts';
import { type Derived, type DerivedOptions, Inlet, Pulled } from './pulled.ts';

export interface KlinesOptions extends DerivedOptions {
  /**
   * The venue's own time, so that a kline is closed though nobody trades: a subscription of the same connection to what comes
   * each second, such as `ticker`. What it tells at a second comes after all blocks before that second. Without it a kline is
   * closed by the first trade after it. Its gaps do not matter.
   */
  readonly time?: AsyncIterable<Item<{ readonly eventTime: Seconds | Milliseconds }>> | undefined;
  /**
   * What to begin with, one of a symbol: the venue's kline of a moment when the trades had been subscribed to, such as the first
   * of a subscription that was made later; or one that is closed and ended after that moment, which needs no trade ids, as a row
   * of REST has none. Without a seed the first kline is not whole.
   */
  readonly seeds?: readonly Kline[] | undefined;
}

type KlineItem = Item<DerivedKline>;

/** From here on a time is in milliseconds, as `klineTime` has it. */
const LEAST_MS = 1e11;

const { NEGATIVE_INFINITY } = Number;

const millisecondsOf = (eventTime: number): Milliseconds => (eventTime >= LEAST_MS ? eventTime : eventTime * 1_000);

/** Whether a gap may be one of this symbol's trades. */
const concerns = ({ streams }: Gap, symbol: string): boolean =>
  streams.every((name) => !name.endsWith('@trades')) || streams.includes(`${symbol}@trades`);

/** All symbols of one subscription. */
class Series {
  readonly #interval: KlineInterval;
  readonly #all = new Map<string, KlineSeries>();
  /** Those that are open, by id. */
  readonly #gaps = new Map<number, Gap>();

  constructor(interval: KlineInterval, seeds: readonly Kline[]) {
    this.#interval = interval;
    for (const seed of seeds) this.#all.set(seed.symbol, new KlineSeries(seed.symbol, interval, seed));
  }

  get isInGap(): boolean {
    return this.#gaps.size > 0;
  }

  /** What one item comes to; worked out as it is read, for there may be any number of klines without a trade. */
  *take(item: Item<Trade>): Generator<KlineItem> {
    if (item.kind === 'events') {
      yield* this.#trades(item.events, item.height, item.repaired);
      return;
    }
    if (item.kind === 'gap') this.#gaps.set(item.id, item);
    else yield* this.#close(item);
    yield item;
  }

  *pass(time: Milliseconds): Generator<KlineItem> {
    for (const series of this.#all.values()) yield* closed(series.pass(time), false);
  }

  *#trades(trades: readonly Trade[], height: Height | undefined, repaired: boolean): Generator<KlineItem> {
    const changed = new Set<KlineSeries>();
    for (const trade of trades) {
      const series = this.#of(trade.symbol);
      if (series.has(trade)) continue;
      if (this.#isMissing(trade.symbol)) series.hold(trade);
      else {
        yield* closed(series.add(trade), repaired);
        changed.add(series);
      }
    }
    for (const series of changed) yield* updated(series, height, repaired);
  }

  *#close({ id, lost }: GapClosed): Generator<KlineItem> {
    const gap = this.#gaps.get(id);
    this.#gaps.delete(id);
    for (const [symbol, series] of this.#all) {
      if (gap && !concerns(gap, symbol)) continue;
      if (lost !== 'none') series.lose();
      if (!series.isHolding || this.#isMissing(symbol)) continue;
      yield* closed(series.release(), true);
      yield* updated(series, undefined, true);
    }
  }

  /** Whether trades of it may be missing that may yet be fetched. */
  #isMissing(symbol: string): boolean {
    for (const gap of this.#gaps.values()) if (concerns(gap, symbol)) return true;
    return false;
  }

  #of(symbol: string): KlineSeries {
    const found = this.#all.get(symbol);
    if (found) return found;
    const series = new KlineSeries(symbol, this.#interval);
    this.#all.set(symbol, series);
    return series;
  }
}

function* closed(klines: Iterable<DerivedKline>, repaired: boolean): Generator<KlineItem> {
  for (const kline of klines) yield { kind: 'events', events: [kline], repaired };
}

function* updated(series: KlineSeries, height: Height | undefined, repaired: boolean): Generator<KlineItem> {
  const { update } = series;
  if (update) yield { kind: 'events', events: [update], height, repaired };
}

/**
 * Klines of one interval, of all symbols that the trades are of, digit for digit the venue's: an update after each frame of
 * trades, each closed kline once, those without trades too. A gap stands at its place; what a repair brings comes before its
 * `gapClosed`. Klines that may lack trades have `isWhole: false`, unless the gap closed with `lost: 'none'`.
 *
 * @param trades - A subscription, or anything that gives such items, oldest first.
 * @throws DerivedError `SEED_INVALID` at once; when iterated `TIME_FELL`, what ends the trades or the time, ValueError for a
 * trade that cannot be read, the signal's reason.
 */
export const klinesOf = (
  trades: AsyncIterable<Item<Trade>>,
  interval: KlineInterval,
  options: KlinesOptions = {},
): Derived<Item<DerivedKline>> => {
  const { time, seeds = [] } = options;
  const series = new Series(interval, seeds);
  const flow = new Inlet(trades);
  const times = time && new Inlet(time);
  let giving: Iterator<KlineItem> = [].values();
  let told = NEGATIVE_INFINITY;
  let passed = NEGATIVE_INFINITY;
  return new Pulled({
    inlets: times ? [flow, times] : [flow],
    options,
    step: (isQuiet) => {
      for (;;) {
        const next = giving.next();
        if (!next.done) return { name: 'give', value: next.value };
        for (const { state } of times ? [flow, times] : [flow]) if (state.name === 'failed') throw state.error;
        const item = flow.take();
        if (item) {
          giving = series.take(item);
          continue;
        }
        if (flow.state.name === 'over') return { name: 'end' };
        const second = times?.take();
        if (second?.kind === 'events')
          for (const { eventTime } of second.events) told = Math.max(told, millisecondsOf(eventTime));
        // Trades before that second may still be at hand; in a gap they may still be fetched.
        if (told === passed || series.isInGap) return { name: second ? 'hush' : 'wait' };
        if (!isQuiet) return { name: 'hush' };
        passed = told;
        giving = series.pass(told);
      }
    },
  });
};
