/**
 * Cases of kind `scenario`: whole runs of the chain over several blocks, its orders placed beneath ids and sequences.
 * In: cases. Out: their differences, from what the original asserts and from what a model derived.
 */
import type { Block, OrderUpdate } from '../../packages/node/src/chain/block.ts';
import { Chain } from '../../packages/node/src/chain/chain.ts';
import { feeText } from '../../packages/node/src/chain/ledger.ts';
import type { Refused } from '../../packages/node/src/chain/result.ts';
import { FailedOrder, type Removal, type RunningBlock } from '../../packages/node/src/chain/runningBlock.ts';
import type { Pair, State } from '../../packages/node/src/chain/state.ts';
import type { Account } from '../../packages/node/src/entry/accounts.ts';
import { BUY, GTE, IOC, SELL } from '../../packages/node/src/entry/orderEntry.ts';
import type { OrderSide } from '../../packages/node/src/matching/orderColumns.ts';
import { type Publication, type PublishedBook, publish } from '../../packages/node/src/publications.ts';
import { type Case, type CaseKinds, differences } from './case.ts';
import {
  type AmountsJson,
  addressOf,
  type FeesJson,
  feesOf,
  openPair,
  type PairJson,
  setBalances,
  stateOf,
} from './caseState.ts';
import { unknownMembers } from './members.ts';

interface AccountJson {
  readonly free?: AmountsJson;
  readonly locked?: AmountsJson;
}

interface SetupJson {
  readonly pairs: readonly PairJson[];
  readonly fees?: FeesJson;
  readonly accounts: Readonly<Record<string, AccountJson>>;
  readonly busdSymbol?: string;
}

interface OrderJson {
  readonly acc: string;
  readonly id: string;
  readonly pair: string;
  readonly side: OrderSide;
  readonly price: string;
  readonly qty: string;
  readonly tif?: 'GTE' | 'IOC';
}

interface OutcomeJson {
  readonly ok: boolean;
  readonly code?: number;
  readonly error?: string;
  readonly errorContains?: string;
}

interface TradeJson {
  readonly buyerFee?: string;
  readonly sellerFee?: string;
}

interface RemovedJson {
  readonly order: string;
  readonly event: string;
  readonly fee: string;
}

interface DerivedJson {
  readonly matched?: readonly string[];
  readonly trades?: Readonly<Record<string, readonly TradeJson[]>>;
  readonly lastPrice?: AmountsJson;
  readonly removed?: readonly RemovedJson[];
  readonly blockFee?: string;
  /** Of a step that is no end of a block: what it charged. */
  readonly fee?: string;
  readonly accountFees?: Readonly<Record<string, string>>;
  readonly book?: Readonly<Record<string, unknown>>;
}

/** What happened to an order, other than a fill. */
interface ChangeJson {
  readonly order: string;
  readonly status: OrderUpdate['status'];
  readonly event?: string;
}

interface FeeJson {
  readonly asset?: string;
  readonly amount?: string;
}

interface ExpiryJson {
  readonly count?: number;
  readonly fees?: Readonly<Record<string, FeeJson>>;
}

interface PublishedJson {
  readonly books?: unknown;
  readonly bookCount?: number;
  readonly accounts?: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly fee?: string }>>;
  readonly accountCount?: number;
  /** A list, or by place in the block; each with any members that `#publishedTrades` finds. */
  readonly trades?: PublishedTradesJson;
  readonly blockFee?: string;
}

type PublishedTradesJson =
  | readonly Readonly<Record<string, unknown>>[]
  | Readonly<Record<string, Readonly<Record<string, unknown>>>>
  | { readonly count?: number; readonly items?: PublishedTradesJson };

interface ExpectJson {
  readonly free?: Readonly<Record<string, AmountsJson>>;
  readonly locked?: Readonly<Record<string, AmountsJson>>;
  readonly book?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly lastPrice?: AmountsJson;
  readonly trades?: Readonly<Record<string, { readonly count?: number; readonly items?: unknown }>>;
  readonly fee?: string;
  readonly accountFees?: Readonly<Record<string, string>>;
  readonly openOrderCount?: Readonly<Record<string, number>>;
  readonly openOrders?: Readonly<Record<string, Readonly<Record<string, readonly { readonly id?: string }[]>>>>;
  readonly orderChanges?: readonly unknown[];
  readonly removedEvents?: readonly string[];
  readonly pendingMatch?: Readonly<Record<string, boolean>>;
  readonly failedMatchingCount?: number;
  readonly published?: PublishedJson;
}

