/**
 * A market maker: keeps a ladder of bids and asks around the fair price of each of its pairs.
 * In: fair prices, what it holds. Out: orders at the levels that have too little, cancels of orders that are stale.
 *
 * Its levels lie on a fixed grid, so when the fair price moves by a step, one level comes and one goes; the others stay.
 */
import type { OpenOrder } from '../chain/openOrders.ts';
import type { Pair } from '../chain/state.ts';
import { byAge, type Desk } from './desk.ts';
import type { FairPrices } from './fairPrices.ts';
import { floorToLot, leastQuantity, quantityFor, stepOf } from './orderSizes.ts';
import type { Trader } from './trader.ts';

export interface MarketMakerOptions {
  readonly address: string;
  readonly symbols: readonly string[];
  readonly fairPrices: FairPrices;
  /** Price levels that it keeps on each side. */
  readonly levels: number;
  /** New orders that it gives at most on each side of a pair in one block. */
  readonly pace: number;
}

/** How many levels further out than its ladder an order may stay. */
const SLACK = 6n;

/** What a level should have, in lots: from half of this to one and a half times, by the level's price. */
const LOTS = 400n;

/** What a level should have at least, where a lot is much less than what an order must have. */
const LEAST_ORDERS = 8n;

type Side = 'buy' | 'sell';

export const marketMaker = ({ address, symbols, fairPrices, levels, pace }: MarketMakerOptions): Trader => {
  const act = (desk: Desk): void => {
    const pairs = desk.pairs(symbols);
    const own = new Map<Pair, OpenOrder[]>(pairs.map((pair) => [pair, []]));
    for (const order of desk.orders(address)) own.get(order.pair)?.push(order);
    for (const pair of pairs) {
      const step = stepOf(pair);
      const middle = fairPrices.of(pair, desk.height) / step;
      const kept = keep(desk, own.get(pair) ?? [], middle, step);
      const shares = (asset: string): bigint =>
        BigInt(2 * levels * pairs.filter(({ base, quote }) => base === asset || quote === asset).length);
      fill(desk, pair, 'buy', middle, step, shares(pair.quote), kept.buy);
      fill(desk, pair, 'sell', middle, step, shares(pair.base), kept.sell);
    }
  };

  /** Cancels what is stale. What the rest has open, by price. */
  const keep = (
    desk: Desk,
    orders: readonly OpenOrder[],
    middle: bigint,
    step: bigint,
  ): Record<Side, Map<bigint, bigint>> => {
    const open = { buy: new Map<bigint, bigint>(), sell: new Map<bigint, bigint>() };
    const stale: OpenOrder[] = [];
    for (const order of orders) {
      // From 0 at the best level of its side outwards.
      const place = order.side === 'buy' ? middle - order.price / step : order.price / step - middle - 1n;
      if (place < 0n || place > BigInt(levels) + SLACK || order.price % step !== 0n) stale.push(order);
      else {
        const ofSide = open[order.side];
        ofSide.set(order.price, (ofSide.get(order.price) ?? 0n) + order.quantity - order.filled);
      }
    }
    for (const order of stale.sort(byAge)) desk.cancel(order);
    return open;
  };

  /** Gives orders at the levels of a side that have less than half of what they should, best first. */
  const fill = (
    desk: Desk,
    pair: Pair,
    side: Side,
    middle: bigint,
    step: bigint,
    shares: bigint,
    open: ReadonlyMap<bigint, bigint>,
  ): void => {
    const balance = desk.state.accounts.get(address)?.of(side === 'buy' ? pair.quote : pair.base);
    const share = balance === undefined ? 0n : (balance.free + balance.locked) / shares;
    let given = 0;
    for (let place = 0n; place < BigInt(levels) && given < pace; place += 1n) {
      const index = side === 'buy' ? middle - place : middle + 1n + place;
      const price = index * step;
      if (price <= 0n) return;
      const least = leastQuantity(pair, price);
      const afforded = quantityFor(pair, side, price, share);
      const wished = wish(pair, index, least);
      const wanted = wished < afforded ? wished : afforded;
      const has = open.get(price) ?? 0n;
      if (2n * has >= wanted || wanted - has < least) continue;
      const isGiven = desk.order({ address, pair, side, price, quantity: wanted - has, timeInForce: 'GTE' });
      if (!isGiven) return;
      given += 1;
    }
  };

  return { name: 'maker', source: 101, act };
};

/** What a level should have: of a kind with its neighbours, not the same. */
const wish = (pair: Pair, index: bigint, least: bigint): bigint => {
  const usual = LOTS * pair.lotSize > LEAST_ORDERS * least ? LOTS * pair.lotSize : LEAST_ORDERS * least;
  return floorToLot(pair, (usual * (50n + ((index * 61n) % 101n))) / 100n);
};
