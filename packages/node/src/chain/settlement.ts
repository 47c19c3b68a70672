/**
 * Settlement: trades move what was locked, and their fees are charged once all has moved (matching rules §10, §11.2).
 * In: the trades of a pair's auction; orders that left. Out: balances; fee texts beside the trades and the removals.
 */
import type { Account, Balance } from '../entry/accounts.ts';
import { unlock } from '../entry/orderEntry.ts';
import type { Fees, FixedFee } from './fees.ts';
import { type FillRun, type Ledger, NATIVE } from './ledger.ts';
import { notional } from './notional.ts';
import { type OrderTrade, Removal, type RunningBlock } from './runningBlock.ts';
import type { OpenOrder, Pair, State } from './state.ts';

const heldOf = (order: OpenOrder, asset: string): Balance => order.held ?? order.owner.balance(asset);

/** Moves assets for the trades of one pair, in order; complete orders are no longer open. */
export const settleTrades = (state: State, block: RunningBlock, pair: Pair, trades: readonly OrderTrade[]): void => {
  const { base, quote } = pair;
  const { openOrders } = state;
  // Neighbours often share an account.
  let seller: Account | undefined;
  let earned: Balance | undefined;
  let buyer: Account | undefined;
  let bought: Balance | undefined;
  for (const trade of trades) {
    const { sell, buy, quantity } = trade;
    const value = notional(trade.price, quantity);
    if (earned === undefined || seller !== sell.owner) {
      seller = sell.owner;
      earned = seller.balance(quote);
    }
    if (bought === undefined || buyer !== buy.owner) {
      buyer = buy.owner;
      bought = buyer.balance(base);
    }
    const sold = heldOf(sell, base);
    sold.locked = BigInt.asIntN(64, sold.locked - quantity);
    earned.free = BigInt.asIntN(64, earned.free + value);

    // The difference of rounded totals: what is filled now, less what was filled before.
    const before = BigInt.asIntN(64, trade.buyFilled - quantity);
    const unlocked = BigInt.asIntN(64, notional(buy.price, trade.buyFilled) - notional(buy.price, before));
    const paid = heldOf(buy, quote);
    paid.locked = BigInt.asIntN(64, paid.locked - unlocked);
    if (unlocked !== value) paid.free = BigInt.asIntN(64, paid.free + BigInt.asIntN(64, unlocked - value));
    bought.free = BigInt.asIntN(64, bought.free + quantity);

    if (trade.buyFilled === buy.quantity) openOrders.remove(buy);
    if (trade.sellFilled === sell.quantity) openOrders.remove(sell);
    block.fills.add(trade, value, block.ledgerOf(sell.owner), block.ledgerOf(buy.owner));
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

/** Charges all fills of the block, account by account, at the prices of now. To be called once in a block. */
export const chargeFills = (block: RunningBlock, fees: Fees): void => {
  const { trades, columns } = block.fills;
  const { values, fees: charged, inNative, next } = columns;
  for (const ledger of block.ledgers) {
    const { runs } = ledger;
    if (runs === undefined) continue;
    if (runs.length > 1) runs.sort(compareRuns);
    for (const { pair, isBuy, first } of runs) {
      const { base, quote } = pair;
      for (let fill = first; fill >= 0; fill = next[fill]!) {
        const place = fill >> 1;
        const { quantity } = trades[place]!;
        const value = values[place]!;
        charged[fill] = isBuy
          ? fees.chargeFill(ledger, base, quantity, quote, value)
          : fees.chargeFill(ledger, quote, value, base, quantity);
        inNative[fill] = fees.asset === NATIVE ? 1 : 0;
      }
    }
  }
};

/** The asset that an order has locked. */
export const lockedAsset = ({ side, pair }: OpenOrder): string => (side === 'buy' ? pair.quote : pair.base);

/** An order leaves the open ones with a part unfilled; it no longer rests. Its fee, if any, is charged by `chargeLeavers`. */
export const settleRemoval = (
  state: State,
  block: RunningBlock,
  order: OpenOrder,
  status: Removal['status'],
  isCharged: boolean,
): Removal => {
  const removal = new Removal(order, status);
  state.openOrders.remove(order);
  unlock(order);
  const ledger = block.ledgerOf(order.owner);
  if (isCharged) {
    ledger.leavers ??= [];
    ledger.leavers.push(removal);
  }
  return removal;
};

/** Unlocked BNB first, then by asset, then by pair. */
export const compareLeavers = ({ order: a }: Removal, { order: b }: Removal): number => {
  const [one, other] = [lockedAsset(a), lockedAsset(b)];
  return (
    Number(other === NATIVE) - Number(one === NATIVE) || compare(one, other) || compare(a.pair.symbol, b.pair.symbol)
  );
};

const chargeLeaver = (ledger: Ledger, removal: Removal, fees: Fees, event: FixedFee): void => {
  removal.charge(fees.chargeFixed(ledger, event, lockedAsset(removal.order)), fees.asset);
  ledger.chargedExpiries += 1;
};

/** Charges the orders that left in this settlement, all with one kind of fee. */
export const chargeLeavers = (block: RunningBlock, fees: Fees, event: FixedFee): void => {
  for (const ledger of block.ledgers) {
    const { leavers } = ledger;
    if (leavers === undefined) continue;
    if (leavers.length > 1) leavers.sort(compareLeavers);
    for (const removal of leavers) chargeLeaver(ledger, removal, fees, event);
    ledger.leavers = undefined;
  }
};
