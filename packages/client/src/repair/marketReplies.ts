/**
 * What REST tells of one symbol: its trades, and rows of its klines.
 * In: JSON of unknown shape. Out: typed values; an `Error` that says which member is not what it must be.
 */
import {
  type Decimal,
  isDecimal,
  type KlineInterval,
  type Milliseconds,
  type Nanoseconds,
  parseTradeId,
  TICK_TYPES,
  type TickType,
  type Trade,
} from '@dexwire/protocol';
import { bad, decimalAt, member, readList, textAt, wholeAt } from '../rest/members.ts';

/** Either asset of a mini pair ends in three characters and `M` (reference). Those have paths of their own. */
const MINI = /-[A-Z\d]{3}M(_|$)/;

/** The path of a list about one symbol. */
export const marketPath = (list: 'trades' | 'klines', symbol: string): string =>
  `${MINI.test(symbol) ? '/mini' : ''}/${list}?symbol=${encodeURIComponent(symbol)}`;

/** REST has `SellTaker` for `sellTaker`, and nothing of trades before mid-2019. */
const tickAt = (from: unknown): TickType | undefined => {
  const name = member(from, 'tickType') ?? '';
  if (name === '') return undefined;
  return (
    TICK_TYPES.find((tick) => tick === String(name).replace(/^./, (first) => first.toLowerCase())) ??
    bad('tickType', name)
  );
};

const tradeTime = (from: unknown): Nanoseconds => {
  const exact = member(from, 'timeNs') ?? '';
  if (exact === '') return BigInt(wholeAt(from, 'time')) * 1_000_000n;
  return typeof exact === 'string' && /^\d{1,19}$/.test(exact) ? BigInt(exact) : bad('timeNs', exact);
};

/** Of a venue that does not tell `timeNs` the time ends with its milliseconds. */
export const readTrade =
  (wanted: string) =>
  (from: unknown): Trade => {
    const height = wholeAt(from, 'blockHeight');
    const symbol = textAt(from, 'symbol');
    const tradeId = textAt(from, 'tradeId');
    if (symbol !== wanted) bad('symbol', symbol);
    if (parseTradeId(tradeId).height !== height) bad('tradeId', tradeId);
    const tick = tickAt(from);
    return {
      eventType: 'trade',
      height,
      symbol,
      tradeId,
      price: decimalAt(from, 'price'),
      quantity: decimalAt(from, 'quantity'),
      buyerOrderId: textAt(from, 'buyerOrderId'),
      sellerOrderId: textAt(from, 'sellerOrderId'),
      time: tradeTime(from),
      sellerAddress: textAt(from, 'sellerId'),
      buyerAddress: textAt(from, 'buyerId'),
      ...(tick && { tick }),
    };
  };

/** A kline as REST has it: without the ids of its trades. */
export interface KlineRow {
  readonly openTime: Milliseconds;
  readonly closeTime: Milliseconds;
  readonly open: Decimal;
  readonly close: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
  readonly tradeCount: number;
}

const decimalIn = (value: unknown): Decimal => (isDecimal(value) ? value : bad('row', value));

const readRow = (from: unknown): KlineRow => {
  const [, open, high, low, close, volume, , quoteVolume] = Array.isArray(from) ? from : bad('row', from);
  const row = {
    openTime: wholeAt(from, '0'),
    closeTime: wholeAt(from, '6'),
    open: decimalIn(open),
    close: decimalIn(close),
    high: decimalIn(high),
    low: decimalIn(low),
    volume: decimalIn(volume),
    quoteVolume: decimalIn(quoteVolume),
    tradeCount: wholeAt(from, '8'),
  };
  return row.openTime < row.closeTime ? row : bad('row', from);
};

/** Rising, none twice. */
export const readRows = (from: unknown): KlineRow[] => {
  const rows = readList(from, readRow);
  return isRising(rows) ? rows : bad('list', from);
};

const isRising = (rows: readonly KlineRow[]): boolean =>
  rows.every(({ openTime }, place) => place === 0 || openTime > rows[place - 1]!.closeTime);

/** No kline is missing between them. */
export const areWhole = (rows: readonly KlineRow[]): boolean =>
  rows.every(({ openTime }, place) => place === 0 || openTime === rows[place - 1]!.closeTime + 1);

const LENGTHS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, M: 31 * 86_400_000 };

/** How long a kline is, at most. */
export const lengthOf = (interval: KlineInterval): Milliseconds =>
  Number.parseInt(interval, 10) * LENGTHS[interval.replace(/\d+/, '') as keyof typeof LENGTHS];
