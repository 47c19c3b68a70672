/**
 * A whale: seldom, and then one order that takes several price levels at once.
 * In: books, balances, chance. Out: large orders.
 */
import type { Pair } from '../chain/state.ts';
import type { Desk } from './desk.ts';
import { leastQuantity, lockOf, quantityFor } from './orderSizes.ts';
import { sideToTake } from './taker.ts';
import type { Trader } from './trader.ts';
import { turnsAt } from './turns.ts';

export interface WhaleOptions {
  readonly address: string;
  readonly symbols: readonly string[];
  readonly perBlock: number;
}

/** Of what it has, one order locks at most this part. */
const PART = 4n;

export const whale = ({ address, symbols, perBlock }: WhaleOptions): Trader => {
  const act = (desk: Desk): void => {
    const pairs = desk.pairs(symbols);
    if (pairs.length === 0) return;
    for (const _ of turnsAt(desk.height, perBlock)) {
      const pair = desk.chance.one(pairs);
      const side = sideToTake(desk, pair);
      if (!take(desk, pair, side)) take(desk, pair, side === 'buy' ? 'sell' : 'buy');
    }
  };

  const take = (desk: Desk, pair: Pair, side: 'buy' | 'sell'): boolean => {
    const levels = pair.orders.levels(side === 'buy' ? 'sell' : 'buy', desk.chance.whole(3, 7));
    const price = levels.at(-1)?.[0];
    if (price === undefined) return false;
    // Old orders may hold odd quantities, so the sum need not be whole lots.
    const sum = levels.reduce((total, [, quantity]) => total + quantity, 0n);
    const funds = desk.funds(address, pair, side) / PART;
    const lock = lockOf(side, price, sum);
    const quantity = quantityFor(pair, side, price, lock < funds ? lock : funds);
    if (quantity < leastQuantity(pair, price)) return false;
    return desk.order({ address, pair, side, price, quantity, timeInForce: 'IOC' });
  };

  return { name: 'whale', source: 104, act };
};
