/**
 * One readable line for one event of any stream.
 * In: an event, as a subscription gives it. Out: its figures in words, no line break, nothing rounded.
 */
import type {
  AccountUpdate,
  Blockheight,
  BookDepth,
  BookDiff,
  KlineUpdate,
  MiniTicker,
  OrderReport,
  Ticker,
  Trade,
  Transfer,
} from 'dexwire';

export type AnyEvent =
  | AccountUpdate
  | Blockheight
  | BookDepth
  | BookDiff
  | KlineUpdate
  | MiniTicker
  | OrderReport
  | Ticker
  | Trade
  | Transfer;

/** Zeros behind the point that say nothing, left out: 12.50000000 is 12.5. */
const short = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);

const clock = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(11, 19);

const best = (levels: BookDepth['bids']): string => {
  const [level] = levels;
  return level ? `${short(level[1])} at ${short(level[0])}` : 'none';
};

const levels = (side: string, changed: BookDiff['bids']): string =>
  changed
    .map(([price, quantity]) => `${side} ${short(price)} ${/[1-9]/.test(quantity) ? short(quantity) : 'gone'}`)
    .join(', ');

const line = (event: AnyEvent): string => {
  if ('tradeId' in event && 'buyerOrderId' in event) {
    return `${event.symbol} ${short(event.quantity)} at ${short(event.price)}${event.tick ? `, ${event.tick}` : ''}, trade ${event.tradeId}`;
  }
  if ('orderId' in event) {
    return `${event.symbol} ${event.side} ${short(event.quantity)} at ${short(event.price)} ${event.status}, filled ${short(event.cumulativeFilledQuantity)}, order ${event.orderId}`;
  }
  if ('balances' in event) {
    return `block ${event.height}: ${event.balances.map(({ asset, free, locked }) => `${asset} ${short(free)}${/[1-9]/.test(locked) ? ` (${short(locked)} in orders)` : ''}`).join(', ')}`;
  }
  if ('txHash' in event) {
    const sent = event.to.map(
      ({ address, coins }) =>
        `${coins.map(({ asset, amount }) => `${short(amount)} ${asset}`).join(' and ')} to ${address}`,
    );
    return `block ${event.height}: ${event.from} sends ${sent.join(', ')}${event.memo ? `, memo ${JSON.stringify(event.memo)}` : ''}`;
  }
  if ('lastUpdateId' in event) {
    return `${event.symbol} block ${event.lastUpdateId}: best bid ${best(event.bids)}, best ask ${best(event.asks)}, ${event.bids.length} and ${event.asks.length} levels`;
  }
  if ('bids' in event) {
    return `${event.symbol} ${[levels('bid', event.bids), levels('ask', event.asks)].filter(Boolean).join(', ')}`;
  }
  if ('kline' in event) {
    const { interval, openTime, open, high, low, close, volume, tradeCount, isClosed } = event.kline;
    return `${event.symbol} ${interval} from ${clock(openTime)}: ${[open, high, low, close].map(short).join(' ')}, volume ${short(volume)} in ${tradeCount} trades${isClosed ? ', closed' : ''}`;
  }
  if ('priceChange' in event) {
    return `${event.symbol} last ${short(event.lastPrice)}, change ${short(event.priceChange)}, bid ${short(event.bidPrice)}, ask ${short(event.askPrice)}, volume ${short(event.volume)} in ${event.tradeCount} trades`;
  }
  if ('lastPrice' in event) return `${event.symbol} last ${short(event.lastPrice)}, volume ${short(event.volume)}`;
  return `height ${event.height}`;
};

/** @param events - Of one frame; a list of more than one is told by its first and its length. */
export const eventLine = (events: readonly AnyEvent[]): string => {
  const [first] = events;
  if (!first) return 'nothing';
  return events.length === 1 ? line(first) : `${line(first)} and ${events.length - 1} more`;
};
