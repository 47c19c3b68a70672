/**
 * The tickers of one symbol: what its last 24 hours come to.
 * In: what the symbol stands at when it comes to be, then the bar of each block that has trades. Out: ticker and mini ticker.
 * Source: spec §7.8, §7.10; what each figure means is recorded.
 */
import type { Level, Milliseconds, MiniTicker, Ticker } from '@dexwire/protocol';
import { unitsText } from '../unitsText.ts';
import { type Bar, flatBar, type Traded } from './bar.ts';
import { DAY_MS, DayWindow } from './dayWindow.ts';

/** What was before the first bar. */
export interface Opening {
  readonly symbol: string;
  /** The last known trade; of a pair that never traded: no id, the list price, quantity 0. */
  readonly last: Traded;
  /** Price of the last trade before the day that `day` sums up; `undefined` if there was none. */
  readonly before: bigint | undefined;
  /** The last 24 hours, if anything traded in them. */
  readonly day: Bar | undefined;
}

const UNIT = 100_000_000n;
const NOTHING = unitsText(0n);

/** `a / b` to 8 decimals, a half away from zero. `a` and `b` are not negative. */
const divide = (a: bigint, b: bigint): bigint => (2n * a * UNIT + b) / (2n * b);

export class Tickers {
  readonly #symbol: string;
  readonly #window: DayWindow;
  /** How it stands while nothing trades. */
  #flat: Bar;

  constructor({ symbol, last, before, day }: Opening, time: Milliseconds) {
    this.#symbol = symbol;
    this.#window = new DayWindow(before);
    this.#flat = flatBar(last.price, last.tradeId, last.quantity);
    if (day !== undefined) this.#window.add(day, time);
  }

  /** @param time - Of all the bar's trades. Rises from call to call, here and below. */
  add(bar: Readonly<Bar>, time: Milliseconds): void {
    this.#window.add(bar, time);
    this.#flat = flatBar(bar.close, bar.lastId, bar.lastQuantity);
  }

  /**
   * @param time - The present moment. Its whole seconds are the event's.
   * @param closeTime - Where the 24 hours end: the latest block.
   * @param bid - The best level to buy, if there is one, as `ask` to sell.
   */
  ticker(time: Milliseconds, closeTime: Milliseconds, bid: Level | undefined, ask: Level | undefined): Ticker {
    this.#window.forget(closeTime);
    const day = this.#window.sum() ?? this.#flat;
    const change = day.close - day.open;
    return {
      eventType: '24hrTicker',
      eventTime: Math.floor(time / 1_000),
      symbol: this.#symbol,
      priceChange: unitsText(change),
      // A fraction, cut to four decimals, toward zero.
      priceChangePercent: unitsText(((change * 10_000n) / day.open) * 10_000n),
      weightedAveragePrice: unitsText(day.volume === 0n ? day.close : divide(day.quoteVolume, day.volume)),
      previousClosePrice: unitsText(day.count === 0 ? day.close : (this.#window.before ?? day.open)),
      lastPrice: unitsText(day.close),
      lastQuantity: unitsText(day.lastQuantity),
      bidPrice: bid?.[0] ?? NOTHING,
      bidQuantity: bid?.[1] ?? NOTHING,
      askPrice: ask?.[0] ?? NOTHING,
      askQuantity: ask?.[1] ?? NOTHING,
      openPrice: unitsText(day.open),
      highPrice: unitsText(day.high),
      lowPrice: unitsText(day.low),
      volume: unitsText(day.volume),
      quoteVolume: unitsText(day.quoteVolume),
      openTime: closeTime - DAY_MS,
      closeTime,
      firstTradeId: day.firstId,
      lastTradeId: day.lastId,
      tradeCount: day.count,
    };
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
