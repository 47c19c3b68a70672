import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { openPair, stateOf } from '../../../../tests/cases/caseState.ts';
import { type OrderTerms, TradingChain } from '../../../../tests/support/tradingChain.ts';
import type { Message, Transaction } from '../../../protocol/src/transactions/index.ts';
import type { Block } from './block.ts';
import { Chain } from './chain.ts';
import { notional } from './notional.ts';
import { restoreState, snapshot, stateHash } from './snapshot.ts';
import type { State } from './state.ts';

const PAIRS = [
  ['AAA-000', 'BNB'],
  ['BBB-000', 'AAA-000'],
  ['BNB', 'BUSD-BD1'],
  ['AAA-000', 'BUSD-BD1'],
  ['MIN-12AM', 'BNB'],
  ['NIM-34BM', 'BUSD-BD1'],
] as const;
const SYMBOLS = PAIRS.map((assets) => assets.join('_'));
const ASSETS = [...new Set(PAIRS.flat())];
const ACCOUNTS = 5;
const ONE = 100_000_000n;

type Step =
  | { readonly kind: 'order'; readonly account: number; readonly pair: number; readonly terms: OrderTerms }
  | { readonly kind: 'cancel'; readonly account: number; readonly pick: number }
  | { readonly kind: 'seal'; readonly days: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 30,
      arbitrary: fc.record({
        kind: fc.constant('order' as const),
        account: fc.nat(ACCOUNTS - 1),
        pair: fc.nat(PAIRS.length - 1),
        terms: fc.record({
          side: fc.constantFrom('buy' as const, 'sell' as const),
          price: fc.integer({ min: 95, max: 105 }).map((price) => BigInt(price) * 1_000_000n),
          quantity: fc.oneof(
            fc.integer({ min: 1, max: 500 }).map((quantity) => BigInt(quantity) * 10_000_000n),
            fc.integer({ min: 1, max: 3_000 }).map(BigInt),
          ),
          timeInForce: fc.constantFrom('GTE' as const, 'GTE' as const, 'IOC' as const),
        }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('cancel' as const), account: fc.nat(ACCOUNTS - 1), pick: fc.nat(50) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('seal' as const), days: fc.constantFrom(0, 0, 0, 0, 1) }),
    },
  ),
  { minLength: 60, maxLength: 160, size: 'max' },
);

const newRun = (): TradingChain => {
  const state = stateOf({ busdSymbol: 'BUSD-BD1' });
  for (const [base, quote] of PAIRS) {
    openPair(state, { base, quote, listPrice: '100000000', tickSize: '1000', lotSize: '1' });
    state.pairs.get(`${base}_${quote}`)!.matchLotSize = 10_000_000n;
  }
  const run = new TradingChain(state);
  for (let at = 0; at < ACCOUNTS; at += 1) {
    const account = run.account(String(at), Object.fromEntries(ASSETS.map((asset) => [asset, '20000000000'])));
    // Some are poor in BNB, and pay in what they receive or unlock.
    if (at >= 2) account.balance('BNB').free = BigInt(at - 2) * 30_000n;
    account.balance('AAA-000').frozen = 5n;
  }
  return run;
};

const supply = (state: State): Record<string, bigint> => {
  const sums: Record<string, bigint> = Object.fromEntries(ASSETS.map((asset) => [asset, 0n]));
  for (const { balances } of state.accounts) {
    for (const [asset, { free, locked, frozen }] of balances) {
      assert.ok(free >= 0n && locked >= 0n && frozen >= 0n, `${asset} below zero`);
      sums[asset] = (sums[asset] ?? 0n) + free + locked + frozen;
    }
  }
  return sums;
};

/** What open orders need is what is locked, account by account. */
const checkLocks = (state: State): void => {
  const needed = new Map<string, bigint>();
  for (const { owner, side, pair, price, quantity, filled } of state.openOrders.values()) {
    const key = `${owner.address} ${side === 'buy' ? pair.quote : pair.base}`;
    const amount = side === 'buy' ? notional(price, quantity) - notional(price, filled) : quantity - filled;
    needed.set(key, (needed.get(key) ?? 0n) + amount);
  }
  for (const { address, balances } of state.accounts) {
    for (const [asset, { locked }] of balances) assert.equal(locked, needed.get(`${address} ${asset}`) ?? 0n, asset);
  }
};

const checkBooks = (state: State, block: Block): void => {
  let resting = 0;
  for (const { isMini, orders, symbol, round } of state.pairs.values()) {
    resting += orders.size;
    const [bid] = orders.levels('buy', 1);
    const [ask] = orders.levels('sell', 1);
    if (!isMini && bid !== undefined && ask !== undefined) assert.ok(bid[0] < ask[0], `${symbol} is crossed`);
    if (!isMini || block.isBreathe) assert.deepEqual(round, []);
  }
  assert.equal(state.openOrders.size, resting);
};

