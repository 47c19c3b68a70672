/**
 * Cases of kind `fee`: fees of fills and of orders that leave, one by one and in the order in which they are charged.
 * In: cases. Out: their differences.
 */
import { Fees, type FixedFee } from '../../packages/node/src/chain/fees.ts';
import { Ledger } from '../../packages/node/src/chain/ledger.ts';
import { notional } from '../../packages/node/src/chain/notional.ts';
import { Removal, RunningBlock } from '../../packages/node/src/chain/runningBlock.ts';
import { chargeFills, chargeLeavers, compareLeavers, compareRuns } from '../../packages/node/src/chain/settlement.ts';
import type { State } from '../../packages/node/src/chain/state.ts';
import type { Account } from '../../packages/node/src/entry/accounts.ts';
import type { Order } from '../../packages/node/src/matching/orderColumns.ts';
import { RestingOrders } from '../../packages/node/src/matching/restingOrders.ts';
import { type CaseKinds, expecting } from './case.ts';
import { type AmountsJson, addressOf, type FeesJson, openPair, pricePair, setBalances, stateOf } from './caseState.ts';

interface AccountJson {
  readonly config: FeesJson;
  readonly lastPrices: AmountsJson;
  readonly free: AmountsJson;
  readonly busdSymbol?: string;
}

interface TransferJson {
  readonly order?: string;
  readonly inAsset: string;
  readonly inAmount?: string;
  readonly outAsset: string;
  readonly outAmount?: string;
}

interface LeaverJson {
  readonly order: string;
  readonly asset: string;
  readonly symbol: string;
}

const EVENTS: Readonly<Record<string, FixedFee>> = {
  fullyExpire: 'expire',
  iocFullyExpire: 'iocExpire',
  fullyCancel: 'cancel',
};

const eventOf = (name: string): FixedFee => {
  const event = EVENTS[name];
  if (event === undefined) throw new RangeError(`no event ${name}`);
  return event;
};

const accountOf = ({ config, lastPrices, free, busdSymbol }: AccountJson): [state: State, account: Account] => {
  const state = stateOf({ fees: config, busdSymbol });
  for (const [symbol, price] of Object.entries(lastPrices)) pricePair(state, symbol, price);
  const account = state.accounts.open(addressOf(1));
  setBalances(account, free);
  return [state, account];
};

const NOTHING: AccountJson = { config: {}, lastPrices: {}, free: {} };

/** An order of a pair that may not be listed, so that what it locks or trades is as the case says. */
const orderOf = (
  { openOrders }: State,
  id: string,
  side: 'buy' | 'sell',
  base: string,
  quote: string,
  owner: Account,
  symbol?: string,
): Order => {
  const pair = openPair(stateOf(), { base, quote, listPrice: '1' });
  const named = { ...pair, symbol: symbol ?? pair.symbol, orders: new RestingOrders(openOrders) };
  return openOrders.draft(id, side, 1n, 1n, 1, named, owner, 'GTE', 0, '');
};

/** Fills as buys of the received asset. */
const fillsOf = (state: State, account: Account, transfers: readonly TransferJson[]): RunningBlock => {
  const block = new RunningBlock(1);
  const other = state.accounts.open(addressOf(2));
  setBalances(other, { BNB: '1000000000000000' });
  for (const { order = '', inAsset, inAmount = '0', outAsset, outAmount = '0' } of transfers) {
    const buy = orderOf(state, order, 'buy', inAsset, outAsset, account);
    const pair = state.openOrders.pairOf(buy);
    const sell = state.openOrders.draft('', 'sell', 1n, 1n, 1, pair, other, 'GTE', 0, '');
    const { trades, columns } = block.fills;
    const place = trades.add(sell, buy, 0);
    columns.reserve(trades.length);
    trades.quantity[place] = BigInt(inAmount);
    columns.values[place] = BigInt(outAmount);
    block.fills.add(place, pair, block.ledgerOf(other), block.ledgerOf(account));
  }
  return block;
};

