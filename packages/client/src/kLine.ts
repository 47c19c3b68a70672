/**
 * The kline intervals under the names of the Python package.
 * In: nothing. Out: `KLine.interval1min` and its fourteen kin. There `5min` was `4m` by mistake, and `30min` was missing.
 */
import type { KlineInterval } from '@dexwire/protocol';

export const KLine = {
  interval1min: '1m',
  interval3min: '3m',
  interval5min: '5m',
  interval15min: '15m',
  interval30min: '30m',
  interval1hour: '1h',
  interval2hour: '2h',
  interval4hour: '4h',
  interval6hour: '6h',
  interval8hour: '8h',
  interval12hour: '12h',
  interval1day: '1d',
  interval3day: '3d',
  interval1week: '1w',
  interval1month: '1M',
} as const satisfies Record<string, KlineInterval>;
