/**
 * Cases of kind `rules`: sizes, listing, selection, and the checks of orders.
 * In: cases. Out: their differences.
 */
import { canDelist, canList } from '../../packages/node/src/chain/listing.ts';
import { MAX, notional } from '../../packages/node/src/chain/notional.ts';
import type { Refused } from '../../packages/node/src/chain/result.ts';
import { busiest, type Waiting } from '../../packages/node/src/chain/selection.ts';
import {
  lotSizeOf,
  lotSizeOfPair,
  tickSizeOf,
  updateSizes,
  weightedAverage,
} from '../../packages/node/src/chain/sizes.ts';
import {
  assetsOf,
  BUY,
  checkCancelForm,
  checkOrderForm,
  enterOrder,
  GTE,
  isNotionalTooLarge,
  isNotionalTooSmall,
  LIMIT,
  SELL,
} from '../../packages/node/src/entry/orderEntry.ts';
import { decodeAddress, formatOrderId } from '../../packages/protocol/src/index.ts';
import { type Case, type CaseKinds, type CaseRunner, differences, expecting } from './case.ts';
import { type AmountsJson, addressOf, openPair, type PairJson, pricePair, stateOf } from './caseState.ts';
import { unknownMembers } from './members.ts';

interface SamplesJson {
  readonly count: number;
  readonly first: string;
  readonly step: string;
}

/** With fewer samples sizes stay (matching rules §13). */
const MINIMAL_SAMPLES = 500;

/** Prices, oldest first: each of them, or as an arithmetic series. */
type PricesJson = readonly string[] | SamplesJson;

interface SampledJson extends PairJson {
  readonly samples: PricesJson;
}

const pricesOf = (prices: PricesJson): bigint[] => {
  if (!('count' in prices)) return prices.map(BigInt);
  const { count, first, step } = prices;
  return Array.from({ length: count }, (_, place) => BigInt(first) + BigInt(place) * BigInt(step));
};

interface OutcomeJson {
  readonly ok?: boolean;
  readonly error?: string;
  readonly errorContains?: string;
}

/** What stands for the sender's hex address in ids and texts. */
const SENDER = '<ADDR>';

/** A runner of a check: what it says is compared with `ok`, `error` and `errorContains`. */
const refusing =
  <Input>(check: (input: Input) => string | undefined): CaseRunner =>
  (one: Case) => {
    const expected = one.expect as OutcomeJson;
    const { ok, error, errorContains } = expected;
    const found = check(one.input as Input);
    const lines = unknownMembers(expected, ['ok', 'error', 'errorContains']);
    if (ok === undefined && error === undefined && errorContains === undefined) lines.push('expects nothing');
    if (ok !== undefined) lines.push(...differences(ok, found === undefined, 'ok'));
    if (error !== undefined) lines.push(...differences(error, found, 'error'));
    if (errorContains !== undefined && found?.includes(errorContains) !== true) {
      lines.push(`error: expected one with ${errorContains}, found ${found}`);
    }
    return lines;
  };

interface ListingJson {
  readonly base: string;
  readonly quote: string;
  readonly existingPairs: readonly string[];
  readonly busdSymbol?: string;
}

const listed = ({ existingPairs, busdSymbol }: ListingJson) => ({
  pairs: new Map(existingPairs.map((symbol) => [symbol, true])),
  busd: busdSymbol,
});

const textOf = (refusal: Refused | undefined): string | undefined => refusal?.message;

interface OrderJson {
  readonly id: string;
  readonly symbol: string;
  readonly orderType?: number;
  readonly side?: number;
  readonly timeInForce?: number;
  readonly price: string;
  readonly qty: string;
  readonly sender?: string;
}

const messageOf = (order: OrderJson, sender: string) => ({
  type: 'newOrder' as const,
  sender: order.sender ?? sender,
  id: order.id,
  symbol: order.symbol,
  orderType: order.orderType ?? LIMIT,
  side: order.side ?? SELL,
  price: BigInt(order.price),
  quantity: BigInt(order.qty),
  timeInForce: order.timeInForce ?? GTE,
});

/** Whether one value of a field passes the form check, all else being right. */
const isValid = (field: string, value: number): boolean => {
  const right = messageOf({ id: 'a-1', symbol: 'A_B', price: '1', qty: '1' }, addressOf(1));
  if (!Object.hasOwn(right, field)) throw new RangeError(`an order has no ${field}`);
  return checkOrderForm({ ...right, [field]: value }) === undefined;
};