/** The fills of an account in the order of charging, with what each was charged. */
const fillSequence = (
  { openOrders }: State,
  block: RunningBlock,
  account: Account,
): { order: string; fee: string }[] => {
  const { trades, columns } = block.fills;
  const sequence: { order: string; fee: string }[] = [];
  for (const run of block.ledgerOf(account).runs ?? []) {
    for (let fill = run.first; fill >= 0; fill = columns.next[fill]!) {
      const asset = columns.inNative[fill] === 1 ? 'BNB' : run.pair.base;
      sequence.push({ order: openOrders.idOf(trades.buy[fill >> 1]!), fee: `${asset}:${columns.fees[fill]}` });
    }
  }
  return sequence;
};

const leaversOf = (
  state: State,
  block: RunningBlock,
  account: Account,
  transfers: readonly LeaverJson[],
): Removal[] => {
  const leavers = transfers.map(
    ({ order, asset, symbol }) => new Removal(orderOf(state, order, 'sell', asset, '-', account, symbol), 'Expired'),
  );
  block.ledgerOf(account).leavers = [...leavers];
  return leavers;
};

/** The fee that was charged last, as text. */
const charged = (fees: Fees, amount: bigint): string => `${fees.asset}:${amount}`;

export const feeCases: CaseKinds = {
  'fee.trade': expecting((input: AccountJson & { readonly transfer: TransferJson }) => {
    const [state, account] = accountOf(input);
    const { inAsset, inAmount = '0', outAsset, outAmount = '0' } = input.transfer;
    const fees = new Fees(state);
    const fee = fees.chargeFill(new Ledger(account, 1, 0), inAsset, BigInt(inAmount), outAsset, BigInt(outAmount));
    return { fee: charged(fees, fee) };
  }),

  'fee.tradeBatch': expecting((input: AccountJson & { readonly transfers: readonly TransferJson[] }) => {
    const [state, account] = accountOf(input);
    const block = fillsOf(state, account, input.transfers);
    chargeFills(block, new Fees(state));
    return { total: block.ledgerOf(account).text, sequence: fillSequence(state, block, account) };
  }),

  'fee.expireBatch': expecting(
    (input: AccountJson & { readonly event: string; readonly transfers: readonly LeaverJson[] }) => {
      const [state, account] = accountOf(input);
      const block = new RunningBlock(1);
      const leavers = leaversOf(state, block, account, input.transfers);
      chargeLeavers(state, block, new Fees(state), eventOf(input.event));
      leavers.sort((a, b) => compareLeavers(state.openOrders, a.order, b.order));
      return {
        total: block.ledgerOf(account).text.replace(/;#.*/, ''),
        sequence: leavers.map(({ order, feeText }) => ({ order: state.openOrders.idOf(order), fee: feeText })),
      };
    },
  ),

  'fee.fixed': expecting((input: AccountJson & { readonly event: string; readonly asset: string }) => {
    const [state, account] = accountOf(input);
    const fees = new Fees(state);
    return { fee: charged(fees, fees.chargeFixed(new Ledger(account, 1, 0), eventOf(input.event), input.asset)) };
  }),

  'fee.sortTrades': expecting(({ transfers }: { readonly transfers: readonly TransferJson[] }) => {
    const [state, account] = accountOf(NOTHING);
    const block = fillsOf(state, account, transfers);
    block.ledgerOf(account).runs?.sort(compareRuns);
    return { order: fillSequence(state, block, account).map(({ order }) => order) };
  }),

  'fee.sortExpires': expecting(({ transfers }: { readonly transfers: readonly LeaverJson[] }) => {
    const [state, account] = accountOf(NOTHING);
    const leavers = leaversOf(state, new RunningBlock(1), account, transfers);
    leavers.sort((a, b) => compareLeavers(state.openOrders, a.order, b.order));
    return { order: leavers.map(({ order }) => state.openOrders.idOf(order)) };
  }),

  'fee.notional': expecting(
    (input: { readonly feeRateNative: number; readonly price: string; readonly qty: string }) => {
      const [state, account] = accountOf({ ...NOTHING, config: { feeRateNative: input.feeRateNative } });
      const quantity = BigInt(input.qty);
      const value = notional(BigInt(input.price), quantity);
      account.native.free = value;
      const fees = new Fees(state);
      const ledger = new Ledger(account, 1, 0);
      return {
        notional: String(value),
        sellerFee: charged(fees, fees.chargeFill(ledger, 'BNB', value, 'TOK-000', quantity)),
        buyerFee: charged(fees, fees.chargeFill(ledger, 'TOK-000', quantity, 'BNB', value)),
      };
    },
  ),
};
