/**
 * Orders come in and are cancelled: the chain's checks with its own texts, the lock, the place among resting orders.
 * In: the message, and the account that signed it. Out: an order that waits, or one that is gone; or the refusal, and
 * then nothing has changed.
 */
import type { CancelOrder, NewOrder } from '@dexwire/protocol/transactions';
import { MAX, notional, UNIT } from '../chain/notional.ts';
import { HEX_DIGITS, orderNumber } from '../chain/openOrders.ts';
import { DEX, type Refused, ROOT, refused } from '../chain/result.ts';
import type { Pair, State } from '../chain/state.ts';
import { NONE, type Order } from '../matching/orderColumns.ts';
import { type Account, FREE, LOCKED } from './accounts.ts';

/** Reasons within the code space of the DEX (matching rules §4). */
const BAD_PARAMETER = 401;
const CANNOT_CANCEL = 405;
const DUPLICATE = 406;
const UNKNOWN_ADDRESS = 9;

export const LIMIT = 2;
export const BUY = 1;
export const SELL = 2;
export const GTE = 1;
export const IOC = 3;

const bad = (message: string): Refused => refused(DEX, BAD_PARAMETER, message);
const badValue = (field: string, text: string): Refused => bad(`Invalid order parameter value - ${field}:${text}`);
const noSender = (): Refused => refused(ROOT, UNKNOWN_ADDRESS, '');

const DASH = 45;

/** Looks first where a dash is to be. */
const hasDash = (id: string): boolean => id.charCodeAt(HEX_DIGITS) === DASH || id.includes('-');

/** The checks that need no state, in the chain's order. Numbers outside int64 cannot come over the wire; here they fail. */
export const checkOrderForm = (message: NewOrder): Refused | undefined => {
  const { id, sender, quantity, price, orderType, side, timeInForce } = message;
  if (!hasDash(id)) return badValue('Id', `Invalid order ID:${id}`);
  if (sender === '') return noSender();
  if (quantity <= 0n || quantity > MAX) return badValue('Quantity', `Zero/Negative Number:${quantity}`);
  if (price <= 0n || price > MAX) return badValue('Price', `Zero/Negative Number:${price}`);
  if (orderType !== LIMIT) return badValue('OrderType', `Invalid order type:${orderType}`);
  if (side !== BUY && side !== SELL) return badValue('Side', `Invalid side:${side}`);
  if (timeInForce !== GTE && timeInForce !== IOC) return badValue('TimeInForce', `Invalid TimeInForce:${timeInForce}`);
  return undefined;
};

/** The checks of a cancel that need no state. */
export const checkCancelForm = ({ sender, refId }: CancelOrder): Refused | undefined => {
  if (sender === '') return noSender();
  return hasDash(refId) ? undefined : badValue('RefId', `Invalid ref ID:${refId}`);
};

/** Base and quote of `BASE_QUOTE`, or undefined for any other text. */
export const assetsOf = (symbol: string): readonly [base: string, quote: string] | undefined => {
  const [base = '', quote = '', ...more] = symbol.split('_');
  return base === '' || quote === '' || more.length > 0 ? undefined : [base, quote];
};

/** Pairs are found by capital letters; small ones are taken for them. */
const pairOf = (state: State, symbol: string): Pair | Refused => {
  const found = state.pairs.get(symbol) ?? state.pairs.get(symbol.toUpperCase());
  if (found !== undefined && (found.opensAt === undefined || found.opensAt <= state.height)) return found;
  if (assetsOf(symbol) === undefined) return bad(`Failed to parse trading pair symbol:${symbol} into assets`);
  return bad(`trading pair not found: ${symbol.toUpperCase()}`);
};

const isRefused = (value: object): value is Refused => 'ok' in value;

/** Whether the notional is under one unit: `price * quantity < 10^8`. */
export const isNotionalTooSmall = (value: bigint): boolean => value === 0n;

export const isNotionalTooLarge = (value: bigint): boolean => value > MAX;

/** What a message says of an order besides its id. */
export type OrderTerms = Pick<NewOrder, 'symbol' | 'side' | 'price' | 'quantity' | 'timeInForce'>;

/** Both are int64, the size above zero. */
const isMultiple = (amount: bigint, size: bigint): boolean =>
  BigInt.asIntN(64, BigInt.asIntN(64, amount) % BigInt.asIntN(64, size)) === 0n;

/** The checks of an order against its pair: sizes and notional (§4, checks 5 to 9). */
const checkTerms = (state: State, pair: Pair, terms: OrderTerms, value: bigint): Refused | undefined => {
  const { price, quantity } = terms;
  const { lotSize, tickSize } = pair;
  if (!isMultiple(quantity, lotSize)) return bad(`quantity(${quantity}) is not rounded to lotSize(${lotSize})`);
  if (!isMultiple(price, tickSize)) return bad(`price(${price}) is not rounded to tickSize(${tickSize})`);
  if (isNotionalTooSmall(value) && state.upgrades.lotSizeOptimization) {
    return bad('notional value of the order is too small');
  }
  if (isNotionalTooLarge(value)) return bad('notional value of the order is too large(cannot fit in int64)');
  if (pair.isMini && quantity < UNIT) {
    return bad('quantity is too small, the min quantity is 100000000 or total free balance of the mini token');
  }
  return undefined;
};

