/**
 * The state of the chain between two transactions: accounts, tokens, pairs with their resting orders, fees, days.
 * In: genesis or a snapshot. Out: what entry reads and changes, the block settles, and snapshots write down.
 */
import type { Height, Nanoseconds } from '@dexwire/protocol';
import type { Accounts } from '../entry/accounts.ts';
import type { Order } from '../matching/orderColumns.ts';
import type { RestingOrders } from '../matching/restingOrders.ts';
import type { OpenOrders } from './openOrders.ts';

export interface Token {
  readonly name: string;
  /** With suffix: `BTCB-1DE`, `XYZ-12AM`; `BNB` has none. */
  readonly symbol: string;
  readonly originalSymbol: string;
  /** Units of 1e-8. */
  totalSupply: bigint;
  /** Address. */
  readonly owner: string;
  readonly mintable: boolean;
  /** Which kind of token; mini and tiny ones have symbols that end in three characters and `M`. */
  readonly kind: 'bep2' | 'mini' | 'tiny';
  readonly tokenUri: string;
}

export interface Pair {
  /** `BASE_QUOTE`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Base or quote is a mini token: matched by selection, not in each block (matching rules §6). */
  readonly isMini: boolean;
  readonly listPrice: bigint;
  /** Takes orders from this block on; absent: always. */
  readonly opensAt?: Height;
  /** What new orders must fit. */
  tickSize: bigint;
  lotSize: bigint;
  readonly orders: RestingOrders;
  /** The previous auction price, at first the list price. */
  reference: bigint;
  /** The lot the auction shares by; follows `lotSize`. */
  matchLotSize: bigint;
  /** Height of the latest match attempt, 0 before the first. */
  lastMatchHeight: Height;
  /** Accepted since the latest attempt, in order of arrival; those cancelled meanwhile are among them. */
  round: Order[];
  /** How many of the round were cancelled before a snapshot, from which they do not come back; absent: none. */
  lostFromRound?: number;
  /** Reference prices, one each 1,000 blocks, oldest first, at most 2,000. */
  readonly history: bigint[];
}

/** Fees in units of 1e-8 BNB, rates per million. */
export interface FeeTable {
  readonly feeRateNative: bigint;
  readonly feeRate: bigint;
  readonly cancelFeeNative: bigint;
  readonly cancelFee: bigint;
  readonly expireFeeNative: bigint;
  readonly expireFee: bigint;
  readonly iocExpireFeeNative: bigint;
  readonly iocExpireFee: bigint;
  readonly send: bigint;
  /** For each coin entry of a transfer with two or more. */
  readonly multiSend: bigint;
  readonly issue: bigint;
  readonly issueMini: bigint;
  readonly issueTiny: bigint;
  readonly mint: bigint;
  readonly burn: bigint;
  readonly freeze: bigint;
  readonly list: bigint;
  readonly listMini: bigint;
}

/** Rules that the chain switched on at some height. All on unless genesis says otherwise. */
export interface Upgrades {
  /** Minimum notional of an order (with lot sizes from the price against BNB). */
  readonly lotSizeOptimization: boolean;
  /** The best 500 levels live 30 days. */
  readonly priceBandExpiry: boolean;
}

export interface State {
  readonly chainId: string;
  /** Of the block that runs now; transactions delivered now belong to it. */
  height: Height;
  readonly accounts: Accounts;
  /** By symbol. */
  readonly tokens: Map<string, Token>;
  /** By symbol. */
  readonly pairs: Map<string, Pair>;
  /** Of all pairs. */
  readonly openOrders: OpenOrders;
  fees: FeeTable;
  readonly upgrades: Upgrades;
  /** Symbol of the BUSD-like token through which prices against BNB may be found; undefined: none. */
  readonly busd: string | undefined;
  /** Height of the breathe block of each UTC day (days since the epoch), as far back as expiry looks. */
  readonly breatheHeights: Map<number, Height>;
  /** Pairs that go in the next breathe block in which nothing stands against it; absent: none. */
  delistings?: readonly string[];
  /** Block time of the latest sealed block; absent before the first. */
  lastBlockTime?: Nanoseconds;
  /** Gets the block fees. */
  readonly proposer: string;
  /** All of them, the proposer among them. */
  readonly validators: readonly string[];
}
