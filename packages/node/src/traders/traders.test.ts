import assert from 'node:assert/strict';
import { type Message, signerOf, type Transaction } from '@dexwire/protocol/transactions';
import { test } from 'vitest';
import { ChainMarket } from '../../../../tests/support/chainMarket.ts';
import type { Block } from '../chain/block.ts';
import { defaultGenesis } from '../chain/defaultGenesis.ts';
import { stateOfGenesis } from '../chain/genesis.ts';
import type { State } from '../chain/state.ts';
import { defaultTraders } from './defaultTraders.ts';
import { IN_USE_BLOCKS, Traders } from './traders.ts';
import { treasurer } from './treasurer.ts';

const WINDOW = 5;

const GENESIS = defaultGenesis();
const ADDRESSES = new Map(GENESIS.accounts.map(({ name, address }) => [name ?? address, address]));
const PAIRS = stateOfGenesis(GENESIS).pairs;
const ASSETS = GENESIS.tokens.map(({ symbol }) => symbol);

const tradersOf = (seed: number, rate = 1) =>
  defaultTraders({ seed, rate, accounts: ADDRESSES, symbols: [...PAIRS.keys()] });

/** The best levels, as `marketDepth` shows them. */
const depthOf = (state: State, symbol: string): string => {
  const orders = state.pairs.get(symbol)?.orders;
  return (['buy', 'sell'] as const).map((side) => orders?.levels(side, 20).join(' ')).join('|');
};

/** All there is of an asset: free, locked and frozen. */
const totalOf = (state: State, asset: string): bigint => {
  let total = 0n;
  for (const account of state.accounts) {
    const { free, locked, frozen } = account.of(asset);
    total += free + locked + frozen;
  }
  return total;
};

/** Seals so many blocks. */
const sealed = (market: ChainMarket, count: number): Block[] => Array.from({ length: count }, () => market.seal());

/** What traders would do now. The market refuses all of it, so that nothing changes. */
const asked = (market: ChainMarket, traders: Traders): Message[] => {
  const messages: Message[] = [];
  traders.onBlock({
    state: market.state,
    height: market.height,
    time: market.time,
    submit: (message) => {
      messages.push(message);
      return { ok: false, codespace: 1, reason: 1, code: 65_537, message: 'only asking' };
    },
  });
  return messages;
};

test('every pair has trades and changes of its book, and every account orders, balances and transfers, in any five blocks', () => {
  const traders = tradersOf(1);
  const market = new ChainMarket(GENESIS, traders);
  /** The latest block in which something had news. */
  const seen = new Map<string, number>();
  const subjects = [
    ...[...PAIRS.keys()].flatMap((symbol) => ['trades', 'depth'].map((topic) => `${symbol}@${topic}`)),
    ...[...ADDRESSES.values()].flatMap((address) =>
      ['orders', 'accounts', 'transfers'].map((topic) => `${address}@${topic}`),
    ),
  ];
  const depths = new Map<string, string>();
  for (let height = 1; height <= 250; height += 1) {
    const block = market.seal();
    for (const { symbol } of block.trades) seen.set(`${symbol}@trades`, height);
    for (const { owner } of block.updates) seen.set(`${owner}@orders`, height);
    for (const address of block.touched) seen.set(`${address}@accounts`, height);
    for (const { from, to } of block.transfers) {
      for (const address of [from, ...to.map((side) => side.address)]) seen.set(`${address}@transfers`, height);
    }
    for (const symbol of PAIRS.keys()) {
      const depth = depthOf(market.state, symbol);
      if (depth !== depths.get(symbol)) seen.set(`${symbol}@depth`, height);
      depths.set(symbol, depth);
    }
    if (height < WINDOW) continue;
    for (const subject of subjects) {
      assert.ok(height - (seen.get(subject) ?? -WINDOW) < WINDOW, `${subject}: no news in five blocks up to ${height}`);
    }
  }
  assert.deepEqual([...traders.refusals], []);
});

test('the same seed gives the same transactions, another seed others', () => {
  const run = (seed: number): readonly Transaction[] => {
    const market = new ChainMarket(GENESIS, tradersOf(seed));
    return sealed(market, 60).flatMap((block) => block.transactions.map(({ transaction }) => transaction));
  };
  const first = run(1);
  assert.deepEqual(run(1), first);
  assert.notDeepEqual(
    run(2).map(({ message }) => message),
    first.map(({ message }) => message),
  );
});

test('what traders do follows from the state, the height and the seed, not from what they did before', () => {
  const traders = tradersOf(5);
  const market = new ChainMarket(GENESIS, traders);
  sealed(market, 50);
  const first = asked(market, tradersOf(5));
  assert.ok(first.length > 10);
  assert.deepEqual(asked(market, traders), first);
});

