/**
 * Orders and books as case files write them, and as the auction keeps them.
 * In: JSON with amounts as decimal text. Out: resting orders; and back.
 */
import type { Order, OrderSide } from '../../packages/node/src/matching/orderColumns.ts';
import type { Level } from '../../packages/node/src/matching/priceLevels.ts';
import { RestingOrders } from '../../packages/node/src/matching/restingOrders.ts';
import { NamedOrders } from '../support/namedOrders.ts';

export interface OrderJson {
  readonly id: string;
  readonly time: number;
  readonly qty: string;
  readonly cum?: string;
  /** What it may trade in this round, where that matters. */
  readonly open?: string;
}

export interface LevelJson {
  readonly price: string;
  readonly orders: readonly OrderJson[];
}

/** Best price first. */
export interface BookJson {
  readonly buys: readonly LevelJson[];
  readonly sells: readonly LevelJson[];
}

const orderOf = (named: NamedOrders, json: OrderJson, side: OrderSide, price: string): Order =>
  named.make(json.id, side, BigInt(price), BigInt(json.qty), json.time, BigInt(json.cum ?? '0'));

/** A level that stands alone. */
export const levelOf = (named: NamedOrders, side: OrderSide, price: string, orders: readonly OrderJson[]): Level =>
  named.level(
    BigInt(price),
    orders.map((order) => orderOf(named, order, side, price)),
  );

/** Resting orders and their names. */
export class Book extends RestingOrders {
  readonly named: NamedOrders;

  constructor(named = new NamedOrders()) {
    super(named.columns);
    this.named = named;
  }

  place(json: OrderJson, side: OrderSide, price: string): void {
    const order = orderOf(this.named, json, side, price);
    if (!this.insert(order)) throw new RangeError(`a level of ${price} cannot hold ${json.id}`);
  }
}

export const bookOf = ({ buys, sells }: BookJson): Book => {
  const book = new Book();
  for (const { price, orders } of buys) for (const order of orders) book.place(order, 'buy', price);
  for (const { price, orders } of sells) for (const order of orders) book.place(order, 'sell', price);
  return book;
};

const sideJson = (book: Book, side: OrderSide): LevelJson[] =>
  book.ranked(side).map((level) => ({
    price: String(book.columns.levels.price[level]),
    orders: book.named.onLevel(level).map(({ id, height, quantity, filled }) => ({
      id,
      time: height,
      qty: String(quantity),
      cum: String(filled),
    })),
  }));

export const bookJson = (book: Book): BookJson => ({
  buys: sideJson(book, 'buy'),
  sells: sideJson(book, 'sell'),
});

/** The order of an id on a level; ids may occur twice in a book, at different prices. */
export const findOrder = (
  book: Book,
  { id, side, price }: { readonly id: string; readonly side: OrderSide; readonly price: string },
): Order | undefined => {
  const { price: prices } = book.columns;
  return book.ordersOf(side).find((order) => prices[order] === BigInt(price) && book.named.idOf(order) === id);
};
