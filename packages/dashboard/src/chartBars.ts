/**
 * Bars for the chart library, which calculates with `number`: the one place where a figure becomes one.
 * In: bars with decimal texts. Out: candles and volumes as the library wants them, to be drawn and never to be read back.
 */
import type { Decimal } from 'dexwire';
import type { CandlestickData, HistogramData, UTCTimestamp } from 'lightweight-charts';
import type { Bar } from './rest.ts';

/** For pixels only: what people read beside the chart comes from the text. */
const chartNumber = (decimal: Decimal): number => Number(decimal);

const timeOf = ({ openTime }: Bar): UTCTimestamp => Math.floor(openTime / 1000) as UTCTimestamp;

export const candleOf = (bar: Bar): CandlestickData<UTCTimestamp> => ({
  time: timeOf(bar),
  open: chartNumber(bar.open),
  high: chartNumber(bar.high),
  low: chartNumber(bar.low),
  close: chartNumber(bar.close),
});

const isUp = (bar: Bar): boolean => chartNumber(bar.close) >= chartNumber(bar.open);

/** @param colors - Of a bar that rose, and of one that fell. */
export const volumeOf = (bar: Bar, colors: readonly [up: string, down: string]): HistogramData<UTCTimestamp> => ({
  time: timeOf(bar),
  value: chartNumber(bar.volume),
  color: colors[isUp(bar) ? 0 : 1],
});
