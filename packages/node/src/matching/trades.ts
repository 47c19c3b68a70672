/**
 * Trades as auctions make them: who sold to whom, how much, at what price. They lie in columns, a row each.
 * In: what `fill.ts` finds. Out: what settlement moves and reports tell.
 */
import type { TickType } from '@dexwire/protocol';
import { type Order, wider8, wider32, wider64 } from './orderColumns.ts';

/** Its place in the list is what the column `tick` has. */
export const TICKS = ['sellTaker', 'buyTaker', 'buySurplus', 'sellSurplus', 'neutral'] as const satisfies TickType[];

const ROOM = 256;

/** Quantities and prices are int64, units of 1e-8. */
export class Trades {
  /** Number of trades; there may be room for more rows. */
  length = 0;
  sell: Int32Array = new Int32Array(ROOM);
  buy: Int32Array = new Int32Array(ROOM);
  price: BigInt64Array = new BigInt64Array(ROOM);
  quantity: BigInt64Array = new BigInt64Array(ROOM);
  /** What of either order is filled after this trade. */
  sellFilled: BigInt64Array = new BigInt64Array(ROOM);
  buyFilled: BigInt64Array = new BigInt64Array(ROOM);
  tick: Uint8Array = new Uint8Array(ROOM);

  /** A new row, without prices and amounts, which the caller writes. */
  add(sell: Order, buy: Order, tick: number): number {
    const row = this.length;
    if (row === this.sell.length) this.#widen();
    this.length = row + 1;
    this.sell[row] = sell;
    this.buy[row] = buy;
    this.tick[row] = tick;
    return row;
  }

  tickOf(row: number): TickType {
    return TICKS[this.tick[row]!]!;
  }

  #widen(): void {
    this.sell = wider32(this.sell);
    this.buy = wider32(this.buy);
    this.price = wider64(this.price);
    this.quantity = wider64(this.quantity);
    this.sellFilled = wider64(this.sellFilled);
    this.buyFilled = wider64(this.buyFilled);
    this.tick = wider8(this.tick);
  }
}
