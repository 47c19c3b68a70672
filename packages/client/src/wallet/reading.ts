/**
 * Replies of the REST API, read as what they must be.
 * In: JSON of unknown shape. Out: typed values; an `Error` that says which member is not what it must be.
 */
import {
  type Balance,
  type Decimal,
  type Milliseconds,
  ORDER_STATUSES,
  type OrderStatus,
  type Side,
  type TimeInForce,
} from '@dexwire/protocol';
import { bad, decimalAt, member, readList, textAt, wholeAt } from '../rest/members.ts';

/** An order as REST tells of it. */
export interface Order {
  readonly orderId: string;
  readonly symbol: string;
  /** Address of the owner. */
  readonly owner: string;
  readonly side: Side;
  readonly timeInForce: TimeInForce;
  /** The limit, quote units for one base unit. */
  readonly price: Decimal;
  /** Base units ordered. */
  readonly quantity: Decimal;
  readonly status: OrderStatus;
  /** Base units filled so far. */
  readonly cumulativeFilledQuantity: Decimal;
  /** Of the latest fill; 0 if there was none. */
  readonly lastExecutedQuantity: Decimal;
  readonly lastExecutedPrice: Decimal;
  /** Of the latest fill; empty if there was none. */
  readonly tradeId: string;
  /** Block time of its entry. */
  readonly orderCreationTime: Milliseconds;
  /** Block time of what happened to it last. */
  readonly time: Milliseconds;
  /** Of the transaction that placed it, 64 upper-case hex digits. */
  readonly txHash: string;
}

/** Number and sequence of an account, and what it has. */
export interface AccountState {
  readonly number: number;
  readonly sequence: number;
  readonly balances: readonly Balance[];
}

export interface MarketSizes {
  readonly symbol: string;
  readonly tickSize: Decimal;
  readonly lotSize: Decimal;
}

/** A transaction in a block. */
export interface TransactionState {
  readonly height: number;
  readonly code: number;
  readonly log: string;
}

/** Whose sequence a transaction in a block has used, if its code is 0. */
export interface Use {
  readonly address: string;
  readonly sequence: number;
  readonly txHash: string;
  readonly code: number;
}

const timeAt = (from: unknown, name: string): Milliseconds => {
  const time = Date.parse(textAt(from, name));
  return Number.isNaN(time) ? bad(name, member(from, name)) : time;
};

/** What a code or a word stands for. */
const codeAt = <T>(from: unknown, name: string, meanings: ReadonlyMap<unknown, T>): T => {
  const value = member(from, name);
  return meanings.get(value) ?? bad(name, value);
};

const SIDES: ReadonlyMap<unknown, Side> = new Map([
  [1, 'buy'],
  [2, 'sell'],
]);
const TIMES_IN_FORCE: ReadonlyMap<unknown, TimeInForce> = new Map([
  [1, 'GTE'],
  [3, 'IOC'],
]);
const STATUSES: ReadonlyMap<unknown, OrderStatus> = new Map(ORDER_STATUSES.map((status) => [status, status]));

export const readOrder = (from: unknown): Order => ({
  orderId: textAt(from, 'orderId'),
  symbol: textAt(from, 'symbol'),
  owner: textAt(from, 'owner'),
  side: codeAt(from, 'side', SIDES),
  timeInForce: codeAt(from, 'timeInForce', TIMES_IN_FORCE),
  price: decimalAt(from, 'price'),
  quantity: decimalAt(from, 'quantity'),
  status: codeAt(from, 'status', STATUSES),
  cumulativeFilledQuantity: decimalAt(from, 'cumulateQuantity'),
  lastExecutedQuantity: decimalAt(from, 'lastExecutedQuantity'),
  lastExecutedPrice: decimalAt(from, 'lastExecutedPrice'),
  tradeId: textAt(from, 'tradeId'),
  orderCreationTime: timeAt(from, 'orderCreateTime'),
  time: timeAt(from, 'transactionTime'),
  txHash: textAt(from, 'transactionHash'),
});

const readBalance = (from: unknown): Balance => ({
  asset: textAt(from, 'symbol'),
  free: decimalAt(from, 'free'),
  frozen: decimalAt(from, 'frozen'),
  locked: decimalAt(from, 'locked'),
});

export const readAccount = (from: unknown): AccountState => ({
  number: wholeAt(from, 'account_number'),
  sequence: wholeAt(from, 'sequence'),
  balances: readList(member(from, 'balances'), readBalance),
});

export const readMarket = (from: unknown): MarketSizes => ({
  symbol: `${textAt(from, 'base_asset_symbol')}_${textAt(from, 'quote_asset_symbol')}`,
  tickSize: decimalAt(from, 'tick_size'),
  lotSize: decimalAt(from, 'lot_size'),
});

export const readTransaction = (from: unknown): TransactionState => ({
  height: wholeAt(from, 'height'),
  code: wholeAt(from, 'code'),
  log: textAt(from, 'log'),
});

/** A block tried it, and it failed there. Or an earlier one did, whose order had the same id, since it used no sequence. */
export const isFailed = ({ status }: { readonly status: OrderStatus }): boolean => status === 'FailedBlocking';

/** What a transaction in a block has used: rows of one transfer repeat it. */
export const readUse = (from: unknown): Use => ({
  address: textAt(from, 'fromAddr'),
  sequence: wholeAt(from, 'sequence'),
  txHash: textAt(from, 'txHash'),
  code: wholeAt(from, 'code'),
});

/** The chain's answer to a transaction that it was sent: its code, 0 if it took it, and its words. */
export const readVerdict = (from: unknown): { readonly code: number; readonly text: string } => {
  const verdict = Array.isArray(from) ? from[0] : from;
  const text = member(verdict, 'message') ?? member(verdict, 'log') ?? '';
  const detail = member(verdict, 'detail');
  return { code: wholeAt(verdict, 'code'), text: detail === undefined ? String(text) : `${text} (${detail})` };
};