test('over 2,000 blocks prices stay in their band, books stay bounded, nothing is refused and nothing is lost', () => {
  const traders = tradersOf(9);
  const market = new ChainMarket(GENESIS, traders);
  const before = new Map(ASSETS.map((asset) => [asset, totalOf(market.state, asset)]));
  const statuses = new Set<string>();
  const types = new Set<string>();
  let mostOrders = 0;
  for (let height = 1; height <= 2_000; height += 1) {
    const block = market.seal();
    for (const { status } of block.updates) statuses.add(status);
    for (const { transaction } of block.transactions) types.add(transaction.message.type);
    for (const { symbol, price } of block.trades) {
      const listPrice = PAIRS.get(symbol)?.listPrice ?? 0n;
      assert.ok(price * 100n >= listPrice * 88n && price * 100n <= listPrice * 112n, `${symbol} at ${price}`);
    }
    mostOrders = Math.max(mostOrders, market.state.openOrders.size);
  }
  assert.deepEqual([...traders.refusals], []);
  assert.ok(mostOrders < PAIRS.size * 120, String(mostOrders));
  for (const symbol of PAIRS.keys()) {
    const orders = market.state.pairs.get(symbol)?.orders;
    for (const side of ['buy', 'sell'] as const) assert.ok((orders?.levelCount(side) ?? 0) >= 20, `${symbol} ${side}`);
  }
  for (const asset of ASSETS) assert.equal(totalOf(market.state, asset), before.get(asset), asset);
  assert.deepEqual([...statuses].sort(), ['Ack', 'Canceled', 'FullyFill', 'IocExpire', 'IocNoFill', 'PartialFill']);
  assert.deepEqual([...types].sort(), ['cancelOrder', 'freeze', 'newOrder', 'send', 'unfreeze']);
}, 60_000);

test('the rate scales how much is done, and at rate 0 the market maker alone keeps its ladder', () => {
  const count = (rate: number): { readonly transactions: number; readonly trades: number } => {
    const traders = tradersOf(3, rate);
    const blocks = sealed(new ChainMarket(GENESIS, traders), 40);
    assert.deepEqual([...traders.refusals], []);
    const sum = (of: (block: Block) => number): number => blocks.reduce((total, block) => total + of(block), 0);
    return { transactions: sum(({ transactions }) => transactions.length), trades: sum(({ trades }) => trades.length) };
  };
  const [none, usual, tenfold] = [count(0), count(1), count(10)];
  assert.equal(none.trades, 0);
  assert.ok(none.transactions >= 48 * PAIRS.size && none.transactions < usual.transactions);
  assert.ok(tenfold.trades > 5 * usual.trades && tenfold.transactions > 5 * (usual.transactions - none.transactions));
});

test('whatever the rate is, nothing is refused', () => {
  for (const rate of [0.1, 7.3, 25]) {
    const traders = tradersOf(11, rate);
    const blocks = sealed(new ChainMarket(GENESIS, traders), 16);
    assert.deepEqual([...traders.refusals], [], String(rate));
    assert.ok(blocks.some(({ trades }) => trades.length > 0));
  }
});

test('an account that somebody else signs for is left alone for half a minute, and only then', () => {
  const market = new ChainMarket(GENESIS, tradersOf(4));
  const alice = ADDRESSES.get('alice') ?? '';
  const bob = ADDRESSES.get('bob') ?? '';
  /** In how many blocks the account signed something or got something. */
  const active = (blocks: readonly Block[], address: string): number =>
    blocks.filter((block) => block.touched.includes(address)).length;
  assert.ok(active(sealed(market, 20), alice) >= 5);
  const coins = [{ asset: 'BNB', amount: 1n }];
  market.submit({ type: 'send', inputs: [{ address: alice, coins }], outputs: [{ address: bob, coins }] });
  const [first, ...rest] = sealed(market, IN_USE_BLOCKS);
  assert.equal(first?.transactions.filter(({ transaction }) => signerOf(transaction.message) === alice).length, 1);
  // Her waiting orders may still be filled; nothing else happens to her.
  const signed = rest.flatMap(({ transactions }) =>
    transactions.map(({ transaction }) => signerOf(transaction.message)),
  );
  assert.ok(!signed.includes(alice));
  assert.ok(signed.includes(bob));
  assert.ok(!rest.some(({ transfers }) => transfers.some(({ to }) => to.some(({ address }) => address === alice))));
  assert.ok(active(sealed(market, 20), alice) >= 5);
});

test('fees that the proposer has earned go back, and what it had is left to it', () => {
  const [receiver = '', other = ''] = ['maker', 'whale'].map((name) => ADDRESSES.get(name) ?? '');
  const traders = new Traders(1, [treasurer({ addresses: [receiver, other], perBlock: 1 })]);
  const market = new ChainMarket(GENESIS, traders);
  const { accounts, proposer } = market.state;
  const had = accounts.get(proposer)?.of('BNB').free ?? 0n;
  assert.deepEqual(market.seal().transfers, []);
  const coins = [{ asset: 'BNB', amount: 500_000_000n }];
  market.submit({ type: 'send', inputs: [{ address: other, coins }], outputs: [{ address: proposer, coins }] });
  const [transfer] = market.seal().transfers.filter(({ from }) => from === proposer);
  assert.deepEqual(transfer?.to, [{ address: other, coins }]);
  const left = accounts.get(proposer)?.of('BNB').free ?? 0n;
  assert.ok(left >= had && left < had + 1_000_000n, String(left));
});

test('without a maker among the accounts nobody trades', () => {
  const { size } = ADDRESSES;
  const accounts = new Map([...ADDRESSES].filter(([name]) => name !== 'maker'));
  assert.equal(accounts.size, size - 1);
  const traders = defaultTraders({ seed: 1, accounts, symbols: [...PAIRS.keys()] });
  assert.deepEqual(
    sealed(new ChainMarket(GENESIS, traders), 10).flatMap(({ transactions }) => transactions),
    [],
  );
});

test('what the market refuses is counted by trader, message and code', () => {
  const market = new ChainMarket(GENESIS);
  const traders = tradersOf(1);
  const messages = asked(market, traders);
  const refusal = traders.refusals.get('maker newOrder 65537');
  assert.equal(refusal?.message, 'only asking');
  const total = [...traders.refusals.values()].reduce((sum, { count }) => sum + count, 0);
  assert.equal(total, messages.length);
});
