/**
 * Stream `orders`: what happened to the orders of one address. One frame per block in which anything did, all reports of
 * the block in it (recorded); first those whose order stays open, then those whose order ended (reference).
 * In, out: the table of an order report. Source: spec §7.1; fixtures/orders.ndjson.
 */
import { code, decimal, height, id, listOf, nanoseconds, record, text, word } from '../schema.ts';
import type { AddressStream } from '../stream.ts';
import type { Decimal, Height, Nanoseconds } from '../units.ts';

/** Open are `Ack`, `PartialFill` and `FailedBlocking`; all others end the order (reference). */
export const ORDER_STATUSES = [
  'Ack',
  'PartialFill',
  'FullyFill',
  'Canceled',
  'Expired',
  'IocNoFill',
  'IocExpire',
  'FailedBlocking',
  'FailedMatching',
  'Unknown',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export type Side = 'buy' | 'sell';

/** Good till expire, or immediate or cancel. */
export type TimeInForce = 'GTE' | 'IOC';

export interface OrderReport {
  readonly eventType: 'executionReport';
  /** Block of the report (recorded; the documentation's sample looks like milliseconds). */
  readonly height: Height;
  readonly symbol: string;
  /** `unknown`, like the next two: a cancel that failed is reported with symbol and order id only (reference). */
  readonly side: Side | 'unknown';
  readonly orderType: 'limit' | 'unknown';
  readonly timeInForce: TimeInForce | 'unknown';
  /** Base units ordered. */
  readonly quantity: Decimal;
  /** The limit, quote units for one base unit. */
  readonly price: Decimal;
  /** Always `NEW`; the node prints `Unknown` for a value it has no name for (reference). */
  readonly executionType: 'NEW' | 'Unknown';
  readonly status: OrderStatus;
  /** `<address bytes of the owner, upper-case hex>-<sequence>` (recorded). */
  readonly orderId: string;
  /** Base units of this fill; 0 if this report is none. */
  readonly lastExecutedQuantity: Decimal;
  /** Price of this fill; 0 if this report is none. */
  readonly lastExecutedPrice: Decimal;
  /** Base units filled by the end of the block, on the `Ack` too (recorded). */
  readonly cumulativeFilledQuantity: Decimal;
  /** All fees of the owner in this block, on each of its reports, charged once; `parseFees` reads it (recorded). */
  readonly commission: string;
  /** Block time of this report. */
  readonly time: Nanoseconds;
  /** Empty unless this report is a fill (recorded). */
  readonly tradeId: string;
  /** Block time of the order's entry. */
  readonly orderCreationTime: Nanoseconds;
}

const ORDER_REPORT = record(
  [
    word('e', 'eventType', ['executionReport']),
    height('E', 'height'),
    text('s', 'symbol'),
    // Words in place of codes: the schema before February 2019.
    code('S', 'side', ['unknown', 'buy', 'sell'], { BUY: 'buy', SELL: 'sell' }),
    code('o', 'orderType', ['unknown', undefined, 'limit'], { LIMIT: 'limit' }),
    code('f', 'timeInForce', ['unknown', 'GTE', undefined, 'IOC'], { GTE: 'GTE', GTC: 'GTE', IOC: 'IOC' }),
    decimal('q', 'quantity'),
    decimal('p', 'price'),
    word('x', 'executionType', ['NEW', 'Unknown']),
    word('X', 'status', ORDER_STATUSES),
    id('i', 'orderId'),
    decimal('l', 'lastExecutedQuantity'),
    decimal('L', 'lastExecutedPrice'),
    decimal('z', 'cumulativeFilledQuantity'),
    text('n', 'commission'),
    nanoseconds('T', 'time'),
    id('t', 'tradeId'),
    nanoseconds('O', 'orderCreationTime'),
  ],
  (v): OrderReport => ({
    eventType: v[1],
    height: v[2],
    symbol: v[3],
    side: v[4],
    orderType: v[5],
    timeInForce: v[6],
    quantity: v[7],
    price: v[8],
    executionType: v[9],
    status: v[10],
    orderId: v[11],
    lastExecutedQuantity: v[12],
    lastExecutedPrice: v[13],
    cumulativeFilledQuantity: v[14],
    commission: v[15],
    time: v[16],
    tradeId: v[17],
    orderCreationTime: v[18],
  }),
);

export const orders: AddressStream<OrderReport[]> = {
  topic: 'orders',
  scope: 'address',
  data: listOf(ORDER_REPORT),
  conflatable: false,
  known: {
    at: 'height',
    by: ['orderId', 'status', 'tradeId'],
    state: ['orderId', 'status', 'cumulativeFilledQuantity'],
  },
};
