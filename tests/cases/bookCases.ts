/**
 * Cases of kind `book`: what comes to and goes from the resting orders.
 * In: cases. Out: their differences.
 */
import { expiredOrders } from '../../packages/node/src/matching/expired.ts';
import type { OrderSide, RestingOrder } from '../../packages/node/src/matching/restingOrder.ts';
import { RestingOrders } from '../../packages/node/src/matching/restingOrders.ts';
import { type BookJson, bookJson, bookOf, findOrder, type OrderJson, orderOf } from './book.ts';
import { type CaseKinds, expecting } from './case.ts';

interface Placed extends OrderJson {
  readonly side: OrderSide;
  readonly price: string;
}

const found = (book: RestingOrders): Record<string, unknown> => {
  const json = bookJson(book);
  const short = (levels: BookJson['buys']): unknown =>
    levels.map(({ price, orders }) => [price, orders.map(({ id }) => id)]);
  return { book: json, buysBestFirst: short(json.buys), sellsBestFirst: short(json.sells) };
};

const remove = (book: RestingOrders, orders: readonly RestingOrder[]): Record<string, unknown> => {
  for (const order of orders) book.remove(order);
  return { ids: orders.map(({ id }) => id), ...found(book) };
};

export const bookCases: CaseKinds = {
  'book.insert': expecting((input: { inserted: readonly Placed[]; insert: Placed }) => {
    const book = new RestingOrders();
    for (const order of [...input.inserted, input.insert]) book.insert(orderOf(order, order.side, order.price));
    return found(book);
  }),
  'book.removeOrder': expecting((input: { book: BookJson; id: string; side: OrderSide; price: string }) => {
    const book = bookOf(input.book);
    const order = findOrder(book, input);
    return { ok: order !== undefined && book.remove(order), ...found(book) };
  }),
  'book.removeBefore': expecting((input: { book: BookJson; side: OrderSide; before: number }) => {
    const book = bookOf(input.book);
    return remove(
      book,
      expiredOrders(book, input.side, { reservedLevels: 0, reservedBefore: 0, before: input.before }),
    );
  }),
  'book.removeByLevel': expecting(
    (input: {
      book: BookJson;
      side: OrderSide;
      expireBefore: number;
      forceExpireBefore: number;
      reservedLevels: number;
    }) => {
      const book = bookOf(input.book);
      const { reservedLevels, forceExpireBefore: reservedBefore, expireBefore: before } = input;
      return remove(book, expiredOrders(book, input.side, { reservedLevels, reservedBefore, before }));
    },
  ),
};
