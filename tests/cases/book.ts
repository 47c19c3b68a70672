/**
 * Orders and books as case files write them, and as the auction keeps them.
 * In: JSON with amounts as decimal text. Out: resting orders; and back.
 */
import { PriceLevel } from '../../packages/node/src/matching/priceLevel.ts';
import { type OrderSide, RestingOrder } from '../../packages/node/src/matching/restingOrder.ts';
import { RestingOrders } from '../../packages/node/src/matching/restingOrders.ts';

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

export const orderOf = (json: OrderJson, side: OrderSide, price: string): RestingOrder =>
  new RestingOrder(json.id, side, BigInt(price), BigInt(json.qty), BigInt(json.cum ?? '0'), json.time);

/** A level that stands alone. */
export const levelOf = (side: OrderSide, price: string, orders: readonly OrderJson[]): PriceLevel => {
  const level = new PriceLevel(BigInt(price));
  for (const order of orders) level.append(orderOf(order, side, price));
  return level;
};

export const bookOf = ({ buys, sells }: BookJson): RestingOrders => {
  const book = new RestingOrders();
  for (const { price, orders } of buys) for (const order of orders) book.insert(orderOf(order, 'buy', price));
  for (const { price, orders } of sells) for (const order of orders) book.insert(orderOf(order, 'sell', price));
  return book;
};

const sideJson = (book: RestingOrders, side: OrderSide): LevelJson[] =>
  [...book.ranked(side)].map(([, level]) => ({
    price: String(level.price),
    orders: [...level].map(({ id, height, quantity, filled }) => ({
      id,
      time: height,
      qty: String(quantity),
      cum: String(filled),
    })),
  }));

export const bookJson = (book: RestingOrders): BookJson => ({
  buys: sideJson(book, 'buy'),
  sells: sideJson(book, 'sell'),
});

/** The order of an id on a level; ids may occur twice in a book, at different prices. */
export const findOrder = (
  book: RestingOrders,
  { id, side, price }: { readonly id: string; readonly side: OrderSide; readonly price: string },
): RestingOrder | undefined => {
  for (const order of book.at(side, BigInt(price)) ?? []) if (order.id === id) return order;
  return undefined;
};
