/**
 * Noise: each of its accounts does something small in its turn, and little comes of it.
 * In: fair prices, balances, chance. Out: orders that wait near the fair price, cancels, IOC orders that find nothing.
 */
import type { Pair } from '../chain/state.ts';
import { byAge, type Desk } from './desk.ts';
import type { FairPrices } from './fairPrices.ts';
import { floorToTick, leastQuantity, lockOf, stepOf } from './orderSizes.ts';
import type { Trader } from './trader.ts';
import { turnsAt } from './turns.ts';

export interface NoiseOptions {
  readonly addresses: readonly string[];
  readonly symbols: readonly string[];
  readonly fairPrices: FairPrices;
  /** Actions a block for each account. */
  readonly perBlock: number;
}

/** Orders of an account that may wait; then the oldest is cancelled. */
const MOST_WAITING = 8;

const MOST_LOTS = 20;

/** Of what an account has, one order locks at most this part. */
const PART = 20n;

export const noise = ({ addresses, symbols, fairPrices, perBlock }: NoiseOptions): Trader => {
  const act = (desk: Desk): void => {
    const pairs = desk.pairs(symbols);
    if (pairs.length === 0) return;
    addresses.forEach((address, place) => {
      if (desk.isInUse(address)) return;
      for (const _ of turnsAt(desk.height, perBlock, place / addresses.length)) turn(desk, address, pairs);
    });
  };

  const turn = (desk: Desk, address: string, pairs: readonly Pair[]): void => {
    const waiting = desk.orders(address);
    const [oldest] = [...waiting].sort(byAge);
    if (oldest && (waiting.length >= MOST_WAITING || desk.chance.often(300))) {
      desk.cancel(oldest);
      return;
    }
    const isIoc = desk.chance.often(250);
    const first = desk.chance.whole(0, pairs.length - 1);
    const side = desk.chance.one(['buy', 'sell'] as const);
    // Whoever lacks one asset has another: the pairs in turn, each on both sides, until an order can be afforded.
    for (let nth = 0; nth < pairs.length; nth += 1) {
      const pair = pairs[(first + nth) % pairs.length];
      if (pair === undefined) continue;
      if (give(desk, address, pair, side, isIoc)) return;
      if (give(desk, address, pair, side === 'buy' ? 'sell' : 'buy', isIoc)) return;
    }
  };

  const give = (desk: Desk, address: string, pair: Pair, side: 'buy' | 'sell', isIoc: boolean): boolean => {
    const fair = fairPrices.of(pair, desk.height);
    // Waiting orders within the ladder of the market maker; IOC orders beyond what anyone offers.
    const away = BigInt(isIoc ? desk.chance.whole(60, 90) : desk.chance.whole(1, 15)) * stepOf(pair);
    const price = floorToTick(pair, side === 'sell' ? fair + away : fair > away ? fair - away : fair / 2n);
    const lots = BigInt(desk.chance.whole(1, MOST_LOTS)) * pair.lotSize;
    const least = leastQuantity(pair, price);
    const quantity = lots > least ? lots : least;
    if (lockOf(side, price, quantity) > desk.funds(address, pair, side) / PART) return false;
    return desk.order({ address, pair, side, price, quantity, timeInForce: isIoc ? 'IOC' : 'GTE' });
  };

  return { name: 'noise', source: 103, act };
};
