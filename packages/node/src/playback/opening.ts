/**
 * What a symbol stands at when the recordings begin to play.
 * In: what was recorded of it, a height. Out: the opening of its tickers and klines, with ids that suit the heights to come.
 */
import { formatTradeId, type Height, parseTradeId } from '@dexwire/protocol';
import { BLOCK_MS } from '../blockClock.ts';
import { DAY_MS } from '../marketData/dayWindow.ts';
import type { Opening } from '../marketData/tickers.ts';
import { unitsOf } from './market.ts';
import type { MarketRecording } from './recordings.ts';

const DAY_BLOCKS = DAY_MS / BLOCK_MS;

/** The day that was recorded becomes the day before `height`; without a trade in it, its last one was before that. */
export const openingOf = (recording: MarketRecording, height: Height): Opening => {
  const { symbol, last, ticker, miniTicker } = recording;
  const at = (id: string, moved: number): string =>
    formatTradeId({ height: Math.max(height + moved, 0), index: parseTradeId(id).index });
  const quiet = ticker ? ticker.tradeCount === 0 : miniTicker === undefined;
  const price = unitsOf(last.price);
  const quantity = last.quantity ?? miniTicker?.volume;
  const traded = {
    tradeId: at(last.id, quiet ? -DAY_BLOCKS - 1 : -1),
    price,
    quantity: quantity === undefined ? 0n : unitsOf(quantity),
  };
  const day = ticker ?? miniTicker;
  // A mini ticker does not say how many trades there were, only that there were some.
  const count = ticker ? ticker.tradeCount : day && unitsOf(day.volume) > 0n ? 1 : 0;
  if (day === undefined || count === 0) return { symbol, last: traded, before: price, day: undefined };
  return {
    symbol,
    last: traded,
    before: ticker ? unitsOf(ticker.previousClosePrice) : price,
    day: {
      open: unitsOf(day.openPrice),
      high: unitsOf(day.highPrice),
      low: unitsOf(day.lowPrice),
      close: unitsOf(day.lastPrice),
      volume: unitsOf(day.volume),
      quoteVolume: unitsOf(day.quoteVolume),
      count,
      firstId: ticker ? at(ticker.firstTradeId, 1 - DAY_BLOCKS) : traded.tradeId,
      lastId: traded.tradeId,
      lastQuantity: traded.quantity,
    },
  };
};
