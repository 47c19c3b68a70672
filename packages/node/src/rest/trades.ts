/**
 * Trades over REST, the newest first.
 * In: the view's history. Out: bodies in the documented shape, and besides `timeNs`, the nanoseconds as text (spec §10, §15).
 */
import type { Milliseconds, TickType } from '@dexwire/protocol';
import type { BlockTrade } from '../chain/block.ts';
import { millisecondsOf } from '../chain/blockTime.ts';
import type { State } from '../chain/state.ts';
import { feeText } from '../feeText.ts';
import type { History, PastTrade } from '../history.ts';
import { unitsText } from '../unitsText.ts';
import { type Answer, pageOf } from './answer.ts';
import { USUAL_ROWS } from './parameters.ts';
import { quoted, RestError } from './restError.ts';

/** Three months, the longest window (documented). */
export const LONGEST_WINDOW_MS: Milliseconds = 92 * 86_400_000;

/** Either asset of a mini pair ends in three characters and `M` (reference). */
const MINI = /-[A-Z\d]{3}M(_|$)/;

export const TICKS: Readonly<Record<TickType, string>> = {
  unknown: 'Unknown',
  sellTaker: 'SellTaker',
  buyTaker: 'BuyTaker',
  buySurplus: 'BuySurplus',
  sellSurplus: 'SellSurplus',
  neutral: 'Neutral',
};

/** A pair that went may have trades still. */
const isMini = (state: State, symbol: string): boolean => state.pairs.get(symbol)?.isMini ?? MINI.test(symbol);

const assetsOf = (symbol: string): readonly [base: string, quote: string] => {
  const [base = '', quote = ''] = symbol.split('_');
  return [base, quote];
};

/** Ends with a `;`, unless there is no fee (documented by example). */
const singleFeeText = (fee: string): string => (fee === '' ? '' : `${feeText(fee)};`);

const tradeBody = ({ trade, height, time }: PastTrade): object => {
  const [baseAsset, quoteAsset] = assetsOf(trade.symbol);
  return {
    baseAsset,
    blockHeight: height,
    buyFee: feeText(trade.buyFee),
    buyerId: trade.buyer,
    buyerOrderId: trade.buyOrderId,
    buySingleFee: singleFeeText(trade.buySingleFee),
    buyerSource: trade.buySource,
    price: unitsText(trade.price),
    quantity: unitsText(trade.quantity),
    quoteAsset,
    sellFee: feeText(trade.sellFee),
    sellerId: trade.seller,
    sellerOrderId: trade.sellOrderId,
    sellSingleFee: singleFeeText(trade.sellSingleFee),
    sellerSource: trade.sellSource,
    symbol: trade.symbol,
    tickType: TICKS[trade.tick],
    time: millisecondsOf(time),
    timeNs: String(time),
    tradeId: trade.tradeId,
  };
};

const candidates = (history: History, address: string | undefined, symbol: string | undefined): Iterable<PastTrade> => {
  if (address !== undefined) return history.tradesOfAddress(address);
  return symbol === undefined ? history.trades() : history.tradesOfSymbol(symbol);
};

/** Which trades an address is in, on the side that is asked for; without an address each trade has both. */
const concerns = (trade: BlockTrade, address: string | undefined, side: 'buy' | 'sell' | undefined): boolean =>
  address === undefined || (side !== 'sell' && trade.buyer === address) || (side !== 'buy' && trade.seller === address);

/** Without a symbol, each path has the trades of its own kind of pair. No window is assumed: all that is kept is told. */
export const trades =
  (mini: boolean): Answer =>
  ({ state, history }, { parameters }) => {
    const address = parameters.address('address', state.accounts.prefix);
    const symbol = parameters.symbol('symbol');
    const side = parameters.side();
    const buyOrderId = parameters.orderId('buyerOrderId');
    const sellOrderId = parameters.orderId('sellerOrderId');
    const quoteAsset = parameters.asset('quoteAsset');
    const height = parameters.whole('height', 0);
    const { start = 0, end = Number.MAX_SAFE_INTEGER } = parameters.window('start', 'end', LONGEST_WINDOW_MS);
    const page = parameters.page(USUAL_ROWS);
    const counted = parameters.total();
    if (symbol !== undefined && !state.pairs.has(symbol) && !history.hasTradesOf(symbol))
      throw new RestError(400, `symbol: ${quoted(symbol)} is not listed and has no trades`);
    const { total, items } = pageOf(
      candidates(history, address, symbol),
      (past) => {
        const { trade } = past;
        const time = millisecondsOf(past.time);
        return (
          (symbol === undefined ? isMini(state, trade.symbol) === mini : trade.symbol === symbol) &&
          concerns(trade, address, side) &&
          (buyOrderId === undefined || trade.buyOrderId === buyOrderId) &&
          (sellOrderId === undefined || trade.sellOrderId === sellOrderId) &&
          (quoteAsset === undefined || assetsOf(trade.symbol)[1] === quoteAsset) &&
          (height === undefined || past.height === height) &&
          time >= start &&
          time <= end
        );
      },
      page,
      counted,
    );
    return { total, trade: items.map(tradeBody) };
  };