const messageOf = (run: TradingChain, step: Exclude<Step, { kind: 'seal' }>): Message => {
  const account = run.account(String(step.account));
  if (step.kind === 'order') return run.newOrder(account, { ...step.terms, symbol: SYMBOLS[step.pair]! });
  const ids = [...run.state.openOrders.values()].map(({ id }) => id);
  const refId = ids[step.pick % Math.max(ids.length, 1)] ?? 'none-1';
  const symbol = run.state.openOrders.get(refId)?.pair.symbol ?? SYMBOLS[0]!;
  return { type: 'cancelOrder', sender: account.address, symbol, refId };
};

interface Recorded {
  readonly transactions: readonly Transaction[];
  readonly time: bigint;
  readonly block: Block;
  readonly hash: string;
}

/** Runs the steps, checking as it goes. */
const play = (run: TradingChain, all: readonly Step[]): Recorded[] => {
  const before = supply(run.state);
  const recorded: Recorded[] = [];
  let transactions: Transaction[] = [];
  for (const step of [...all, { kind: 'seal' as const, days: 0 }]) {
    if (step.kind !== 'seal') {
      const transaction = run.transaction(run.account(String(step.account)), messageOf(run, step));
      transactions.push(transaction);
      const hash = stateHash(run.state);
      const result = run.chain.deliver(transaction);
      assert.equal(stateHash(run.state) === hash, !result.ok);
      continue;
    }
    const block = run.seal(step.days);
    assert.deepEqual(supply(run.state), before);
    checkLocks(run.state);
    checkBooks(run.state, block);
    recorded.push({ transactions, time: run.time, block, hash: stateHash(run.state) });
    transactions = [];
  }
  return recorded;
};

const replay = (chain: Chain, recorded: readonly Recorded[]): void => {
  for (const { transactions, time, block, hash } of recorded) {
    for (const transaction of transactions) chain.deliver(transaction);
    assert.deepEqual(chain.seal(time), block);
    assert.equal(stateHash(chain.state), hash);
  }
};

test('whatever accounts do, nothing is created or lost, locks are what open orders need, and books do not cross', () => {
  let trades = 0;
  let failures = 0;
  fc.assert(
    fc.property(steps, (all) => {
      for (const { block } of play(newRun(), all)) {
        trades += block.trades.length;
        failures += block.updates.filter(({ status }) => status === 'FailedMatching').length;
      }
    }),
    { numRuns: 60, seed: 1 },
  );
  assert.ok(trades > 200, `only ${trades} trades`);
  assert.equal(failures, 0);
});

test('the same transactions give the same blocks and the same state', () => {
  fc.assert(
    fc.property(steps, (all) => {
      replay(newRun().chain, play(newRun(), all));
    }),
    { numRuns: 15, seed: 2 },
  );
});

test('a chain that is restored from a snapshot goes on as if it had never stopped', () => {
  fc.assert(
    fc.property(steps, fc.nat(10), (all, cut) => {
      const run = newRun();
      const recorded = play(run, all);
      const place = Math.min(cut, recorded.length);
      const chain = newRun().chain;
      replay(chain, recorded.slice(0, place));
      const text = JSON.stringify(snapshot(chain.state));
      const restored = restoreState(JSON.parse(text));
      assert.equal(stateHash(restored), stateHash(chain.state));
      replay(new Chain(restored), recorded.slice(place));
    }),
    { numRuns: 25, seed: 3 },
  );
});

test('an account may trade with itself: it pays both fees and nothing is lost', () => {
  const run = newRun();
  const before = supply(run.state);
  const account = run.account('0');
  run.place(account, { symbol: SYMBOLS[0]!, side: 'sell', price: ONE, quantity: ONE });
  run.place(account, { symbol: SYMBOLS[0]!, side: 'buy', price: ONE, quantity: ONE });
  const { trades, updates, accountFees } = run.seal();
  assert.deepEqual([trades.length, updates.length], [1, 4]);
  assert.deepEqual([...accountFees.values()], ['BNB:80000']);
  assert.deepEqual(supply(run.state), before);
});

test('books of nearly int64 buys at the lowest prices are matched to the unit, or the match fails and gives all back', () => {
  const run = newRun();
  const pair = run.state.pairs.get(SYMBOLS[0]!)!;
  pair.tickSize = 1n;
  const before = supply(run.state);
  const [buyer, seller] = [run.account('0'), run.account('1')];
  for (let price = 1n; price <= 3n; price += 1n) {
    assert.ok(run.place(buyer, { symbol: pair.symbol, side: 'buy', price, quantity: 100_000_000_000_000_000n }).ok);
  }
  assert.ok(run.place(seller, { symbol: pair.symbol, side: 'sell', price: 1n, quantity: 19_000_000_000n }).ok);
  const { trades } = run.seal();
  assert.deepEqual(
    trades.map(({ price, quantity }) => [price, quantity]),
    [[3n, 19_000_000_000n]],
  );
  assert.deepEqual(supply(run.state), before);
  checkLocks(run.state);
});
