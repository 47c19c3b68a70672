/**
 * Notes of the block that runs now, until it is sealed.
 * In: what entry, the match, settlement, fees and expiry have done. Out: the material of reports and of the block.
 */
import type { OrderStatus } from '@dexwire/protocol';
import type { CancelOrder, NewOrder, Transaction } from '@dexwire/protocol/transactions';
import type { Account } from '../entry/accounts.ts';
import type { Order } from '../matching/orderColumns.ts';
import { Trades } from '../matching/trades.ts';
import type { BlockTransfer, DeliveredTransaction } from './block.ts';
import { BlockFees } from './fees.ts';
import { type FillRun, Ledger } from './ledger.ts';
import type { OpenOrders } from './openOrders.ts';
import type { Result } from './result.ts';
import type { Pair } from './state.ts';

/** An order or a cancel that failed after its form was found good. */
export class FailedOrder {
  readonly message: NewOrder | CancelOrder;
  readonly owner: Account;

  constructor(message: NewOrder | CancelOrder, owner: Account) {
    this.message = message;
    this.owner = owner;
  }
}

/** An order that left other than by a fill. */
export class Removal {
  readonly order: Order;
  readonly status: OrderStatus;
  /** Units of `feeAsset`; undefined while it is not charged, and when it is free. */
  fee: bigint | undefined = undefined;
  feeAsset = '';

  constructor(order: Order, status: OrderStatus) {
    this.order = order;
    this.status = status;
  }

  charge(fee: bigint, asset: string): void {
    this.fee = fee;
    this.feeAsset = asset;
  }

  /** `BNB:10000`; empty if it is free. */
  get feeText(): string {
    return this.fee === undefined ? '' : `${this.feeAsset}:${this.fee}`;
  }
}

const NO_RUNS: FillRun[] = [];

/** Room to begin with. */
const LEAST_TRADES = 256;

/** Columns of the trades of a block. They are kept from block to block: to make them anew costs more than a small block. */
export class FillColumns {
  readonly trades = new Trades();
  /** By trade: what it costs, rounded once. */
  values = new BigInt64Array(LEAST_TRADES);
  /** By fill: its fee, in units of BNB or else of what was received. */
  fees = new BigInt64Array(2 * LEAST_TRADES);
  /** By fill: 1 if its fee is in BNB. */
  inNative = new Uint8Array(2 * LEAST_TRADES);
  /** By fill: the same account's next one on the same side of the same pair, or -1. */
  next = new Int32Array(2 * LEAST_TRADES);

  /** Makes room for so many trades. */
  reserve(length: number): void {
    if (length <= this.values.length) return;
    const room = 2 ** Math.ceil(Math.log2(length));
    const { values, fees, inNative, next } = this;
    this.values = new BigInt64Array(room);
    this.fees = new BigInt64Array(2 * room);
    this.inNative = new Uint8Array(2 * room);
    this.next = new Int32Array(2 * room);
    this.values.set(values);
    this.fees.set(fees);
    this.inNative.set(inNative);
    this.next.set(next);
  }
}

/**
 * The trades of a block, and each account's fills as chains through them. A fill is a number: twice the place of its trade,
 * and one more for the buyer's.
 */
export class Fills {
  /** Of this block until the next one begins. */
  readonly columns: FillColumns;

  constructor(columns = new FillColumns()) {
    this.columns = columns;
    columns.trades.length = 0;
  }

  get trades(): Trades {
    return this.columns.trades;
  }

  /** The fills of a trade, which are later than all that were added before. @param place - Room must be reserved. */
  add(place: number, pair: Pair, seller: Ledger, buyer: Ledger): void {
    const fill = 2 * place;
    const { next } = this.columns;
    next[fill] = -1;
    next[fill + 1] = -1;
    this.#chain(seller, pair, false, fill);
    this.#chain(buyer, pair, true, fill + 1);
  }

  /** Pairs come one after the other, so that a pair's runs are the latest two. */
  #chain(ledger: Ledger, pair: Pair, isBuy: boolean, fill: number): void {
    const runs = ledger.runs ?? NO_RUNS;
    for (let place = runs.length - 1; place >= 0; place -= 1) {
      const run = runs[place]!;
      if (run.pair !== pair) break;
      if (run.isBuy === isBuy) {
        this.columns.next[run.last] = fill;
        run.last = fill;
        return;
      }
    }
    const run = { pair, isBuy, first: fill, last: fill };
    // A list that is pushed to makes room for many, and hardly any account has more than two.
    const [only] = runs;
    if (only === undefined) ledger.runs = [run];
    else if (runs.length === 1) ledger.runs = [only, run];
    else runs.push(run);
  }
}

export class RunningBlock {
  readonly #serial: number;
  /** In the order of delivery, with what became of each. */
  readonly #delivered: Transaction[] = [];
  readonly #results: Result[] = [];
  #transactions: readonly DeliveredTransaction[] | undefined = undefined;
  readonly transfers: BlockTransfer[] = [];
  /** Accepted and failed orders and failed cancels, in the order of their transactions. */
  readonly opened: (Order | FailedOrder)[] = [];
  /** Orders that are no longer open: they can be asked about until the next block begins. */
  readonly left: Order[] = [];
  readonly canceled: Removal[] = [];
  readonly failed: Removal[] = [];
  readonly iocPartlyFilled: Removal[] = [];
  readonly iocUnfilled: Removal[] = [];
  readonly expired: Removal[] = [];
  readonly fills: Fills;
  /** One for each account that the block touched, in that order. */
  readonly ledgers: Ledger[] = [];
  /** Of messages, not of the DEX. */
  readonly messageFees = new BlockFees();
  readonly auctions: { readonly symbol: string; readonly price: bigint }[] = [];
  readonly listed: string[] = [];
  readonly delisted: string[] = [];
  #accountFees: ReadonlyMap<string, string> | undefined = undefined;

  /**
   * @param serial - Of no other block of the same state.
   * @param columns - Room for its fills.
   */
  constructor(serial: number, columns = new FillColumns()) {
    this.#serial = serial;
    this.fills = new Fills(columns);
  }

  deliver(transaction: Transaction, result: Result): void {
    this.#delivered.push(transaction);
    this.#results.push(result);
  }

  /** How many transactions came into it so far. */
  get size(): number {
    return this.#delivered.length;
  }

  /** To be asked once the block is over. */
  get transactions(): readonly DeliveredTransaction[] {
    this.#transactions ??= this.#delivered.map((transaction, place) => ({
      transaction,
      result: this.#results[place]!,
    }));
    return this.#transactions;
  }

  /** The account's, which this counts as touched. */
  ledgerOf(account: Account): Ledger {
    const known = account.ledger;
    if (known !== undefined && known.serial === this.#serial) return known;
    const ledger = new Ledger(account, this.#serial, this.ledgers.length);
    account.ledger = ledger;
    this.ledgers.push(ledger);
    return ledger;
  }

  /** By address; to be asked once all is charged. */
  get accountFees(): ReadonlyMap<string, string> {
    this.#accountFees ??= new Map(
      this.ledgers.flatMap((ledger) => (ledger.hasFees ? [[ledger.account.address, ledger.text]] : [])),
    );
    return this.#accountFees;
  }

  /** Lets go of what accounts hold of it, and of the orders that left. */
  release(openOrders: OpenOrders): void {
    openOrders.releaseAll(this.left);
    for (const { account } of this.ledgers) account.ledger = undefined;
  }
}
