/**
 * A bar: what some trades in a row add up to.
 * In: trades, or bars of earlier and later trades. Out: their bar.
 *
 * Amounts are bigint in units of 1e-8; sums of them pass int64.
 */

export interface Traded {
  /** `<height>-<index>`; empty: nothing ever traded, and the price is a list price. */
  readonly tradeId: string;
  readonly price: bigint;
  readonly quantity: bigint;
}

/** Some trades in a row, or none: then all prices are the last one's, and both ids. */
export interface Bar {
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  /** Base units. */
  volume: bigint;
  /** Quote units: each trade's is cut to whole units, as it was paid. */
  quoteVolume: bigint;
  count: number;
  firstId: string;
  lastId: string;
  /** Of the last trade, be it before the bar. */
  lastQuantity: bigint;
}

const UNIT = 100_000_000n;

/** The bar of no trade, after this one. */
export const flatBar = (price: bigint, tradeId: string, lastQuantity: bigint): Bar => ({
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0n,
  quoteVolume: 0n,
  count: 0,
  firstId: tradeId,
  lastId: tradeId,
  lastQuantity,
});

export const barOf = ({ tradeId, price, quantity }: Traded): Bar => ({
  open: price,
  high: price,
  low: price,
  close: price,
  volume: quantity,
  quoteVolume: (price * quantity) / UNIT,
  count: 1,
  firstId: tradeId,
  lastId: tradeId,
  lastQuantity: quantity,
});

/** `later` happened after `bar`, which takes it in. */
export const append = (bar: Bar, later: Readonly<Bar>): void => {
  if (later.count === 0) return;
  if (bar.count === 0) Object.assign(bar, later);
  else {
    if (later.high > bar.high) bar.high = later.high;
    if (later.low < bar.low) bar.low = later.low;
    bar.close = later.close;
    bar.volume += later.volume;
    bar.quoteVolume += later.quoteVolume;
    bar.count += later.count;
    bar.lastId = later.lastId;
    bar.lastQuantity = later.lastQuantity;
  }
};
