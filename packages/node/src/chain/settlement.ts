/**
 * Settlement: trades move what was locked, and their fees are charged once all has moved (matching rules §10, §11.2).
 * In: the trades of a pair's auction; orders that left. Out: balances; fee texts beside the trades and the removals.
 */
import { FREE, LOCKED } from '../entry/accounts.ts';
import { unlock } from '../entry/orderEntry.ts';
import { NONE, type Order } from '../matching/orderColumns.ts';
import type { Trades } from '../matching/trades.ts';
import type { Fees, FixedFee } from './fees.ts';
import { type FillRun, NATIVE } from './ledger.ts';
import { writeNotional } from './notional.ts';
import type { OpenOrders } from './openOrders.ts';
import { Removal, type RunningBlock } from './runningBlock.ts';
import type { Pair, State } from './state.ts';

/** Of one trade: what its fill unlocks of the buyer, and what was unlocked before. */
const unlocked = new BigInt64Array(2);

/** Moves what a pair's trades from a place on have bought and sold. Their values are known. */
const moveAssets = (
  { openOrders, accounts }: State,
  { base, quote }: Pair,
  { length, sell: sells, buy: buys, quantity, buyFilled }: Trades,
  values: BigInt64Array,
  from: number,
): void => {
  const { ownerNumber, held, price: limits } = openOrders;
  // Neighbours often share an account.
  let seller = NONE;
  let earned = 0;
  let buyer = NONE;
  let bought = 0;
  for (let place = from; place < length; place += 1) {
    const sell = sells[place]!;
    const buy = buys[place]!;
    if (seller !== ownerNumber[sell]!) {
      seller = ownerNumber[sell]!;
      earned = openOrders.accountAt(seller).balance(quote).at + FREE;
    }
    if (buyer !== ownerNumber[buy]!) {
      buyer = ownerNumber[buy]!;
      bought = openOrders.accountAt(buyer).balance(base).at + FREE;
    }
    const { amounts } = accounts;
    const sold = held[sell]! + LOCKED;
    amounts[sold] = BigInt.asIntN(64, amounts[sold]! - quantity[place]!);
    amounts[earned] = BigInt.asIntN(64, amounts[earned]! + values[place]!);

    // The difference of rounded totals: what is filled now, less what was filled before.
    writeNotional(unlocked, 0, limits[buy]!, buyFilled[place]!);
    writeNotional(unlocked, 1, limits[buy]!, BigInt.asIntN(64, buyFilled[place]! - quantity[place]!));
    unlocked[0] = BigInt.asIntN(64, unlocked[0]! - unlocked[1]!);
    const at = held[buy]!;
    amounts[at + LOCKED] = BigInt.asIntN(64, amounts[at + LOCKED]! - unlocked[0]!);
    unlocked[0] = BigInt.asIntN(64, unlocked[0]! - values[place]!);
    amounts[at + FREE] = BigInt.asIntN(64, amounts[at + FREE]! + unlocked[0]!);
    amounts[bought] = BigInt.asIntN(64, amounts[bought]! + quantity[place]!);
  }
};

/**
 * Moves assets for the trades of one pair, in order; complete orders are no longer open.
 *
 * @param from - Place of the first of these trades, which are the latest of the block.
 * @param complete - Orders that have nothing open any more.
 */
export const settleTrades = (
  state: State,
  block: RunningBlock,
  pair: Pair,
  from: number,
  complete: readonly Order[],
): void => {
  const { openOrders } = state;
  const { columns, trades } = block.fills;
  const { length, price, quantity, sell, buy } = trades;
  columns.reserve(length);
  const { values } = columns;
  for (let place = from; place < length; place += 1) writeNotional(values, place, price[place]!, quantity[place]!);
  moveAssets(state, pair, trades, values, from);
  for (let place = from; place < length; place += 1) {
    const seller = openOrders.ownerOf(sell[place]!);
    const buyer = openOrders.ownerOf(buy[place]!);
    block.fills.add(place, pair, block.ledgerOf(seller), block.ledgerOf(buyer));
  }
  for (const order of complete) {
    openOrders.remove(order);
    block.left.push(order);
  }
};

/** What a run receives, and what it pays. */
const received = ({ isBuy, pair }: FillRun): string => (isBuy ? pair.base : pair.quote);
const paid = ({ isBuy, pair }: FillRun): string => (isBuy ? pair.quote : pair.base);

const rank = (run: FillRun): number => (received(run) === NATIVE ? 0 : paid(run) === NATIVE ? 1 : 2);

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** BNB received first, then BNB paid, then by what is received and paid, in byte order. */
export const compareRuns = (a: FillRun, b: FillRun): number =>
  rank(a) - rank(b) || compare(received(a), received(b)) || compare(paid(a), paid(b));

/** Engines sort many well, and two dearly. */
const sortRuns = (runs: FillRun[]): void => {
  if (runs.length > 2) runs.sort(compareRuns);
  else if (runs.length === 2 && compareRuns(runs[0]!, runs[1]!) > 0) runs.reverse();
};

/** Charges all fills of the block, account by account, at the prices of now. To be called once in a block. */
export const chargeFills = (block: RunningBlock, fees: Fees): void => {
  for (const ledger of block.ledgers) {
    const { runs } = ledger;
    if (runs === undefined) continue;
    sortRuns(runs);
    for (const run of runs) fees.chargeRun(ledger, run, block.fills);
  }
};

/** The asset that an order has locked. */
export const lockedAsset = (openOrders: OpenOrders, order: Order): string => {
  const { base, quote } = openOrders.pairOf(order);
  return openOrders.isBuy[order] === 1 ? quote : base;
};

/** An order leaves the open ones with a part unfilled; it no longer rests. Its fee, if any, is charged by `chargeLeavers`. */
export const settleRemoval = (
  state: State,
  block: RunningBlock,
  order: Order,
  status: Removal['status'],
  isCharged: boolean,
): Removal => {
  const { openOrders } = state;
  const removal = new Removal(order, status);
  openOrders.remove(order);
  unlock(state, order);
  block.left.push(order);
  const ledger = block.ledgerOf(openOrders.ownerOf(order));
  if (isCharged) {
    ledger.leavers ??= [];
    ledger.leavers.push(removal);
  }
  return removal;
};

/** Unlocked BNB first, then by asset, then by pair. */
export const compareLeavers = (openOrders: OpenOrders, a: Order, b: Order): number => {
  const [one, other] = [lockedAsset(openOrders, a), lockedAsset(openOrders, b)];
  return (
    Number(other === NATIVE) - Number(one === NATIVE) ||
    compare(one, other) ||
    compare(openOrders.pairOf(a).symbol, openOrders.pairOf(b).symbol)
  );
};

/** Charges the orders that left in this settlement, all with one kind of fee. */
export const chargeLeavers = ({ openOrders }: State, block: RunningBlock, fees: Fees, event: FixedFee): void => {
  for (const ledger of block.ledgers) {
    const { leavers } = ledger;
    if (leavers === undefined) continue;
    if (leavers.length > 1) leavers.sort((a, b) => compareLeavers(openOrders, a.order, b.order));
    for (const removal of leavers) {
      removal.charge(fees.chargeFixed(ledger, event, lockedAsset(openOrders, removal.order)), fees.asset);
      ledger.chargedExpiries += 1;
    }
    ledger.leavers = undefined;
  }
};
