/**
 * A taker: takes what the books offer, a little at a time and from each pair in turn, for one account or another.
 * In: books, balances, chance. Out: IOC orders, and GTE orders that cross.
 */
import type { Pair } from '../chain/state.ts';
import { byAge, type Desk } from './desk.ts';
import { floorToTick, leastQuantity, lockOf, quantityFor, stepOf } from './orderSizes.ts';
import type { Trader } from './trader.ts';
import { turnsAt } from './turns.ts';

export interface TakerOptions {
  /** Who takes. */
  readonly addresses: readonly string[];
  readonly symbols: readonly string[];
  /** Orders a block for each pair. */
  readonly perBlock: number;
}

/** Of what an account has, one order locks at most this part. */
const PART = 100n;

const MOST_LOTS = 60;

/** GTE orders of an account that may wait; more are cancelled, the oldest first. */
const MOST_WAITING = 4;

type Side = 'buy' | 'sell';

const other = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');

/**
 * The side on which to take: rather where the other side of the book has more, so that neither runs dry.
 * Never so that one of them is hardly taken.
 */
export const sideToTake = (desk: Desk, pair: Pair): Side => {
  const total = (side: Side): bigint => pair.orders.levels(side, 20).reduce((sum, [, quantity]) => sum + quantity, 0n);
  const asks = total('sell');
  const bids = total('buy');
  if (asks === 0n || bids === 0n) return asks === 0n ? 'sell' : 'buy';
  const buys = Number((1_000n * asks) / (asks + bids));
  return desk.chance.often(Math.min(Math.max(buys, 200), 800)) ? 'buy' : 'sell';
};

export const taker = ({ addresses, symbols, perBlock }: TakerOptions): Trader => {
  const act = (desk: Desk): void => {
    if (addresses.length === 0) return;
    const pairs = desk.pairs(symbols);
    pairs.forEach((pair, place) => {
      for (const _ of turnsAt(desk.height, perBlock, place / pairs.length)) {
        const side = sideToTake(desk, pair);
        if (!take(desk, pair, side)) take(desk, pair, other(side));
      }
    });
    for (const address of addresses) tidy(desk, address);
  };

  /** Takes for the first account, from anyone onwards, that can afford it. */
  const take = (desk: Desk, pair: Pair, side: Side): boolean => {
    const [best] = pair.orders.levels(other(side), 1);
    if (best === undefined) return false;
    const isIoc = desk.chance.often(700);
    const slip = isIoc ? BigInt(desk.chance.whole(0, 3)) * stepOf(pair) : 0n;
    const price = floorToTick(pair, side === 'buy' ? best[0] + slip : best[0] - slip);
    const lots = BigInt(desk.chance.whole(1, MOST_LOTS)) * pair.lotSize;
    const least = leastQuantity(pair, price);
    const quantity = lots > least ? lots : least;
    const first = desk.chance.whole(0, addresses.length - 1);
    for (let nth = 0; nth < addresses.length; nth += 1) {
      const address = addresses[(first + nth) % addresses.length] ?? '';
      const funds = desk.funds(address, pair, side) / PART;
      const afforded = lockOf(side, price, quantity) <= funds ? quantity : quantityFor(pair, side, price, funds);
      if (afforded < least) continue;
      return desk.order({ address, pair, side, price, quantity: afforded, timeInForce: isIoc ? 'IOC' : 'GTE' });
    }
    return false;
  };

  return { name: 'taker', source: 102, act };
};

/** Cancels the oldest orders that wait, so that few do. */
const tidy = (desk: Desk, address: string): void => {
  const waiting = desk.orders(address).filter(({ timeInForce }) => timeInForce === 'GTE');
  const [oldest] = waiting.length > MOST_WAITING ? [...waiting].sort(byAge) : [];
  if (oldest) desk.cancel(oldest);
};
