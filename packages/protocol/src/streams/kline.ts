/**
 * Stream `kline_<interval>`: the current candle of one symbol, each second.
 * In: the interval. Out: the table of a kline update. Source: spec §7.7. Never recorded: the order of keys follows the
 * venue's Go client, as every recorded frame's does.
 */
import { boolean, count, decimal, id, milliseconds, nested, record, seconds, text, word } from '../schema.ts';
import type { SymbolStream } from '../stream.ts';
import type { Decimal, Milliseconds, Seconds } from '../units.ts';

export const KLINE_INTERVALS = [
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
  '3d',
  '1w',
  '1M',
] as const;
/** Minutes, hours, days, weeks and months. */
export type KlineInterval = (typeof KLINE_INTERVALS)[number];

export interface Kline {
  readonly symbol: string;
  readonly openTime: Milliseconds;
  /** The next kline's open time less 1. */
  readonly closeTime: Milliseconds;
  readonly interval: KlineInterval;
  /** The last known trade if the kline has none; empty before the first trade ever (assumed). */
  readonly firstTradeId: string;
  readonly lastTradeId: string;
  readonly open: Decimal;
  readonly close: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  /** Base units. May pass int64 (spec §6). */
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
  readonly tradeCount: number;
  /** No later update of this kline follows. */
  readonly isClosed: boolean;
}

export interface KlineUpdate {
  readonly eventType: 'kline';
  /** As sent: seconds; from 1e11 on, milliseconds (assumed: clients disagree). `klineTime` makes it one unit. */
  readonly eventTime: Seconds | Milliseconds;
  readonly symbol: string;
  readonly kline: Kline;
}

const KLINE = record(
  [
    text('s', 'symbol'),
    milliseconds('t', 'openTime'),
    milliseconds('T', 'closeTime'),
    word('i', 'interval', KLINE_INTERVALS),
    id('f', 'firstTradeId'),
    id('L', 'lastTradeId'),
    decimal('o', 'open'),
    decimal('c', 'close'),
    decimal('h', 'high'),
    decimal('l', 'low'),
    decimal('v', 'volume'),
    decimal('q', 'quoteVolume'),
    count('n', 'tradeCount'),
    boolean('x', 'isClosed'),
  ],
  (v): Kline => ({
    symbol: v[1],
    openTime: v[2],
    closeTime: v[3],
    interval: v[4],
    firstTradeId: v[5],
    lastTradeId: v[6],
    open: v[7],
    close: v[8],
    high: v[9],
    low: v[10],
    volume: v[11],
    quoteVolume: v[12],
    tradeCount: v[13],
    isClosed: v[14],
  }),
);

const KLINE_UPDATE = record(
  [word('e', 'eventType', ['kline']), seconds('E', 'eventTime'), text('s', 'symbol'), nested('k', 'kline', KLINE)],
  (v): KlineUpdate => ({ eventType: v[1], eventTime: v[2], symbol: v[3], kline: v[4] }),
);

const made: Partial<Record<KlineInterval, SymbolStream<KlineUpdate>>> = {};

/** The stream of one interval's klines. */
export const kline = (interval: KlineInterval): SymbolStream<KlineUpdate> =>
  (made[interval] ??= {
    topic: `kline_${interval}`,
    scope: 'symbol',
    data: KLINE_UPDATE,
    conflatable: true,
    known: { at: 'eventTime', by: ['kline'] },
    isSteady: true,
  });

/** When a kline update was made, whichever unit the gateway sent. */
export const klineTime = (update: KlineUpdate): Milliseconds => {
  const eventTime: number = update.eventTime;
  return eventTime >= 1e11 ? eventTime : eventTime * 1000;
};
