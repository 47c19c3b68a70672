/**
 * An order as the auction sees it: side, price, quantity, what of it is filled, and since when it waits.
 * In: what entry has accepted. Out: the orders that `restingOrders.ts` keeps and `match.ts` fills.
 */
import type { Height } from '@dexwire/protocol';
import type { PriceLevel } from './priceLevel.ts';

export type OrderSide = 'buy' | 'sell';

/** Prices and quantities are int64, in units of 1e-8. */
export class RestingOrder {
  readonly id: string;
  readonly side: OrderSide;
  readonly price: bigint;
  readonly quantity: bigint;
  /** Only the auction raises it. */
  filled: bigint;
  /** Block that carried it: its time, for matching and expiry. */
  readonly height: Height;
  /** Its place among the resting orders; they alone change it. */
  level: PriceLevel<this> | undefined = undefined;
  before: this | undefined = undefined;
  after: this | undefined = undefined;

  constructor(id: string, side: OrderSide, price: bigint, quantity: bigint, filled: bigint, height: Height) {
    this.id = id;
    this.side = side;
    this.price = price;
    this.quantity = quantity;
    this.filled = filled;
    this.height = height;
  }
}
