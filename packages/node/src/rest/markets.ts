/**
 * The pairs over REST: which there are, their price levels, klines and tickers.
 * In: the view. Out: bodies in the recorded or documented shapes (spec §10).
 */
import { KLINE_INTERVALS, type Ticker } from '@dexwire/protocol';
import type { Pair, State } from '../chain/state.ts';
import { unitsText } from '../unitsText.ts';
import { type Answer, bySymbol } from './answer.ts';
import { MOST_ROWS, type Parameters, USUAL_ROWS } from './parameters.ts';
import { quoted, RestError } from './restError.ts';

/** The pair of a symbol that was asked for. Either kind of path takes either kind of pair by name. */
const pairOf = (state: State, symbol: string): Pair => {
  const pair = state.pairs.get(symbol);
  if (pair !== undefined) return pair;
  throw new RestError(
    400,
    `symbol: ${quoted(symbol)} is not listed, allowed are the pairs of /api/v1/markets and /api/v1/mini/markets`,
  );
};

const requiredPair = (state: State, parameters: Parameters): Pair =>
  pairOf(state, parameters.required('symbol', parameters.symbol('symbol'), 'a symbol such as NNB-0AD_BNB'));

const pairsOf = (state: State, mini: boolean): Pair[] =>
  [...state.pairs.values()].filter(({ isMini }) => isMini === mini).sort(bySymbol);

export const markets =
  (mini: boolean): Answer =>
  ({ state }, { parameters }) => {
    const { limit, offset } = parameters.page(USUAL_ROWS);
    return pairsOf(state, mini)
      .slice(offset, offset + limit)
      .map(({ base, quote, listPrice, lotSize, tickSize }) => ({
        base_asset_symbol: base,
        list_price: unitsText(listPrice),
        lot_size: unitsText(lotSize),
        quote_asset_symbol: quote,
        tick_size: unitsText(tickSize),
      }));
  };

export const LEVELS = [5, 10, 20, 50, 100, 500, 1_000] as const satisfies readonly number[];

export const USUAL_LEVELS = 100;

/**
 * Best levels first. `pending_match`: orders that have not met the others yet are among the levels, so that the sides may
 * cross, and levels may go without a frame of `marketDiff` telling it.
 */
export const depth: Answer = ({ state, latest }, { parameters }) => {
  const pair = requiredPair(state, parameters);
  const limit = Number(parameters.oneOf('limit', LEVELS.map(String)) ?? USUAL_LEVELS);
  const side = (name: 'buy' | 'sell'): string[][] =>
    pair.orders.levels(name, limit).map(([price, quantity]) => [unitsText(price), unitsText(quantity)]);
  return {
    height: latest.height,
    bids: side('buy'),
    asks: side('sell'),
    pending_match: pair.round.some((order) => state.openOrders.rests(order)),
  };
};

/** Rows unless told otherwise (documented). */
export const USUAL_KLINES = 300;

/** Lists in a list (documented by example; clients index them so). */
export const klines: Answer = (view, { parameters }) => {
  const { symbol } = requiredPair(view.state, parameters);
  const interval = parameters.required(
    'interval',
    parameters.oneOf('interval', KLINE_INTERVALS),
    KLINE_INTERVALS.join(', '),
  );
  const limit = parameters.whole('limit', 1, MOST_ROWS) ?? USUAL_KLINES;
  const { start: startTime, end: endTime } = parameters.window('startTime', 'endTime');
  return view.market.klines(symbol, interval, view.now(), { startTime, endTime, limit });
};

const tickerBody = (ticker: Ticker): object => ({
  symbol: ticker.symbol,
  askPrice: ticker.askPrice,
  askQuantity: ticker.askQuantity,
  bidPrice: ticker.bidPrice,
  bidQuantity: ticker.bidQuantity,
  closeTime: ticker.closeTime,
  count: ticker.tradeCount,
  firstId: ticker.firstTradeId,
  highPrice: ticker.highPrice,
  lastId: ticker.lastTradeId,
  lastPrice: ticker.lastPrice,
  lastQuantity: ticker.lastQuantity,
  lowPrice: ticker.lowPrice,
  openPrice: ticker.openPrice,
  openTime: ticker.openTime,
  prevClosePrice: ticker.previousClosePrice,
  priceChange: ticker.priceChange,
  priceChangePercent: ticker.priceChangePercent,
  quoteVolume: ticker.quoteVolume,
  volume: ticker.volume,
  weightedAvgPrice: ticker.weightedAveragePrice,
});

/** A list, for one symbol too (documented). */
export const tickers =
  (mini: boolean): Answer =>
  (view, { parameters }) => {
    const { state, market } = view;
    const time = view.now();
    const symbol = parameters.symbol('symbol');
    const pairs = symbol === undefined ? pairsOf(state, mini) : [pairOf(state, symbol)];
    return pairs.flatMap((pair) => {
      const ticker = market.ticker(pair.symbol, time);
      return ticker === undefined ? [] : tickerBody(ticker);
    });
  };
