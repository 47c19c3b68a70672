/**
 * Stream `miniTicker`: a few figures of the last 24 hours of one symbol, each second.
 * In, out: the table of a mini ticker. Source: spec §7.10; fixtures/miniTicker.ndjson.
 */
import { decimal, record, seconds, text, word } from '../schema.ts';
import type { SymbolStream } from '../stream.ts';
import type { Decimal, Seconds } from '../units.ts';

export interface MiniTicker {
  /** The documentation has the first, recordings have the second (perhaps edited by hand): kept as it was read. */
  readonly eventType: '24hrMiniTicker' | '24hrTicker';
  readonly eventTime: Seconds;
  readonly symbol: string;
  readonly lastPrice: Decimal;
  readonly openPrice: Decimal;
  readonly highPrice: Decimal;
  readonly lowPrice: Decimal;
  /** Base units. May pass int64 (spec §6). */
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
}

export const MINI_TICKER = record(
  [
    word('e', 'eventType', ['24hrMiniTicker', '24hrTicker']),
    seconds('E', 'eventTime'),
    text('s', 'symbol'),
    decimal('c', 'lastPrice'),
    decimal('o', 'openPrice'),
    decimal('h', 'highPrice'),
    decimal('l', 'lowPrice'),
    decimal('v', 'volume'),
    decimal('q', 'quoteVolume'),
  ],
  (v): MiniTicker => ({
    eventType: v[1],
    eventTime: v[2],
    symbol: v[3],
    lastPrice: v[4],
    openPrice: v[5],
    highPrice: v[6],
    lowPrice: v[7],
    volume: v[8],
    quoteVolume: v[9],
  }),
);

export const miniTicker: SymbolStream<MiniTicker> = {
  topic: 'miniTicker',
  scope: 'symbol',
  data: MINI_TICKER,
  conflatable: true,
  known: { at: 'eventTime', by: [] },
  isSteady: true,
};