/** An order is in: what is left of entry after its id is settled (§4, checks 2 and 4 to 11). */
const enter = (
  state: State,
  account: Account,
  id: string,
  terms: OrderTerms,
  source: number,
  txHash: string,
  number?: number,
): Order | Refused => {
  const pair = pairOf(state, terms.symbol);
  if (isRefused(pair)) return pair;
  const { price, quantity } = terms;
  const isBuy = terms.side === BUY;
  const value = notional(price, quantity);
  const refusal = checkTerms(state, pair, terms, value);
  if (refusal !== undefined) return refusal;
  const amount = isBuy ? value : quantity;
  const known = account.balances.get(isBuy ? pair.quote : pair.base);
  if ((known?.free ?? 0n) < amount) return bad('do not have enough token to lock');
  const { openOrders, height } = state;
  const order = openOrders.draft(
    id,
    isBuy ? 'buy' : 'sell',
    price,
    quantity,
    height,
    pair,
    account,
    terms.timeInForce === IOC ? 'IOC' : 'GTE',
    source,
    txHash,
    number,
    known,
  );
  // Sells of a price are within the supply of the base asset; buys at a low price need not be within int64.
  if (!pair.orders.insert(order)) {
    openOrders.release(order);
    return bad('order quantity is too large to be placed on this price level');
  }
  const at = openOrders.held[order]!;
  const { amounts } = state.accounts;
  amounts[at + FREE] = BigInt.asIntN(64, amounts[at + FREE]! - amount);
  amounts[at + LOCKED] = BigInt.asIntN(64, amounts[at + LOCKED]! + amount);
  openOrders.add(order);
  openOrders.joinRound(order);
  return order;
};

const duplicate = (state: State, id: string, symbol: string): Refused | undefined =>
  state.openOrders.has(id) ? refused(DEX, DUPLICATE, `Duplicated order [${id}] on symbol [${symbol}]`) : undefined;

/**
 * Places an order under any id that is not taken. The form has been checked.
 *
 * @returns The waiting order, its funds locked, in its pair's round.
 */
export const placeOrder = (
  state: State,
  account: Account,
  id: string,
  terms: OrderTerms,
  source: number,
  txHash: string,
): Order | Refused => duplicate(state, id, terms.symbol) ?? enter(state, account, id, terms, source, txHash);

/**
 * Places an order of a transaction, whose id must be what account and sequence make it.
 *
 * @param sequence - The account's, before this transaction.
 */
export const enterOrder = (
  state: State,
  account: Account,
  message: NewOrder,
  sequence: number,
  source: number,
  txHash: string,
): Order | Refused => {
  const { id, symbol } = message;
  // A right id cannot be taken yet: no sequence comes twice.
  const number = sequence + 1;
  if (orderNumber(id) === number && id.startsWith(account.hex))
    return enter(state, account, id, message, source, txHash, number);
  const taken = duplicate(state, id, symbol);
  if (taken !== undefined) return taken;
  if (!state.pairs.has(symbol) && assetsOf(symbol) === undefined) {
    return bad(`Failed to parse trading pair symbol:${symbol} into assets`);
  }
  const expected = `${account.hex}-${number}`;
  return bad(`the order ID(${id}) given did not match the expected one: \`${expected}\``);
};

/** The order that a cancel means, or why there is none. */
export const findOwnOrder = (state: State, account: Account, symbol: string, id: string): Order | Refused => {
  const { openOrders } = state;
  const order = openOrders.findOwn(account, id);
  const known = order === NONE ? undefined : openOrders.pairOf(order).symbol;
  if (known === undefined || (known !== symbol && known !== symbol.toUpperCase())) {
    return refused(DEX, CANNOT_CANCEL, `Failed to find order [${id}]`);
  }
  if (openOrders.ownerOf(order) !== account) {
    return refused(DEX, CANNOT_CANCEL, `Order [${id}] does not belong to transaction sender`);
  }
  return order;
};

/** What is locked for an order goes back to free, exactly (§5). */
export const unlock = ({ openOrders, accounts: { amounts } }: State, order: Order): void => {
  const amount = openOrders.lockedBy(order);
  const at = openOrders.held[order]!;
  amounts[at + LOCKED] = BigInt.asIntN(64, amounts[at + LOCKED]! - amount);
  amounts[at + FREE] = BigInt.asIntN(64, amounts[at + FREE]! + amount);
};

/** Takes an order out, unfilled or not, and gives back what it locked. */
export const takeOut = (state: State, order: Order): void => {
  const { openOrders } = state;
  openOrders.pairOf(order).orders.remove(order);
  openOrders.remove(order);
  unlock(state, order);
};
