/**
 * Stream `trades`: the trades of one symbol. One frame per block that has any (recorded).
 * In, out: the table of a trade. Source: spec §7.4; fixtures/trades.ndjson.
 */
import { code, decimal, height, id, listOf, nanoseconds, optional, record, text, word } from '../schema.ts';
import type { SymbolStream } from '../stream.ts';
import type { Decimal, Height, Nanoseconds } from '../units.ts';

/**
 * `sellTaker`, `buyTaker`: the side that took what the other had resting. Of two new orders: `buySurplus`,
 * `sellSurplus`, the side that had quantity left, or `neutral`. Spec §6, reference.
 */
export const TICK_TYPES = ['unknown', 'sellTaker', 'buyTaker', 'buySurplus', 'sellSurplus', 'neutral'] as const;
export type TickType = (typeof TICK_TYPES)[number];

export interface Trade {
  readonly eventType: 'trade';
  /** Block of the trade (recorded; a sample of the documentation calls it a time). */
  readonly height: Height;
  readonly symbol: string;
  /** `<height>-<index>`; the index counts all trades of the block from 0 (recorded). */
  readonly tradeId: string;
  /** Quote units for one base unit. */
  readonly price: Decimal;
  /** Base units. */
  readonly quantity: Decimal;
  /** `<address bytes of the owner, upper-case hex>-<sequence>` (recorded). */
  readonly buyerOrderId: string;
  readonly sellerOrderId: string;
  /** Block time: equal for all trades of a block (recorded). */
  readonly time: Nanoseconds;
  readonly sellerAddress: string;
  readonly buyerAddress: string;
  /** Absent before mid-2019 (recorded). */
  readonly tick?: TickType;
}

/** For some weeks the documentation had the name in place of the number. */
const OLD_TICKS = {
  Unknown: 'unknown',
  SellTaker: 'sellTaker',
  BuyTaker: 'buyTaker',
  BuySurplus: 'buySurplus',
  SellSurplus: 'sellSurplus',
  Neutral: 'neutral',
} as const;

const TRADE = record(
  [
    word('e', 'eventType', ['trade']),
    height('E', 'height'),
    text('s', 'symbol'),
    id('t', 'tradeId'),
    decimal('p', 'price'),
    decimal('q', 'quantity'),
    id('b', 'buyerOrderId'),
    id('a', 'sellerOrderId'),
    nanoseconds('T', 'time'),
    text('sa', 'sellerAddress'),
    text('ba', 'buyerAddress'),
    optional(code('tt', 'tick', TICK_TYPES, OLD_TICKS)),
  ],
  (v): Trade => {
    const trade: { -readonly [Key in keyof Trade]: Trade[Key] } = {
      eventType: v[1],
      height: v[2],
      symbol: v[3],
      tradeId: v[4],
      price: v[5],
      quantity: v[6],
      buyerOrderId: v[7],
      sellerOrderId: v[8],
      time: v[9],
      sellerAddress: v[10],
      buyerAddress: v[11],
    };
    if (v[12]) trade.tick = v[12];
    return trade;
  },
);

export const trades: SymbolStream<Trade[]> = {
  topic: 'trades',
  scope: 'symbol',
  data: listOf(TRADE),
  conflatable: false,
  known: { at: 'height', by: ['tradeId'] },
};