type StepJson =
  | { readonly op: 'block'; readonly height: number; readonly day?: number }
  | (OrderJson & OutcomeJson & { readonly op: 'order' })
  | ({ readonly op: 'cancel'; readonly acc: string; readonly pair: string; readonly id: string } & OutcomeJson)
  | (OrderJson & { readonly op: 'seedOrder'; readonly height: number; readonly new?: boolean })
  | { readonly op: 'endBlock'; readonly breathe?: boolean; readonly derived?: DerivedJson }
  | { readonly op: 'markBreathe'; readonly day: number; readonly height: number }
  | { readonly op: 'expireOrders'; readonly day?: number; readonly derived?: DerivedJson; readonly expect?: ExpiryJson }
  | { readonly op: 'delist'; readonly pair: string; readonly derived?: DerivedJson; readonly expect?: ExpiryJson }
  | { readonly op: 'setEngineLotSize'; readonly pair: string; readonly lotSize: string }
  | { readonly op: 'setFees'; readonly fees: FeesJson }
  | ({ readonly op: 'setBalance'; readonly acc: string } & AccountJson)
  | (ExpectJson & { readonly op: 'expect' });

/** What is known of each step; remarks of those who made the cases are no promises. */
const REMARKS = ['op', 'note', 'assertedCode'];
const OUTCOME = ['ok', 'code', 'error', 'errorContains'];
const ORDER = ['acc', 'id', 'pair', 'side', 'price', 'qty', 'tif'];
const STEP_MEMBERS: Readonly<Record<StepJson['op'], readonly string[]>> = {
  block: ['height', 'day'],
  order: [...ORDER, ...OUTCOME],
  cancel: ['acc', 'pair', 'id', ...OUTCOME],
  seedOrder: [...ORDER, 'height', 'new'],
  endBlock: ['breathe', 'derived'],
  markBreathe: ['day', 'height'],
  expireOrders: ['day', 'derived', 'expect'],
  delist: ['pair', 'derived', 'expect'],
  setEngineLotSize: ['pair', 'lotSize'],
  setFees: ['fees'],
  setBalance: ['acc', 'free', 'locked'],
  expect: [
    'free',
    'locked',
    'book',
    'lastPrice',
    'trades',
    'fee',
    'accountFees',
    'openOrderCount',
    'openOrders',
    'orderChanges',
    'removedEvents',
    'pendingMatch',
    'failedMatchingCount',
    'published',
  ],
};
const END_DERIVED = ['matched', 'trades', 'lastPrice', 'removed', 'blockFee', 'accountFees', 'book'];
const LEAVE_DERIVED = ['removed', 'fee', 'lastPrice', 'accountFees', 'book'];
const PUBLISHED = ['books', 'bookCount', 'accounts', 'accountCount', 'trades', 'blockFee'];

const DAY_NS = 86_400_000_000_000n;

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The original's names of what made an order leave; a failed match and cancels are not among the removals. */
const eventOf = (status: OrderUpdate['status'], cumulative: bigint): string | undefined => {
  switch (status) {
    case 'Expired':
      return cumulative === 0n ? 'fullyExpire' : 'partiallyExpire';
    case 'IocNoFill':
      return 'iocFullyExpire';
    case 'IocExpire':
      return 'iocPartiallyExpire';
    default:
      return undefined;
  }
};

const isFill = ({ status }: OrderUpdate): boolean => status === 'PartialFill' || status === 'FullyFill';

