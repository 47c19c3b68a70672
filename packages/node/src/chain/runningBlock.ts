/**
 * Notes of the block that runs now, until it is sealed.
 * In: what entry, the match, settlement, fees and expiry have done. Out: the material of reports and of the block.
 */
import type { OrderStatus } from '@dexwire/protocol';
import type { CancelOrder, NewOrder } from '@dexwire/protocol/transactions';
import type { Account } from '../entry/accounts.ts';
import type { Trade } from '../matching/match.ts';
import type { BlockTransfer, DeliveredTransaction } from './block.ts';
import { BlockFees } from './fees.ts';
import { Ledger } from './ledger.ts';
import type { OpenOrder, Pair } from './state.ts';

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
  readonly order: OpenOrder;
  readonly status: OrderStatus;
  /** Fee text; empty while it is not charged, and when it is free. */
  fee: string;

  constructor(order: OpenOrder, status: OrderStatus, fee: string) {
    this.order = order;
    this.status = status;
    this.fee = fee;
  }
}

export type OrderTrade = Trade<OpenOrder>;

/**
 * The trades of a block as columns, and each account's fills as chains through them. A fill is a number: twice the
 * place of its trade, and one more for the buyer's.
 */
export class Fills {
  readonly trades: OrderTrade[] = [];
  /** What each trade costs, rounded once. */
  readonly values: bigint[] = [];
  readonly buyFees: string[] = [];
  readonly sellFees: string[] = [];
  /** By fill: the same account's next one on the same side of the same pair, or -1. */
  readonly next: number[] = [];

  add(trade: OrderTrade, value: bigint, seller: Ledger, buyer: Ledger): void {
    const fill = 2 * this.trades.length;
    this.trades.push(trade);
    this.values.push(value);
    this.buyFees.push('');
    this.sellFees.push('');
    this.next.push(-1, -1);
    const { pair } = trade.sell;
    this.#chain(seller, pair, false, fill);
    this.#chain(buyer, pair, true, fill + 1);
  }

  /** Pairs come one after the other, so that a pair's runs are the latest two. */
  #chain({ runs }: Ledger, pair: Pair, isBuy: boolean, fill: number): void {
    for (let place = runs.length - 1; place >= 0; place -= 1) {
      const run = runs[place]!;
      if (run.pair !== pair) break;
      if (run.isBuy === isBuy) {
        this.next[run.last] = fill;
        run.last = fill;
        return;
      }
    }
    runs.push({ pair, isBuy, first: fill, last: fill });
  }
}

export class RunningBlock {
  readonly #serial: number;
  readonly transactions: DeliveredTransaction[] = [];
  readonly transfers: BlockTransfer[] = [];
  /** Accepted and failed orders and failed cancels, in the order of their transactions. */
  readonly opened: (OpenOrder | FailedOrder)[] = [];
  readonly canceled: Removal[] = [];
  readonly failed: Removal[] = [];
  readonly iocPartlyFilled: Removal[] = [];
  readonly iocUnfilled: Removal[] = [];
  readonly expired: Removal[] = [];
  readonly fills = new Fills();
  /** One for each account that the block touched, in that order. */
  readonly ledgers: Ledger[] = [];
  /** Of messages, not of the DEX. */
  readonly messageFees = new BlockFees();
  readonly auctions: { readonly symbol: string; readonly price: bigint }[] = [];
  readonly listed: string[] = [];
  readonly delisted: string[] = [];

  /** @param serial - Of no other block of the same state. */
  constructor(serial: number) {
    this.#serial = serial;
  }

  /** The account's, which this counts as touched. */
  ledgerOf(account: Account): Ledger {
    const known = account.ledger;
    if (known !== undefined && known.serial === this.#serial) return known;
    const ledger = new Ledger(account, this.#serial);
    account.ledger = ledger;
    this.ledgers.push(ledger);
    return ledger;
  }

  /** Lets go of what accounts hold of it. */
  release(): void {
    for (const { account } of this.ledgers) account.ledger = undefined;
  }
}
