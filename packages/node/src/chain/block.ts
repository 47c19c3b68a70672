/**
 * A sealed block: everything that happened in it, as plain values in the order in which it is published.
 * In: nothing. Out: types. Amounts are bigint in units of 1e-8; addresses are bech32; times are block time, nanoseconds.
 * Fee strings are the chain's: `ASSET:units` joined by `;`, `BNB:1134`.
 */
import type { Height, Nanoseconds, OrderStatus, Side, TickType, TimeInForce } from '@dexwire/protocol';
import type { Transaction } from '@dexwire/protocol/transactions';
import type { Result } from './result.ts';

/** One report about one order. */
export interface OrderUpdate {
  readonly symbol: string;
  readonly status: OrderStatus;
  readonly orderId: string;
  /** Empty unless a fill. */
  readonly tradeId: string;
  readonly owner: string;
  /** `unknown` for a failed cancel, whose message says no more than symbol and id; so are all amounts 0 then. */
  readonly side: Side | 'unknown';
  readonly timeInForce: TimeInForce | 'unknown';
  readonly price: bigint;
  readonly quantity: bigint;
  /** 0 unless a fill. */
  readonly lastPrice: bigint;
  readonly lastQuantity: bigint;
  /** As of the end of the block, in each report of the block. */
  readonly cumulative: bigint;
  /** The owner's block fee where it is told, see the rules of publication. */
  readonly fee: string;
  /** This event's own fee; empty when free. */
  readonly singleFee: string;
  readonly createdAt: Nanoseconds;
  readonly time: Nanoseconds;
  /** Of the order's transaction; empty for a transaction that failed. */
  readonly txHash: string;
}

export interface BlockTrade {
  /** `<height>-<index>`. */
  readonly tradeId: string;
  readonly symbol: string;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly sellOrderId: string;
  readonly buyOrderId: string;
  readonly seller: string;
  readonly buyer: string;
  /** Each owner's fees of the whole block. */
  readonly sellFee: string;
  readonly buyFee: string;
  /** Of this trade alone. */
  readonly sellSingleFee: string;
  readonly buySingleFee: string;
  readonly sellSource: number;
  readonly buySource: number;
  readonly tick: TickType;
}

/** A transaction that came into the block, accepted or failed, in the order of delivery. */
export interface DeliveredTransaction {
  readonly transaction: Transaction;
  readonly result: Result;
}

export interface BlockTransfer {
  readonly txHash: string;
  readonly memo: string;
  readonly from: string;
  readonly to: readonly {
    readonly address: string;
    readonly coins: readonly { readonly asset: string; readonly amount: bigint }[];
  }[];
}

/** The whole block's fee and who got it, the proposer first; empty when there was none. */
export interface BlockFee {
  readonly fee: string;
  readonly receivers: readonly string[];
}

export interface Block {
  readonly height: Height;
  readonly time: Nanoseconds;
  /** The first block of a UTC day. */
  readonly isBreathe: boolean;
  readonly transactions: readonly DeliveredTransaction[];
  /** Open ones first, then closed ones. */
  readonly updates: readonly OrderUpdate[];
  /** By symbol ascending, within a symbol in the order of the match. */
  readonly trades: readonly BlockTrade[];
  /** Addresses whose account signed, received, traded, had an order update or got fees; each once. */
  readonly touched: readonly string[];
  /** Fee string of each owner that paid DEX fees in this block, with the suffixes `#Cxl` and `#Exp`, by address. */
  readonly accountFees: ReadonlyMap<string, string>;
  readonly fee: BlockFee;
  readonly transfers: readonly BlockTransfer[];
  /** Pairs that were matched with a price, and their reference price after it. */
  readonly auctions: readonly { readonly symbol: string; readonly price: bigint }[];
  /** Symbols of pairs that came to be, and that went. */
  readonly listed: readonly string[];
  readonly delisted: readonly string[];
}