/** Without the counts of charged cancels and expiries, which the cases leave out. */
const plainFee = (fee: string): string => fee.replace(/;#.*/, '');

/** A found fee string, with its counts only where the case speaks of counts. */
const feeLike = (expected: unknown, found: string): string =>
  typeof expected === 'string' && expected.includes('#') ? found : plainFee(found);

/** Fees by asset, added up. */
const sumOf = (fees: readonly string[]): string => {
  const sums = new Map<string, bigint>();
  for (const part of fees.flatMap((fee) => (fee === '' ? [] : fee.split(';')))) {
    const [asset = '', amount = '0'] = part.split(':');
    sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(amount));
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([asset, amount]) => `${asset}:${amount}`)
    .join(';');
};

const removedOf = (updates: readonly OrderUpdate[]): RemovedJson[] =>
  updates.flatMap(({ orderId, status, cumulative, singleFee }) => {
    const event = eventOf(status, cumulative);
    return event === undefined ? [] : [{ order: orderId, event, fee: singleFee }];
  });

const byId = <Order extends { readonly id?: unknown }>(orders: readonly Order[]): readonly Order[] =>
  [...orders].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));

const sorted = (removed: readonly RemovedJson[]): readonly RemovedJson[] =>
  [...removed].sort((a, b) => (a.order < b.order ? -1 : 1));

const changeOf = (order: string, status: OrderUpdate['status'], cumulative: bigint): ChangeJson => {
  const event = eventOf(status, cumulative);
  return { order, status, ...(event === undefined ? {} : { event }) };
};

const changesOf = (updates: readonly OrderUpdate[]): ChangeJson[] =>
  updates
    .filter((update) => !isFill(update))
    .map(({ orderId, status, cumulative }) => changeOf(orderId, status, cumulative));

/** BNB first, then by asset. */
const inChargeOrder = (a: FeeJson, b: FeeJson): number =>
  a.asset === b.asset ? 0 : a.asset === 'BNB' ? -1 : b.asset === 'BNB' ? 1 : (a.asset ?? '') < (b.asset ?? '') ? -1 : 1;

class Scenario {
  readonly #state: State;
  readonly #chain: Chain;
  readonly #names = new Map<string, string>();
  readonly #accounts = new Map<string, Account>();
  readonly #differences: string[] = [];
  /** Height at which an order was changed last. */
  readonly #changed = new Map<string, number>();
  /** Orders that left by steps of their own, whose fees are the running block's but which its end did not remove. */
  readonly #left = new Set<string>();
  #day = 0;
  /** What happened to orders in the sealed blocks, other than fills; from where on it belongs to the latest `block` step. */
  readonly #past: ChangeJson[] = [];
  #pastOfBlock = 0;
  /** The latest block has ended and nothing was done since. */
  #isOver = false;
  #fees: FeesJson;
  #block: Block | undefined;
  #publication: Publication | undefined;
  /** Trades of each pair's latest match, with their fees. */
  #latest = new Map<string, ReadonlyArray<Readonly<Record<string, unknown>>>>();

