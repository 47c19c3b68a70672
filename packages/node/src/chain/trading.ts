/**
 * The DEX within the chain: orders that come and go in the running block, and the match at its end.
 * In: orders and cancels of known accounts, whatever their ids. Out: the state after them, and the notes of the block.
 */
import type { NewOrder } from '@dexwire/protocol/transactions';
import type { Account } from '../entry/accounts.ts';
import { enterOrder, findOwnOrder, type OrderTerms, placeOrder, takeOut } from '../entry/orderEntry.ts';
import { match } from '../matching/match.ts';
import type { Order } from '../matching/orderColumns.ts';
import { delistPair, expireOrders, inOrder } from './expiry.ts';
import { Fees } from './fees.ts';
import type { Refused } from './result.ts';
import { FillColumns, Removal, RunningBlock } from './runningBlock.ts';
import { selectMini, type Waiting } from './selection.ts';
import { chargeFills, chargeLeavers, lockedAsset, settleRemoval, settleTrades } from './settlement.ts';
import type { Pair, State } from './state.ts';

/** A mini pair as the selection sees it. */
interface WaitingPair extends Waiting {
  readonly pair: Pair;
}

export class Trading {
  readonly #state: State;
  readonly #fees: Fees;
  /** Ordinary pairs with new orders in the running block. */
  #touched = new Set<Pair>();
  /** Mini pairs with new orders since their latest match. */
  readonly #waiting = new Set<Pair>();
  readonly #columns = new FillColumns();
  #serial = 0;
  #block: RunningBlock;

  constructor(state: State) {
    this.#state = state;
    this.#fees = new Fees(state);
    this.#block = new RunningBlock(this.#serial, this.#columns);
    for (const pair of state.pairs.values()) if (pair.round.length + (pair.lostFromRound ?? 0) > 0) this.#wait(pair);
  }

  /** Notes of the running block. */
  get block(): RunningBlock {
    return this.#block;
  }

  /** Lets the next block begin. */
  startBlock(): void {
    this.#block.release(this.#state.openOrders);
    this.#serial += 1;
    this.#block = new RunningBlock(this.#serial, this.#columns);
  }

  /** An order of a transaction, whose id is checked. @param sequence - The account's before it. */
  enter(account: Account, message: NewOrder, sequence: number, source: number, txHash: string): Refused | undefined {
    return this.#accept(enterOrder(this.#state, account, message, sequence, source, txHash));
  }

  /** An order under an id of any form. */
  place(account: Account, id: string, terms: OrderTerms, source: number, txHash: string): Refused | undefined {
    return this.#accept(placeOrder(this.#state, account, id, terms, source, txHash));
  }

  /** Takes an own order out at once; without a fill it costs a fee at the prices before this block's match. */
  cancel(account: Account, symbol: string, id: string): Refused | undefined {
    const order = findOwnOrder(this.#state, account, symbol, id);
    if (typeof order !== 'number') return order;
    takeOut(this.#state, order);
    const { openOrders } = this.#state;
    const ledger = this.#block.ledgerOf(account);
    const removal = new Removal(order, 'Canceled');
    if (openOrders.filled[order] === 0n) {
      removal.charge(this.#fees.chargeFixed(ledger, 'cancel', lockedAsset(openOrders, order)), this.#fees.asset);
      ledger.chargedCancels += 1;
    }
    this.#block.canceled.push(removal);
    this.#block.left.push(order);
    return undefined;
  }

  /** Notes an order that waits already: it is new, and its pair has something to match. */
  noteNew(order: Order): void {
    this.#block.opened.push(order);
    const pair = this.#state.openOrders.pairOf(order);
    if (pair.isMini || pair.round.length === 1) this.#wait(pair);
  }

  /** The match of all selected pairs, settled and charged. */
  match(isBreathe: boolean): void {
    const pairs = this.#select(isBreathe);
    if (pairs.length === 0) return;
    for (const pair of pairs) this.#matchPair(pair);
    chargeFills(this.#block, this.#fees);
    chargeLeavers(this.#state, this.#block, this.#fees, 'iocExpire');
  }

  /** @returns How many orders were too old. */
  expire(day: number): number {
    return expireOrders(this.#state, this.#block, this.#fees, day);
  }

  /** @returns Why the pair may not go, or undefined when it is gone. */
  delist(pair: Pair): string | undefined {
    const refusal = delistPair(this.#state, this.#block, this.#fees, pair);
    if (refusal === undefined) {
      this.#state.openOrders.takeRound(pair, this.#block.left);
      this.#waiting.delete(pair);
      this.#touched.delete(pair);
    }
    return refusal;
  }

  #accept(order: Order | Refused): Refused | undefined {
    if (typeof order !== 'number') return order;
    this.#block.ledgerOf(this.#state.openOrders.ownerOf(order));
    this.noteNew(order);
    return undefined;
  }

  #wait(pair: Pair): void {
    if (pair.isMini) this.#waiting.add(pair);
    else this.#touched.add(pair);
  }

  /** Pairs to match, by symbol; what is not among them stays waiting. */
  #select(isBreathe: boolean): readonly Pair[] {
    const selected = [...this.#touched];
    this.#touched.clear();
    if (this.#waiting.size > 0) {
      const waiting: WaitingPair[] = [];
      for (const pair of this.#waiting) {
        waiting.push({ pair, symbol: pair.symbol, orders: pair.round.length + (pair.lostFromRound ?? 0) });
      }
      for (const { pair } of selectMini(waiting, this.#state.height, isBreathe)) {
        this.#waiting.delete(pair);
        selected.push(pair);
      }
    }
    return selected.length > 1 ? inOrder(selected) : selected;
  }

  #matchPair(pair: Pair): void {
    const { openOrders } = this.#state;
    const { trades } = this.#block.fills;
    const from = trades.length;
    const outcome = match(
      pair.orders,
      { reference: pair.reference, lotSize: pair.matchLotSize, lastMatchHeight: pair.lastMatchHeight },
      trades,
    );
    pair.lastMatchHeight = this.#state.height;
    const round = openOrders.takeRound(pair, this.#block.left);
    if (pair.lostFromRound !== undefined) pair.lostFromRound = 0;
    if (outcome.name === 'failed') {
      this.#dropRound(round);
      return;
    }
    if (outcome.name === 'matched') {
      pair.reference = outcome.price;
      this.#block.auctions.push({ symbol: pair.symbol, price: outcome.price });
      settleTrades(this.#state, this.#block, pair, from, outcome.filled);
    }
    for (const order of round) if (openOrders.isIoc[order] === 1 && openOrders.rests(order)) this.#end(order);
  }

  /** What is left of an IOC order. */
  #end(order: Order): void {
    const { openOrders } = this.#state;
    const isUnfilled = openOrders.filled[order] === 0n;
    openOrders.pairOf(order).orders.remove(order);
    const removal = settleRemoval(this.#state, this.#block, order, isUnfilled ? 'IocNoFill' : 'IocExpire', isUnfilled);
    (isUnfilled ? this.#block.iocUnfilled : this.#block.iocPartlyFilled).push(removal);
  }

  /** The match failed: its new orders go, as far as none has cancelled them (matching rules §12.4, §16). */
  #dropRound(round: readonly Order[]): void {
    const { openOrders } = this.#state;
    for (const order of round) {
      if (!openOrders.rests(order)) continue;
      openOrders.pairOf(order).orders.remove(order);
      this.#block.failed.push(settleRemoval(this.#state, this.#block, order, 'FailedMatching', false));
    }
  }
}
