/**
 * A chain's state for a reference case: accounts, fees and pairs as the case gives them.
 * In: members of a case. Out: a state that the node's own functions run on.
 */

import { OpenOrders } from '../../packages/node/src/chain/openOrders.ts';
import type { FeeTable, Pair, State } from '../../packages/node/src/chain/state.ts';
import { type Account, Accounts } from '../../packages/node/src/entry/accounts.ts';
import { isMiniSymbol } from '../../packages/node/src/entry/tokenSymbol.ts';
import { RestingOrders } from '../../packages/node/src/matching/restingOrders.ts';
import { encodeAddress } from '../../packages/protocol/src/index.ts';

export interface FeesJson {
  readonly feeRate?: number;
  readonly feeRateNative?: number;
  readonly expireFee?: string;
  readonly expireFeeNative?: string;
  readonly iocExpireFee?: string;
  readonly iocExpireFeeNative?: string;
  readonly cancelFee?: string;
  readonly cancelFeeNative?: string;
}

/** What the chain's genesis had (matching rules §11.1). */
const GENESIS_FEES: Required<FeesJson> = {
  feeRate: 1_000,
  feeRateNative: 400,
  expireFee: '50000',
  expireFeeNative: '10000',
  iocExpireFee: '25000',
  iocExpireFeeNative: '5000',
  cancelFee: '50000',
  cancelFeeNative: '10000',
};

export const feesOf = (given: FeesJson = {}): FeeTable => {
  const fees = { ...GENESIS_FEES, ...given };
  return {
    feeRateNative: BigInt(fees.feeRateNative),
    feeRate: BigInt(fees.feeRate),
    cancelFeeNative: BigInt(fees.cancelFeeNative),
    cancelFee: BigInt(fees.cancelFee),
    expireFeeNative: BigInt(fees.expireFeeNative),
    expireFee: BigInt(fees.expireFee),
    iocExpireFeeNative: BigInt(fees.iocExpireFeeNative),
    iocExpireFee: BigInt(fees.iocExpireFee),
    send: 0n,
    multiSend: 0n,
    issue: 0n,
    issueMini: 0n,
    issueTiny: 0n,
    mint: 0n,
    burn: 0n,
    freeze: 0n,
    list: 0n,
    listMini: 0n,
  };
};

/** An address that only the number tells from others. */
export const addressOf = (number: number): string =>
  encodeAddress(
    'bnb',
    Uint8Array.from({ length: 20 }, (_, place) => (place === 0 ? number % 256 : number >> 8)),
  );

/** The address that gets block fees; no account of a case has it. */
export const PROPOSER = addressOf(65_535);

export interface StateJson {
  readonly fees?: FeesJson | undefined;
  readonly busdSymbol?: string | undefined;
  readonly priceBandExpiry?: boolean | undefined;
}

export const stateOf = ({ fees, busdSymbol, priceBandExpiry = true }: StateJson = {}): State => ({
  chainId: 'cases',
  height: 0,
  accounts: new Accounts('bnb'),
  tokens: new Map(),
  pairs: new Map(),
  openOrders: new OpenOrders(),
  fees: feesOf(fees),
  upgrades: { lotSizeOptimization: true, priceBandExpiry },
  busd: busdSymbol,
  breatheHeights: new Map(),
  proposer: PROPOSER,
  validators: [PROPOSER],
});

export interface PairJson {
  readonly base: string;
  readonly quote: string;
  readonly listPrice: string;
  readonly tickSize?: string;
  readonly lotSize?: string;
}

/** Adds a pair without asking the listing rules. */
export const openPair = (state: State, { base, quote, listPrice, tickSize = '1', lotSize = '1' }: PairJson): Pair => {
  const pair: Pair = {
    symbol: `${base}_${quote}`,
    base,
    quote,
    isMini: isMiniSymbol(base) || isMiniSymbol(quote),
    listPrice: BigInt(listPrice),
    tickSize: BigInt(tickSize),
    lotSize: BigInt(lotSize),
    orders: new RestingOrders(state.openOrders),
    reference: BigInt(listPrice),
    matchLotSize: BigInt(lotSize),
    lastMatchHeight: 0,
    round: [],
    history: [],
  };
  state.pairs.set(pair.symbol, pair);
  return pair;
};

/** A pair of that symbol and last price. */
export const pricePair = (state: State, symbol: string, price: string): Pair => {
  const [base = '', quote = ''] = symbol.split('_');
  return openPair(state, { base, quote, listPrice: price });
};

export type AmountsJson = Readonly<Record<string, string>>;

/** Sets what an account holds; all else becomes 0. */
export const setBalances = (account: Account, free: AmountsJson = {}, locked: AmountsJson = {}): void => {
  for (const balance of account.balances.values()) {
    balance.free = 0n;
    balance.locked = 0n;
  }
  for (const [asset, amount] of Object.entries(free)) account.balance(asset).free = BigInt(amount);
  for (const [asset, amount] of Object.entries(locked)) account.balance(asset).locked = BigInt(amount);
};
