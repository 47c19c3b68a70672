/**
 * Orders with names, as tests of the auction and reference cases have them.
 * In: orders by id. Out: their places in columns, and what is known of them as plain values.
 */

import { type Order, OrderColumns, type OrderSide } from '../../packages/node/src/matching/orderColumns.ts';
import type { Level } from '../../packages/node/src/matching/priceLevels.ts';
import type { Trades } from '../../packages/node/src/matching/trades.ts';
import type { TickType } from '../../packages/protocol/src/streams/trades.ts';

export interface NamedOrder {
  readonly id: string;
  readonly side: OrderSide;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly filled: bigint;
  readonly height: number;
}

export interface NamedTrade {
  readonly sell: string;
  readonly buy: string;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly sellFilled: bigint;
  readonly buyFilled: bigint;
  readonly tick: TickType;
}

export class NamedOrders {
  readonly columns = new OrderColumns();
  readonly #ids: string[] = [];

  make(id: string, side: OrderSide, price: bigint, quantity: bigint, height: number, filled = 0n): Order {
    const order = this.columns.make(side, price, quantity, filled, height);
    this.#ids[order] = id;
    return order;
  }

  /** A level that stands alone. */
  level(price: bigint, orders: readonly Order[]): Level {
    const { levels } = this.columns;
    const level = levels.make(price);
    for (const order of orders) {
      if (!levels.append(level, order)) throw new RangeError(`level ${price} cannot hold ${this.idOf(order)}`);
    }
    return level;
  }

  idOf(order: Order): string {
    return this.#ids[order]!;
  }

  idsOf(orders: Iterable<Order>): string[] {
    return Array.from(orders, (order) => this.idOf(order));
  }

  read(order: Order): NamedOrder {
    const { price, quantity, filled, height } = this.columns;
    return {
      id: this.idOf(order),
      side: this.columns.sideOf(order),
      price: price[order]!,
      quantity: quantity[order]!,
      filled: filled[order]!,
      height: height[order]!,
    };
  }

  /** The orders of a level as they came. */
  onLevel(level: Level): NamedOrder[] {
    return Array.from(this.columns.levels.ordersOf(level), (order) => this.read(order));
  }

  trades(trades: Trades): NamedTrade[] {
    const { sell, buy, price, quantity, sellFilled, buyFilled } = trades;
    return Array.from({ length: trades.length }, (_, row) => ({
      sell: this.idOf(sell[row]!),
      buy: this.idOf(buy[row]!),
      price: price[row]!,
      quantity: quantity[row]!,
      sellFilled: sellFilled[row]!,
      buyFilled: buyFilled[row]!,
      tick: trades.tickOf(row),
    }));
  }
}
