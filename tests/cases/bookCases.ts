/**
 * Cases of kind `book`: what comes to and goes from the resting orders.
 * In: cases. Out: their differences.
 */
import { expiredOrders } from '../../packages/node/src/matching/expired.ts';
import type { Order, OrderSide } from '../../packages/node/src/matching/orderColumns.ts';
import { Book, type BookJson, bookJson, bookOf, findOrder, type OrderJson } from './book.ts';
import { type CaseKinds, expecting } from './case.ts';

interface Placed extends OrderJson {
  readonly side: OrderSide;
  readonly price: string;
}

const found = (book: Book): Record<string, unknown> => {
  const json = bookJson(book);
  const short = (levels: BookJson['buys']): unknown =>
    levels.map(({ price, orders }) => [price, orders.map(({ id }) => id)]);
  return { book: json, buysBestFirst: short(json.buys), sellsBestFirst: short(json.sells) };
};

const remove = (book: Book, orders: readonly Order[]): Record<string, unknown> => {
  for (const order of orders) book.remove(order);
  return { ids: book.named.idsOf(orders), ...found(book) };
};

export const bookCases: CaseKinds = {
  'book.insert': expecting((input: { inserted: readonly Placed[]; insert: Placed }) => {
    const book = new Book();
    for (const order of [...input.inserted, input.insert]) book.place(order, order.side, order.price);
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
