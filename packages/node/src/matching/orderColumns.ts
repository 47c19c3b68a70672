/**
 * Orders as the auction sees them: side, price, quantity, what of it is filled, since when each waits, and where.
 * In: what entry has accepted. Out: the orders that `restingOrders.ts` keeps and `match.ts` fills.
 *
 * They lie in columns, one for each thing that is known of an order, and a place in the columns stands for an order. So the
 * collector finds nothing to copy however many orders rest, and V8 computes on int64 without making bigint values.
 */
import type { Height } from '@dexwire/protocol';
import { PriceLevels } from './priceLevels.ts';

export type OrderSide = 'buy' | 'sell';

/** Stands for an order: its place in the columns, its own until it is released. */
export type Order = number;

/** In place of an order or a level that there is not. */
export const NONE = -1;

/** Places to begin with. */
export const ROOM = 256;

/** Columns of twice the length that begin alike. */
export const wider64 = (column: BigInt64Array): BigInt64Array<ArrayBuffer> => {
  const wide = new BigInt64Array(2 * column.length);
  wide.set(column);
  return wide;
};
export const wider32 = (column: Int32Array): Int32Array<ArrayBuffer> => {
  const wide = new Int32Array(2 * column.length);
  wide.set(column);
  return wide;
};
export const wider8 = (column: Uint8Array): Uint8Array<ArrayBuffer> => {
  const wide = new Uint8Array(2 * column.length);
  wide.set(column);
  return wide;
};
export const widerNumbers = (column: Float64Array): Float64Array<ArrayBuffer> => {
  const wide = new Float64Array(2 * column.length);
  wide.set(column);
  return wide;
};

/** Prices and quantities are int64, in units of 1e-8. */
export class OrderColumns {
  /** 1: a buy, 0: a sell. */
  isBuy = new Uint8Array(ROOM);
  price = new BigInt64Array(ROOM);
  quantity = new BigInt64Array(ROOM);
  /** Only the auction raises it. */
  filled = new BigInt64Array(ROOM);
  /** Block that carried the order: its time, for matching and expiry. */
  height = new Float64Array(ROOM);
  /** Where it rests, `NONE` when it does not; `PriceLevels` alone changes it, and the next two: its neighbours there. */
  level = new Int32Array(ROOM);
  before = new Int32Array(ROOM);
  after = new Int32Array(ROOM);
  readonly levels = new PriceLevels(this);
  /** Places that were ever given. */
  #given = 0;
  /** The first free place among them; `after` has the next. */
  #free: Order = NONE;
  #books = 0;

  /** A new order, which rests nowhere yet. */
  make(side: OrderSide, price: bigint, quantity: bigint, filled: bigint, height: Height): Order {
    let order = this.#free;
    if (order === NONE) {
      order = this.#given;
      this.#given += 1;
      if (order === this.price.length) this.widen();
    } else this.#free = this.after[order]!;
    this.isBuy[order] = side === 'buy' ? 1 : 0;
    this.price[order] = price;
    this.quantity[order] = quantity;
    this.filled[order] = filled;
    this.height[order] = height;
    this.level[order] = NONE;
    return order;
  }

  /** Lets its place be given again. @param order - It rests nowhere, and nobody asks for it any more. */
  release(order: Order): void {
    this.after[order] = this.#free;
    this.#free = order;
  }

  /** The number of a new book of such orders. */
  countBook(): number {
    this.#books += 1;
    return this.#books - 1;
  }

  sideOf(order: Order): OrderSide {
    return this.isBuy[order] === 1 ? 'buy' : 'sell';
  }

  /** Whether nothing of it is open. */
  isComplete(order: Order): boolean {
    return this.filled[order]! === this.quantity[order]!;
  }

  rests(order: Order): boolean {
    return this.level[order] !== NONE;
  }

  protected widen(): void {
    this.isBuy = wider8(this.isBuy);
    this.price = wider64(this.price);
    this.quantity = wider64(this.quantity);
    this.filled = wider64(this.filled);
    this.height = widerNumbers(this.height);
    this.level = wider32(this.level);
    this.before = wider32(this.before);
    this.after = wider32(this.after);
  }
}
