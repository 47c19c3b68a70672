/**
 * An order book of one symbol: depth frames and diffs in the order of one socket, and what they come to.
 * In: decoded frames. Out: levels and figures, all exact; `false` or a `BookError` when the frames contradict each other.
 */
import {
  type BookDepth,
  type BookDiff,
  type Decimal,
  decimalUnits,
  formatDecimal,
  type Height,
  type Level,
  type Side,
} from '@dexwire/protocol';
import { BookError } from './errors.ts';
import { BookSide, comparePrices, SCALE } from './side.ts';

/** A level, and what it and all better ones hold together. */
export interface CumulativeLevel {
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly total: Decimal;
}

/** What an order would meet. */
export interface Fill {
  /** As much of the quantity as there is. */
  readonly filled: Decimal;
  /** Quote units for all of it, exact. */
  readonly cost: Decimal;
  /** Of the worst level that is needed; undefined if nothing is filled. */
  readonly worst: Decimal | undefined;
  /** `cost / filled`, to the nearest 1e-8; undefined if nothing is filled. */
  readonly average: Decimal | undefined;
  readonly isFilled: boolean;
  /** All of this is certain: none of the levels that it needs lies deeper than that, nor does what is missing. */
  readonly isCertain: boolean;
}

export interface Imbalance {
  /** Sums of the quantities. */
  readonly bids: Decimal;
  readonly asks: Decimal;
  /** From -1, only asks, to 1, only bids, to the nearest 1e-8; undefined if there is neither. */
  readonly imbalance: Decimal | undefined;
}

const unitsOf = (decimal: Decimal): bigint => decimalUnits(decimal, SCALE);
const textOf = (units: bigint): Decimal => formatDecimal(units, SCALE);

/** The nearest whole number; a tie goes away from zero. */
const nearest = (numerator: bigint, denominator: bigint): bigint => {
  const sign = numerator < 0n ? -1n : 1n;
  return sign * ((2n * numerator * sign + denominator) / (2n * denominator));
};

const sumOf = (levels: readonly Level[]): bigint => levels.reduce((sum, [, quantity]) => sum + unitsOf(quantity), 0n);

export class DepthBook {
  readonly bids = new BookSide('bids');
  readonly asks = new BookSide('asks');
  /** Of the last depth frame: the block that it is of. */
  height: Height | undefined;
  /** Applied since that frame. */
  diffs = 0;
  /** Depth frames in a row that said the same as the diffs before. */
  confirmed = 0;
  #last: BookDepth | undefined;

  /** @throws BookError `CROSSED`, `BAD_LEVEL`. */
  base(frame: BookDepth): void {
    this.bids.base(frame.bids);
    this.asks.base(frame.asks);
    this.#saw(frame);
    this.#checkCrossed();
  }

  /**
   * Compares with a depth frame that came behind the diffs that lead to it.
   *
   * @returns Whether levels that were not certain are so now.
   * @throws BookError `DRIFT` if the frame says otherwise; `CROSSED`, `BAD_LEVEL`.
   */
  check(frame: BookDepth): boolean {
    const { bids, asks } = this;
    const certain = [bids.certain, asks.certain];
    if (!bids.agrees(frame.bids) || !asks.agrees(frame.asks))
      throw new BookError('DRIFT', `the depth of block ${frame.lastUpdateId} says otherwise`);
    this.confirmed++;
    this.#saw(frame);
    this.#checkCrossed();
    return bids.certain !== certain[0] || asks.certain !== certain[1];
  }

  /**
   * Takes a depth frame that came as soon as it was asked for, and so may be ahead of the diffs: what leads to it is told yet.
   *
   * @returns Prices, a set a side, of which it said otherwise: diffs have to mention them.
   * @throws BookError `CROSSED`, `BAD_LEVEL`.
   */
  renew(frame: BookDepth): readonly Set<Decimal>[] {
    const unlike = [this.bids.renew(frame.bids), this.asks.renew(frame.asks)];
    this.#saw(frame);
    this.#checkCrossed();
    return unlike;
  }

  /** Of levels beyond so many a side nothing is certain any more. */
  bound(count: number): void {
    this.bids.bound(count);
    this.asks.bound(count);
  }

  /** @throws BookError `CROSSED`, `BAD_LEVEL`. */
  apply({ bids, asks }: BookDiff): void {
    this.bids.apply(bids);
    this.asks.apply(asks);
    this.diffs++;
    this.#checkCrossed();
  }

  /** Whether the best levels, so many a side, are still what the last depth frame said. */
  isAsLast(count: number): boolean {
    const isSame = (side: BookSide, levels: readonly Level[]): boolean =>
      String(side.top(count)) === String(levels.slice(0, count));
    return !this.#last || (isSame(this.bids, this.#last.bids) && isSame(this.asks, this.#last.asks));
  }

  /** The middle between the best two, exact. */
  get mid(): Decimal | undefined {
    const [bid, ask] = [this.bids.best, this.asks.best];
    return bid && ask && formatDecimal((unitsOf(bid[0]) + unitsOf(ask[0])) * 5n, SCALE + 1);
  }

  cumulative(side: 'bids' | 'asks', count: number): CumulativeLevel[] {
    let total = 0n;
    return this[side].top(count).map(([price, quantity]) => {
      total += unitsOf(quantity);
      return { price, quantity, total: textOf(total) };
    });
  }

  imbalance(count: number): Imbalance {
    const bids = sumOf(this.bids.top(count));
    const asks = sumOf(this.asks.top(count));
    const all = bids + asks;
    return {
      bids: textOf(bids),
      asks: textOf(asks),
      imbalance: all === 0n ? undefined : textOf(nearest((bids - asks) * 10n ** BigInt(SCALE), all)),
    };
  }

  /** @param certain - Levels that are, of the side that is met. */
  fill(side: Side, quantity: bigint, certain: number): Fill {
    let left = quantity;
    let cost = 0n;
    let used = 0;
    let worst: Decimal | undefined;
    for (const [price, open] of side === 'buy' ? this.asks : this.bids) {
      if (left === 0n) break;
      const units = unitsOf(open);
      const taken = units < left ? units : left;
      cost += taken * unitsOf(price);
      left -= taken;
      worst = price;
      used++;
    }
    const filled = quantity - left;
    return {
      filled: textOf(filled),
      cost: formatDecimal(cost, 2 * SCALE),
      worst,
      average: filled === 0n ? undefined : textOf(nearest(cost, filled)),
      isFilled: left === 0n,
      isCertain: left === 0n ? used <= certain : certain === Number.POSITIVE_INFINITY,
    };
  }

  #saw(frame: BookDepth): void {
    this.#last = frame;
    this.height = frame.lastUpdateId;
    this.diffs = 0;
  }

  #checkCrossed(): void {
    const [bid, ask] = [this.bids.best, this.asks.best];
    if (bid && ask && comparePrices(bid[0], ask[0]) >= 0)
      throw new BookError('CROSSED', `a bid of ${bid[0]} and an ask of ${ask[0]}`);
  }
}