export const ruleCases: CaseKinds = {
  'rules.tickLot': expecting(({ price }: { readonly price: string }) => ({
    tickSize: String(tickSizeOf(BigInt(price))),
    lotSize: String(lotSizeOf(BigInt(price))),
  })),

  'rules.priceWma': expecting(
    (input: {
      readonly pricesOldestFirst?: PricesJson;
      readonly generator?: SamplesJson;
      readonly samples?: SamplesJson;
    }) => {
      const { generator, samples, pricesOldestFirst = [] } = input;
      return { wma: String(weightedAverage(pricesOf(generator ?? samples ?? pricesOldestFirst))) };
    },
  ),

  'rules.lotSize': expecting(
    (input: {
      readonly base: string;
      readonly quote: string;
      readonly price: string;
      readonly recentPrices: Readonly<Record<string, PricesJson>>;
      readonly lastPrices: AmountsJson;
      readonly busdSymbol?: string;
    }) => {
      const state = stateOf({ busdSymbol: input.busdSymbol });
      // A pair with a history needs no last price.
      const unpriced = Object.fromEntries(Object.keys(input.recentPrices).map((symbol) => [symbol, '0']));
      for (const [symbol, price] of Object.entries({ ...unpriced, ...input.lastPrices })) {
        pricePair(state, symbol, price).history.push(...pricesOf(input.recentPrices[symbol] ?? []));
      }
      return { lotSize: String(lotSizeOfPair(state, input.base, input.quote, BigInt(input.price))) };
    },
  ),

  'rules.updateTickLot': expecting(
    (input: { readonly minimalSamples?: number; readonly pairs: readonly SampledJson[] }) => {
      const { pairs, minimalSamples = MINIMAL_SAMPLES } = input;
      if (minimalSamples !== MINIMAL_SAMPLES) throw new RangeError(`sizes change from ${MINIMAL_SAMPLES} samples on`);
      const state = stateOf();
      for (const pair of pairs) {
        const opened = openPair(state, pair);
        opened.history.push(...pricesOf(pair.samples));
        opened.reference = opened.history.at(-1) ?? opened.reference;
      }
      updateSizes(state);
      const sizes = [...state.pairs.values()].map(({ symbol, tickSize, lotSize }) => [
        symbol,
        { tickSize: String(tickSize), lotSize: String(lotSize) },
      ]);
      return { pairs: Object.fromEntries(sizes) };
    },
  ),

  'rules.maxNotional': expecting((input: { readonly price: string; readonly qty: string }) => ({
    exceeds: isNotionalTooLarge(notional(BigInt(input.price), BigInt(input.qty))),
  })),

  'rules.minNotional': expecting((input: { readonly price: string; readonly qty: string }) => ({
    under: isNotionalTooSmall(notional(BigInt(input.price), BigInt(input.qty))),
  })),

  'rules.pairSymbol': expecting(({ symbol }: { readonly symbol: string }) => {
    const assets = assetsOf(symbol);
    if (assets !== undefined) return { base: assets[0], quote: assets[1] };
    const state = stateOf();
    const account = state.accounts.open(addressOf(1));
    const order = messageOf({ id: `${account.hex}-1`, symbol, price: '1', qty: '1' }, account.address);
    const refusal = enterOrder(state, account, order, 0, 0, '');
    return { error: typeof refusal === 'number' ? undefined : refusal.message };
  }),

  'rules.enums': expecting(({ field, values }: { readonly field: string; readonly values: readonly number[] }) => ({
    valid: values.map((value) => isValid(field, value)),
  })),

  'rules.newOrderBasic': refusing((order: OrderJson) => textOf(checkOrderForm(messageOf(order, addressOf(1))))),

  'rules.cancelBasic': refusing((input: { readonly sender: string; readonly symbol: string; readonly refId: string }) =>
    textOf(checkCancelForm({ type: 'cancelOrder', ...input })),
  ),

  'rules.orderId': expecting(
    (input: { readonly addressHex: string; readonly addressBech32: string; readonly sequence: number }) => {
      const { bytes } = decodeAddress(input.addressBech32);
      const state = stateOf();
      pricePair(state, 'AAA-000_BNB', '100000000');
      const account = state.accounts.open(input.addressBech32);
      account.balance('BNB').free = 1_000_000_000n;
      const id = `${account.hex}-${input.sequence}`;
      const order = { id, symbol: 'AAA-000_BNB', side: BUY, price: '100000000', qty: '100000000' };
      const entered = enterOrder(state, account, messageOf(order, account.address), input.sequence - 1, 0, '');
      return { id: typeof entered === 'number' && formatOrderId(bytes, input.sequence) === id ? id : undefined };
    },
  ),

  'rules.validateOrder': refusing(
    (input: { readonly pairs: readonly PairJson[]; readonly accountSequence: number; readonly order: OrderJson }) => {
      const state = stateOf();
      for (const pair of input.pairs) {
        openPair(state, pair);
      }
      const account = state.accounts.open(addressOf(1));
      for (const { base, quote } of input.pairs) {
        account.balance(base).free = MAX;
        account.balance(quote).free = MAX;
      }
      // The original's tests ask with a sequence that is raised already.
      const id = input.order.id.replaceAll(SENDER, account.hex);
      const state1 = { ...state, upgrades: { ...state.upgrades, lotSizeOptimization: false } };
      const order = messageOf({ ...input.order, id }, account.address);
      const entered = enterOrder(state1, account, order, input.accountSequence - 1, 0, '');
      return typeof entered === 'number' ? undefined : entered.message.replaceAll(account.hex, SENDER);
    },
  ),

  'rules.miniTopK': (one: Case) => {
    const { k, symbols } = one.input as { readonly k: number; readonly symbols: readonly Waiting[] };
    const strange = unknownMembers(one.expect as object, ['selectedAnyOrder']);
    if (strange.length > 0) return strange;
    const { selectedAnyOrder } = one.expect as { readonly selectedAnyOrder: readonly Waiting[] };
    const sorted = (waiting: readonly Waiting[]) => waiting.map(({ symbol, orders }) => `${symbol} ${orders}`).sort();
    return differences(sorted(selectedAnyOrder), sorted(busiest(symbols, k)), 'selected');
  },

  'rules.canList': refusing((input: ListingJson) => canList(listed(input), input.base, input.quote)),

  'rules.canDelist': refusing((input: ListingJson) => canDelist(listed(input), input.base, input.quote)),
};