  constructor(setup: SetupJson, priceBandExpiry: boolean) {
    this.#state = stateOf({ fees: setup.fees, busdSymbol: setup.busdSymbol, priceBandExpiry });
    for (const pair of setup.pairs) openPair(this.#state, pair);
    for (const [name, { free, locked }] of Object.entries(setup.accounts))
      setBalances(this.#account(name), free, locked);
    this.#fees = setup.fees ?? {};
    this.#chain = new Chain(this.#state);
  }

  run(steps: readonly StepJson[]): string[] {
    steps.forEach((step, at) => {
      this.#differences.push(...this.#step(step).map((line) => `step ${at} (${step.op}) ${line}`));
    });
    return this.#differences;
  }

  #step(step: StepJson): string[] {
    const known: readonly string[] | undefined = STEP_MEMBERS[step.op];
    if (known === undefined) return [`is unknown: ${JSON.stringify(step)}`];
    const strange = unknownMembers(step, [...REMARKS, ...known]);
    return strange.length > 0 ? strange : this.#run(step);
  }

  #run(step: StepJson): string[] {
    switch (step.op) {
      case 'block':
        this.#state.height = step.height;
        this.#day = step.day ?? 0;
        this.#pastOfBlock = this.#past.length;
        this.#isOver = false;
        return [];
      case 'order':
        return this.#place(step);
      case 'cancel': {
        const account = this.#account(step.acc);
        this.#isOver = false;
        return this.#outcome(step, account, this.#chain.trading.cancel(account, step.pair, step.id));
      }
      case 'seedOrder':
        this.#seed(step, step.height, step.new === true);
        return [];
      case 'endBlock':
        return this.#end(step.breathe === true, step.derived);
      case 'markBreathe':
        this.#state.breatheHeights.set(step.day, step.height);
        return [];
      case 'expireOrders':
        return this.#leave(step, () => {
          this.#chain.trading.expire(step.day ?? this.#day);
        });
      case 'delist':
        return this.#leave(step, () => {
          const refusal = this.#chain.trading.delist(this.#pair(step.pair));
          if (refusal !== undefined) this.#differences.push(refusal);
        });
      case 'setEngineLotSize':
        this.#pair(step.pair).matchLotSize = BigInt(step.lotSize);
        return [];
      case 'setFees':
        this.#fees = { ...this.#fees, ...step.fees };
        this.#state.fees = feesOf(this.#fees);
        return [];
      case 'setBalance':
        setBalances(this.#account(step.acc), step.free, step.locked);
        return [];
      case 'expect':
        return this.#expect(step);
    }
  }

  #account(name: string): Account {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const account = this.#state.accounts.open(addressOf(this.#accounts.size + 1));
    this.#accounts.set(name, account);
    this.#names.set(account.address, name);
    return account;
  }

  #name(address: string): string {
    return this.#names.get(address) ?? address;
  }

  #pair(symbol: string): Pair {
    const pair = this.#state.pairs.get(symbol);
    if (pair === undefined) throw new RangeError(`no pair ${symbol}`);
    return pair;
  }

  #place(step: OrderJson & OutcomeJson): string[] {
    const account = this.#account(step.acc);
    const terms = {
      symbol: step.pair,
      side: step.side === 'buy' ? BUY : SELL,
      price: BigInt(step.price),
      quantity: BigInt(step.qty),
      timeInForce: step.tif === 'IOC' ? IOC : GTE,
    };
    this.#isOver = false;
    if (!this.#state.openOrders.has(step.id)) this.#changed.set(step.id, this.#state.height);
    return this.#outcome(step, account, this.#chain.trading.place(account, step.id, terms, 0, ''));
  }

  #outcome(step: OutcomeJson, account: Account, refusal: Refused | undefined): string[] {
    const lines = differences(step.ok, refusal === undefined, 'ok');
    if (refusal === undefined) {
      account.sequence += 1;
      return lines;
    }
    if (step.ok) return [...lines, refusal.message];
    if (step.code !== undefined) lines.push(...differences(step.code, refusal.reason, 'code'));
    if (step.error !== undefined) lines.push(...differences(step.error, refusal.message, 'error'));
    if (step.errorContains !== undefined && !refusal.message.includes(step.errorContains)) {
      lines.push(`error: expected one with ${step.errorContains}, found ${refusal.message}`);
    }
    return lines;
  }

  /** Puts an order among the resting ones, as if it had been placed at a height; what it locks is locked already. */
  #seed({ acc, id, pair: symbol, side, price, qty, tif = 'GTE' }: OrderJson, height: number, isNew: boolean): void {
    const pair = this.#pair(symbol);
    const account = this.#account(acc);
    const { openOrders } = this.#state;
    const order = openOrders.draft(id, side, BigInt(price), BigInt(qty), height, pair, account, tif, 0, '');
    pair.orders.insert(order);
    openOrders.add(order);
    this.#changed.set(id, height);
    this.#isOver = false;
    if (!isNew) return;
    openOrders.joinRound(order);
    this.#chain.trading.noteNew(order);
  }

  /** Compares what leaves outside the end of a block. */
  #leave({ derived, expect = {} }: { derived?: DerivedJson; expect?: ExpiryJson }, leave: () => void): string[] {
    const { block } = this.#chain.trading;
    const before = block.expired.length;
    this.#isOver = false;
    leave();
    const removals = block.expired.slice(before);
    const { openOrders } = this.#state;
    for (const { order } of removals) this.#left.add(openOrders.idOf(order));
    const found = removals.map(({ order, feeText: fee }) => ({
      order: openOrders.idOf(order),
      event: openOrders.filled[order] === 0n ? 'fullyExpire' : 'partiallyExpire',
      fee,
    }));
    const lines = [
      ...unknownMembers(derived, LEAVE_DERIVED, 'derived'),
      ...unknownMembers(expect, ['count', 'fees'], 'expect'),
    ];
    if (derived !== undefined) {
      lines.push(...differences(sorted(derived.removed ?? []), sorted(found), 'removed'));
      if (derived.fee !== undefined) {
        lines.push(...differences(derived.fee, sumOf(found.map(({ fee }) => fee)), 'fee'));
      }
      lines.push(...this.#after(derived));
    }
    if (expect.count !== undefined) lines.push(...differences(expect.count, found.length, 'count'));
    const fees = found
      .map(({ fee }): FeeJson => ({ asset: fee.split(':')[0] ?? '', amount: fee.split(':')[1] ?? '' }))
      .sort(inChargeOrder);
    for (const [place, fee] of Object.entries(expect.fees ?? {})) {
      lines.push(...differences(fee, fees[Number(place)], `fees.${place}`));
    }
    return lines;
  }

  /** What a model derived of prices, fees and books after a step. */
  #after({ lastPrice, accountFees, book }: DerivedJson): string[] {
    const lines: string[] = [];
    if (lastPrice !== undefined) lines.push(...differences(lastPrice, this.#lastPrices(), 'lastPrice'));
    if (accountFees !== undefined) lines.push(...this.#accountFees(accountFees));
    for (const [symbol, levels] of Object.entries(book ?? {})) {
      lines.push(...differences(levels, this.#book(symbol), `book.${symbol}`));
    }
    return lines;
  }

  #end(isBreathe: boolean, derived: DerivedJson | undefined): string[] {
    const { block } = this.#chain.trading;
    const waiting = [...this.#state.pairs.values()].filter(({ round }) => round.length > 0);
    const { height } = this.#state;
    const time = BigInt(this.#day) * DAY_NS + BigInt(height);
    this.#state.lastBlockTime = isBreathe ? time + 2n * DAY_NS : time;
    const sealed = this.#chain.seal(time);
    this.#state.height = height;
    this.#block = sealed;
    this.#publication = publish(sealed, this.#state);
    const matched = waiting.filter(({ round }) => round.length === 0);
    for (const { symbol } of matched) this.#latest.set(symbol, this.#tradesOf(block, sealed, symbol));
    for (const { orderId } of sealed.updates.filter(isFill)) this.#changed.set(orderId, height);
    const removed = removedOf(sealed.updates).filter(({ order }) => !this.#left.has(order));
    this.#left.clear();
    this.#past.push(...changesOf(sealed.updates));
    this.#isOver = true;
    if (derived === undefined) return [];
    const lines = unknownMembers(derived, END_DERIVED, 'derived');
    const compare = (expected: unknown, found: unknown, path: string): void => {
      if (expected !== undefined) lines.push(...differences(expected, found, path));
    };
    const names = matched.map(({ symbol }) => symbol).sort();
    compare(derived.matched?.toSorted(), names, 'matched');
    if (derived.trades !== undefined) {
      for (const symbol of new Set([...names, ...Object.keys(derived.trades)])) {
        compare(derived.trades[symbol] ?? [], names.includes(symbol) ? this.#latest.get(symbol) : [], symbol);
      }
    }
    compare(sorted(derived.removed ?? []), sorted(removed), 'removed');
    compare(derived.blockFee ?? '', sealed.fee.fee, 'blockFee');
    compare(Object.keys(derived.accountFees ?? {}).length, sealed.accountFees.size, 'accountFees.count');
    lines.push(...this.#after(derived));
    return lines;
  }

  #tradesOf({ fills }: RunningBlock, { trades }: Block, symbol: string): Record<string, unknown>[] {
    // The columns of a block that is over have its trades until the next one makes some.
    const { sellFilled, buyFilled } = fills.trades;
    const placeOf = new Map(trades.map(({ tradeId }, place) => [tradeId, place]));
    return trades
      .filter((trade) => trade.symbol === symbol)
      .map((trade) => {
        const [buyerFeeAsset, buyerFeeAmount] = trade.buySingleFee.split(':');
        const [sellerFeeAsset, sellerFeeAmount] = trade.sellSingleFee.split(':');
        return {
          seller: trade.sellOrderId,
          buyer: trade.buyOrderId,
          price: String(trade.price),
          qty: String(trade.quantity),
          buyerCum: String(buyFilled[placeOf.get(trade.tradeId)!]),
          sellerCum: String(sellFilled[placeOf.get(trade.tradeId)!]),
          tick: capital(trade.tick),
          tradeIndex: Number(trade.tradeId.split('-')[1]),
          buyerFee: trade.buySingleFee,
          sellerFee: trade.sellSingleFee,
          buyerFeeAsset,
          buyerFeeAmount,
          sellerFeeAsset,
          sellerFeeAmount,
        };
      });
  }

  /** Compares what accounts were charged since the block before ended. */
  #accountFees(expected: Readonly<Record<string, string>>): string[] {
    const found = new Map<string, string>();
    if (this.#isOver) {
      for (const [address, fee] of this.#block?.accountFees ?? []) found.set(this.#name(address), fee);
    } else {
      for (const { account, native, others } of this.#chain.trading.block.ledgers) {
        found.set(this.#name(account.address), feeText(native, others));
      }
    }
    return Object.entries(expected).flatMap(([name, fee]) =>
      differences(fee, feeLike(fee, found.get(name) ?? ''), `accountFees.${name}`),
    );
  }

  #lastPrices(): Record<string, string> {
    return Object.fromEntries(
      [...this.#state.pairs.values()].map(({ symbol, reference }) => [symbol, String(reference)]),
    );
  }

  #levels(symbol: string, side: OrderSide): string[][] {
    return this.#pair(symbol)
      .orders.levels(side, Number.MAX_SAFE_INTEGER)
      .map((level) => level.map(String));
  }

  #book(symbol: string): { buys: string[][]; sells: string[][] } {
    return { buys: this.#levels(symbol, 'buy'), sells: this.#levels(symbol, 'sell') };
  }

  /** A book as `expect` asks about it: counts, and what is on a level by its position. */
  #bookFacts(symbol: string): Record<string, unknown> {
    const facts: Record<string, unknown> = {};
    for (const side of ['buy', 'sell'] as const) {
      const { filled, levels: all } = this.#state.openOrders;
      const levels = this.#pair(symbol).orders.ranked(side);
      const byPlace = (values: readonly unknown[]): unknown => Object.fromEntries(values.entries());
      facts[`${side}Levels`] = levels.length;
      facts[`${side}Qty`] = byPlace(levels.map((level) => String(all.open[level])));
      facts[`${side}Price`] = byPlace(levels.map((level) => String(all.price[level])));
      facts[`${side}OrderCounts`] = byPlace(levels.map((level) => all.count[level]));
      facts[`${side}FirstCum`] = byPlace(levels.map((level) => String(filled[all.first[level]!])));
    }
    return facts;
  }

  /** What happened to orders in the running block, but for its match. */
  #running(): readonly ChangeJson[] {
    const { block } = this.#chain.trading;
    const { openOrders } = this.#state;
    const opened = block.opened.map((order): ChangeJson => {
      if (!(order instanceof FailedOrder)) return { order: openOrders.idOf(order), status: 'Ack' };
      const { message } = order;
      return { order: message.type === 'newOrder' ? message.id : message.refId, status: 'FailedBlocking' };
    });
    const removals: readonly Removal[] = [
      ...block.canceled,
      ...block.failed,
      ...block.iocPartlyFilled,
      ...block.iocUnfilled,
      ...block.expired,
    ];
    const closed = removals.map(({ order, status }) =>
      changeOf(openOrders.idOf(order), status, openOrders.filled[order]!),
    );
    return [...opened, ...closed];
  }

  /** Compares what happened so far: in the whole run, or since the latest `block` step, for then the original may have forgotten. */
  #compareChanges({ orderChanges, removedEvents, failedMatchingCount }: ExpectJson): string[] {
    const all = [...this.#past, ...this.#running()];
    const [whole = [], recent = []] = [all, all.slice(this.#pastOfBlock)].map((changes) => [
      ...(orderChanges === undefined ? [] : differences(orderChanges, changes, 'orderChanges')),
      ...(removedEvents === undefined
        ? []
        : differences(
            removedEvents,
            changes.flatMap(({ event }) => event ?? []),
            'removedEvents',
          )),
      ...(failedMatchingCount === undefined
        ? []
        : differences(
            failedMatchingCount,
            changes.filter(({ status }) => status === 'FailedMatching').length,
            'failedMatchingCount',
          )),
    ]);
    return recent.length === 0 ? recent : whole;
  }

  #amounts(kind: 'free' | 'locked', expected: Readonly<Record<string, AmountsJson>>): string[] {
    return Object.entries(expected).flatMap(([name, amounts]) =>
      Object.entries(amounts).flatMap(([asset, amount]) =>
        differences(amount, String(this.#account(name).of(asset)[kind]), `${kind}.${name}.${asset}`),
      ),
    );
  }

  #expect(expected: ExpectJson): string[] {
    const lines = [...this.#amounts('free', expected.free ?? {}), ...this.#amounts('locked', expected.locked ?? {})];
    const compare = (wanted: unknown, found: unknown, path: string): void => {
      if (wanted !== undefined) lines.push(...differences(wanted, found, path));
    };
    for (const [symbol, book] of Object.entries(expected.book ?? {})) {
      compare(book, this.#bookFacts(symbol), `book.${symbol}`);
    }
    compare(expected.lastPrice, this.#lastPrices(), 'lastPrice');
    for (const [symbol, wanted] of Object.entries(expected.trades ?? {})) {
      const { count, items } = wanted;
      lines.push(...unknownMembers(wanted, ['count', 'items'], `trades.${symbol}`));
      const found = this.#latest.get(symbol) ?? [];
      compare(count, found.length, `trades.${symbol}.count`);
      for (const [place, item] of Object.entries(items ?? {})) {
        compare(item, found[Number(place)], `trades.${symbol}.${place}`);
      }
    }
    compare(expected.fee, this.#feeSoFar(), 'fee');
    if (expected.accountFees !== undefined) lines.push(...this.#accountFees(expected.accountFees));
    for (const [symbol, count] of Object.entries(expected.openOrderCount ?? {})) {
      const open = [...this.#state.openOrders.values()].filter(({ pair }) => pair.symbol === symbol);
      compare(count, open.length, `openOrderCount.${symbol}`);
    }
    for (const [symbol, accounts] of Object.entries(expected.openOrders ?? {})) {
      for (const [name, orders] of Object.entries(accounts)) {
        compare(byId(orders), byId(this.#openOrders(symbol, name)), `openOrders.${symbol}.${name}`);
      }
    }
    for (const [symbol, isPending] of Object.entries(expected.pendingMatch ?? {})) {
      compare(isPending, (this.#state.pairs.get(symbol)?.round.length ?? 0) > 0, `pendingMatch.${symbol}`);
    }
    lines.push(...this.#compareChanges(expected));
    if (expected.published !== undefined) lines.push(...this.#published(expected.published));
    return lines;
  }

  /** What was charged since the block before ended. */
  #feeSoFar(): string {
    if (this.#isOver) return this.#block?.fee.fee ?? '';
    const { ledgers } = this.#chain.trading.block;
    return sumOf(ledgers.map(({ native, others }) => feeText(native, others)));
  }

  #openOrders(symbol: string, name: string): { readonly id: string }[] {
    const account = this.#account(name);
    return [...this.#state.openOrders.values()]
      .filter(({ owner, pair }) => owner === account && pair.symbol === symbol)
      .map(({ id, filled, price, quantity, height }) => ({
        id,
        cum: String(filled),
        price: String(price),
        qty: String(quantity),
        createdHeight: height,
        updatedHeight: this.#changed.get(id),
      }));
  }

  #published(expected: PublishedJson): string[] {
    const publication = this.#publication;
    if (publication === undefined) return ['nothing is published'];
    const { books, bookCount, accounts, accountCount, trades, blockFee } = expected;
    const lines = unknownMembers(expected, PUBLISHED, 'published');
    const compare = (wanted: unknown, found: unknown, path: string): void => {
      if (wanted !== undefined) lines.push(...differences(wanted, found, `published.${path}`));
    };
    const levels = (side: PublishedBook['buys']): string[][] =>
      side.map(([price, quantity]) => [String(price), String(quantity)]);
    const found = publication.books.map(({ symbol, buys, sells }) => ({
      symbol,
      buys: levels(buys),
      sells: levels(sells),
    }));
    compare(books, found, 'books');
    compare(bookCount, found.length, 'bookCount');
    const published = publication.accounts.map(({ address, fee, sequence, balances }) => {
      const name = this.#name(address);
      const amounts = balances.map(({ asset, free, frozen, locked }) => [
        asset,
        { free: String(free), frozen: String(frozen), locked: String(locked) },
      ]);
      return [name, { fee: feeLike(accounts?.[name]?.fee, fee), sequence, balances: Object.fromEntries(amounts) }];
    });
    compare(accounts, Object.fromEntries(published), 'accounts');
    compare(accountCount, published.length, 'accountCount');
    if (trades !== undefined) lines.push(...this.#publishedTrades(publication.block, trades, 'published.trades'));
    compare(blockFee, publication.block.fee.fee, 'blockFee');
    return lines;
  }

  /** Trades as they are published: fee strings are those of the owner's whole block, but for the single ones. */
  #publishedTrades(block: Block, expected: PublishedTradesJson, path: string): string[] {
    if (!Array.isArray(expected) && ('count' in expected || 'items' in expected)) {
      const { count, items } = expected as { readonly count?: number; readonly items?: PublishedTradesJson };
      return [
        ...unknownMembers(expected, ['count', 'items'], path),
        ...(count === undefined ? [] : differences(count, block.trades.length, `${path}.count`)),
        ...(items === undefined ? [] : this.#publishedTrades(block, { ...items }, path)),
      ];
    }
    const wanted = Object.entries(expected as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    const lines = Array.isArray(expected) ? differences(wanted.length, block.trades.length, `${path}.count`) : [];
    for (const [place, item] of wanted) {
      const trade = block.trades[Number(place)];
      if (trade === undefined) {
        lines.push(`${path}.${place}: there is no such trade`);
        continue;
      }
      const sold = feeLike(item.sfee ?? item.sellerFee, trade.sellFee);
      const bought = feeLike(item.bfee ?? item.buyerFee, trade.buyFee);
      const facts = {
        id: trade.tradeId,
        symbol: trade.symbol,
        price: String(trade.price),
        qty: String(trade.quantity),
        tick: capital(trade.tick),
        seller: trade.sellOrderId,
        buyer: trade.buyOrderId,
        sid: trade.sellOrderId,
        bid: trade.buyOrderId,
        sfee: sold,
        bfee: bought,
        sellerFee: sold,
        buyerFee: bought,
        ssinglefee: trade.sellSingleFee,
        bsinglefee: trade.buySingleFee,
        saddr: this.#name(trade.seller),
        baddr: this.#name(trade.buyer),
        tradeIndex: Number(place),
      };
      lines.push(...differences(item, facts, `${path}.${place}`));
    }
    return lines;
  }
}

export const scenarioCases: CaseKinds = {
  scenario: (one: Case) => {
    const features = (one.features ?? {}) as { readonly priceBandExpiry?: boolean };
    const setup = one.setup as SetupJson;
    const strange = [
      ...unknownMembers(features, ['priceBandExpiry'], 'features'),
      ...unknownMembers(setup, ['pairs', 'fees', 'accounts', 'busdSymbol'], 'setup'),
    ];
    if (strange.length > 0) return strange;
    return new Scenario(setup, features.priceBandExpiry ?? true).run(one.steps as readonly StepJson[]);
  },
};
