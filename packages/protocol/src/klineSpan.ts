/**
 * The calendar of klines: which one a time belongs to, of any interval, in UTC. Weeks begin on Monday, months on the first.
 * In: an interval and a time. Out: where klines open and end.
 */
import type { KlineInterval } from './streams/kline.ts';
import type { Milliseconds } from './units.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** 5 January 1970, the first Monday. */
const MONDAY_MS = 4 * DAY_MS;

const LENGTHS: Readonly<Record<Exclude<KlineInterval, '1M'>, Milliseconds>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
  '1w': 7 * DAY_MS,
};

/** The opening of the month that lies so many months after the one of `time`. */
const month = (time: Milliseconds, after: number): Milliseconds => {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + after);
};

/** Milliseconds since 1970, from `open` up to, and without, `end`. */
export interface KlineSpan {
  readonly open: Milliseconds;
  readonly end: Milliseconds;
}

/** From when to when the kline lasts that a time belongs to, UTC; weeks begin on Monday, months on the first. */
export const klineSpan = (interval: KlineInterval, time: Milliseconds): KlineSpan => {
  if (interval === '1M') return { open: month(time, 0), end: month(time, 1) };
  const length = LENGTHS[interval];
  const start = interval === '1w' ? MONDAY_MS : 0;
  const open = Math.floor((time - start) / length) * length + start;
  return { open, end: open + length };
};

/** Where the kline opens that lies `count` klines before the one that opens at `open`. */
export const klineOpenBefore = (interval: KlineInterval, open: Milliseconds, count: number): Milliseconds =>
  interval === '1M' ? month(open, -count) : open - count * LENGTHS[interval];
