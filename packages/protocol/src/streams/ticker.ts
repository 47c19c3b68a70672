/**
 * Stream `ticker`: the last 24 hours of one symbol, each second, also when nothing changed (recorded).
 * In, out: the table of a ticker. Source: spec §7.8; fixtures/ticker.ndjson.
 */
import { count, decimal, id, milliseconds, record, seconds, text, word } from '../schema.ts';
import type { SymbolStream } from '../stream.ts';
import type { Decimal, Milliseconds, Seconds } from '../units.ts';

export interface Ticker {
  readonly eventType: '24hrTicker';
  readonly eventTime: Seconds;
  readonly symbol: string;
  /** `lastPrice - openPrice` (recorded). */
  readonly priceChange: Decimal;
  /** A fraction, not a percentage: -0.0086 is a fall of 0.86 %. Cut to 4 decimals, written with 8 (recorded). */
  readonly priceChangePercent: Decimal;
  /** `quoteVolume / volume`, rounded to 8 decimals; the last price if nothing traded (recorded). */
  readonly weightedAveragePrice: Decimal;
  /** Price of the last trade before the window (assumed: recordings allow two readings). */
  readonly previousClosePrice: Decimal;
  readonly lastPrice: Decimal;
  readonly lastQuantity: Decimal;
  /** 0 if the side is empty, as are the next three (recorded). */
  readonly bidPrice: Decimal;
  readonly bidQuantity: Decimal;
  readonly askPrice: Decimal;
  readonly askQuantity: Decimal;
  readonly openPrice: Decimal;
  readonly highPrice: Decimal;
  readonly lowPrice: Decimal;
  /** Base units. May pass int64 (spec §6). */
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
  /** `closeTime` less 24 hours (recorded). */
  readonly openTime: Milliseconds;
  /** End of the window, up to 41 s before `eventTime` (recorded). */
  readonly closeTime: Milliseconds;
  /** Both the last known trade if nothing traded (recorded). */
  readonly firstTradeId: string;
  readonly lastTradeId: string;
  readonly tradeCount: number;
}

export const TICKER = record(
  [
    word('e', 'eventType', ['24hrTicker']),
    seconds('E', 'eventTime'),
    text('s', 'symbol'),
    decimal('p', 'priceChange'),
    decimal('P', 'priceChangePercent'),
    decimal('w', 'weightedAveragePrice'),
    decimal('x', 'previousClosePrice'),
    decimal('c', 'lastPrice'),
    decimal('Q', 'lastQuantity'),
    decimal('b', 'bidPrice'),
    decimal('B', 'bidQuantity'),
    decimal('a', 'askPrice'),
    decimal('A', 'askQuantity'),
    decimal('o', 'openPrice'),
    decimal('h', 'highPrice'),
    decimal('l', 'lowPrice'),
    decimal('v', 'volume'),
    decimal('q', 'quoteVolume'),
    milliseconds('O', 'openTime'),
    milliseconds('C', 'closeTime'),
    id('F', 'firstTradeId'),
    id('L', 'lastTradeId'),
    count('n', 'tradeCount'),
  ],
  (v): Ticker => ({
    eventType: v[1],
    eventTime: v[2],
    symbol: v[3],
    priceChange: v[4],
    priceChangePercent: v[5],
    weightedAveragePrice: v[6],
    previousClosePrice: v[7],
    lastPrice: v[8],
    lastQuantity: v[9],
    bidPrice: v[10],
    bidQuantity: v[11],
    askPrice: v[12],
    askQuantity: v[13],
    openPrice: v[14],
    highPrice: v[15],
    lowPrice: v[16],
    volume: v[17],
    quoteVolume: v[18],
    openTime: v[19],
    closeTime: v[20],
    firstTradeId: v[21],
    lastTradeId: v[22],
    tradeCount: v[23],
  }),
);

export const ticker: SymbolStream<Ticker> = {
  topic: 'ticker',
  scope: 'symbol',
  data: TICKER,
  conflatable: true,
  known: { at: 'eventTime', by: [] },
  isSteady: true,
};
