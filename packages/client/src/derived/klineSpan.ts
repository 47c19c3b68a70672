/**
 * The calendar of klines: from when to when the one lasts that a time belongs to, in UTC. Weeks begin on Monday, months on
 * the first.
 * In: an interval and a time. Out: where its kline opens and ends. The node's own calendar is the same (tested).
 */
import type { KlineInterval, Milliseconds } from '@dexwire/protocol';

/** From `open` up to, and without, `end`. */
export interface KlineSpan {
  readonly open: Milliseconds;
  readonly end: Milliseconds;
}

const HOUR_MS = 3_600_000;
const UNITS_MS = { m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS, w: 168 * HOUR_MS } as const;

/** 5 January 1970, the first Monday. */
const MONDAY_MS = 96 * HOUR_MS;

export const klineSpan = (interval: KlineInterval, time: Milliseconds): KlineSpan => {
  if (interval === '1M') {
    const date = new Date(time);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return { open: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
  }
  const length = Number.parseInt(interval, 10) * UNITS_MS[interval.at(-1) as keyof typeof UNITS_MS];
  const start = interval === '1w' ? MONDAY_MS : 0;
  const open = Math.floor((time - start) / length) * length + start;
  return { open, end: open + length };
};
