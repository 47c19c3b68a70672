/**
 * Orders that changed in the gap, as they are now. Each report that led there is not to be had.
 * In: what was missed. Out: one item with a report for each order, those that changed last at the end.
 *
 * Their height is one that REST had before it was asked, for REST tells of none. What changed last in a later block than was
 * asked for is left to the socket, and so is an order that waits for its first match: REST lists it at once, with the time of the
 * block before. Only where that is the very block that was asked for can it not be told apart.
 */
import {
  type Height,
  type Nanoseconds,
  ORDER_STATUSES,
  type OrderReport,
  type OrderStatus,
  type Side,
  type TimeInForce,
} from '@dexwire/protocol';
import { bad, decimalAt, member, textAt } from '../rest/members.ts';
import { listAt, type Mend, millisecondsOf, timeAt } from './reading.ts';

/** What a code or a word stands for. */
const codeAt = <T>(from: unknown, name: string, meanings: ReadonlyMap<unknown, T>): T => {
  const value = member(from, name);
  return meanings.get(value) ?? bad(name, value);
};

const SIDES: ReadonlyMap<unknown, Side> = new Map([
  [1, 'buy'],
  [2, 'sell'],
]);
const TIMES_IN_FORCE: ReadonlyMap<unknown, TimeInForce> = new Map([
  [1, 'GTE'],
  [3, 'IOC'],
]);
const STATUSES: ReadonlyMap<unknown, OrderStatus> = new Map(ORDER_STATUSES.map((status) => [status, status]));

const readReport =
  (height: Height) =>
  (from: unknown): OrderReport => ({
    eventType: 'executionReport',
    height,
    symbol: textAt(from, 'symbol'),
    side: codeAt(from, 'side', SIDES),
    orderType: 'limit',
    timeInForce: codeAt(from, 'timeInForce', TIMES_IN_FORCE),
    quantity: decimalAt(from, 'quantity'),
    price: decimalAt(from, 'price'),
    executionType: 'NEW',
    status: codeAt(from, 'status', STATUSES),
    orderId: textAt(from, 'orderId'),
    lastExecutedQuantity: decimalAt(from, 'lastExecutedQuantity'),
    lastExecutedPrice: decimalAt(from, 'lastExecutedPrice'),
    cumulativeFilledQuantity: decimalAt(from, 'cumulateQuantity'),
    commission: textAt(from, 'fee'),
    time: timeAt(from, 'transactionTime'),
    tradeId: textAt(from, 'tradeId'),
    orderCreationTime: timeAt(from, 'orderCreateTime'),
  });

const byTime = (a: Nanoseconds, b: Nanoseconds): number => (a < b ? -1 : a > b ? 1 : 0);

export const mendOrders: Mend = async (missed, reading, most, keep) => {
  const { subject, to } = missed;
  const latest = await reading.latest(to);
  const { height, time } = latest;
  const since = await reading.since(latest, missed);
  // Cut to milliseconds, as REST tells them.
  const until = millisecondsOf(time) - (to !== undefined && to < height ? 1 : 0);
  const found = new Map<string, OrderReport>();
  keep(() => {
    const events = [...found.values()]
      .sort((a, b) => byTime(a.time, b.time) || byTime(a.orderCreationTime, b.orderCreationTime))
      .slice(-most);
    return events.length === 0 ? [] : [{ kind: 'events', events, height, repaired: true, current: true }];
  });
  const read = readReport(height);
  const add = async (path: string): Promise<void> => {
    for await (const page of reading.pages(path, 'order', read, ({ orderId }) => orderId))
      for (const report of page) {
        const changed = millisecondsOf(report.time);
        if (changed >= (since?.time ?? 0) && changed <= until) found.set(report.orderId, report);
        else found.delete(report.orderId);
      }
  };
  const of = `address=${encodeURIComponent(subject)}`;
  // What ends between the two is told by the second, which is asked last and so knows better.
  await add(`/orders/open?${of}`);
  if (since === undefined) return 'unknown';
  await add(`/orders/closed?${of}&start=${since.time}`);
  if (found.size > most) return 'some';
  // One that ended before says that what ended since is all there.
  const [earlier] = await reading.get(`/orders/closed?${of}&end=${since.time - 1}&limit=1`, (body) =>
    listAt(body, 'order', read),
  );
  return earlier === undefined || !since.isSure ? 'unknown' : 'none';
};
