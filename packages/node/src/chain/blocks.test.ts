/**
 * Promises about pairs that come and go, and about what a block tells, each with the smallest run that shows it.
 * In: a state as cases have it. Out: what the chain does with it.
 */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { addressOf, openPair, setBalances, stateOf } from '../../../../tests/cases/caseState.ts';
import { BUY, GTE, LIMIT, SELL } from '../entry/orderEntry.ts';
import { Chain } from './chain.ts';

const DAY_NS = 86_400_000_000_000n;

test('a pair is delisted however many orders wait at one price', () => {
  const state = stateOf();
  openPair(state, { base: 'AAA-000', quote: 'BNB', listPrice: '100000000' });
  state.height = 1;
  const account = state.accounts.open(addressOf(1));
  setBalances(account, { 'AAA-000': '1000000000000000000' });
  const chain = new Chain(state);
  const terms = { symbol: 'AAA-000_BNB', side: SELL, price: 100_000_000n, quantity: 100_000_000n, timeInForce: GTE };
  const orders = 200_000;
  for (let number = 0; number < orders; number += 1)
    assert.equal(chain.trading.place(account, `A-${number}`, terms, 0, ''), undefined);
  chain.seal(DAY_NS);
  chain.delistNextDay('AAA-000_BNB');
  const { delisted, updates } = chain.seal(2n * DAY_NS);
  assert.deepEqual(delisted, ['AAA-000_BNB']);
  assert.equal(updates.length, orders);
});

test('pairs that are to go on one day all go, whichever of them was named first', () => {
  const state = stateOf();
  for (const quote of ['BNB', 'BBB-000']) openPair(state, { base: 'AAA-000', quote, listPrice: '100000000' });
  state.height = 1;
  const chain = new Chain(state);
  chain.seal(DAY_NS);
  chain.delistNextDay('AAA-000_BNB');
  chain.delistNextDay('AAA-000_BBB-000');
  assert.deepEqual([...chain.seal(2n * DAY_NS).delisted].sort(), ['AAA-000_BBB-000', 'AAA-000_BNB']);
});

test('a pair that is listed opens with the next block: an order of the same block does not find it', () => {
  const state = stateOf();
  state.height = 1;
  const account = state.accounts.open(addressOf(1));
  setBalances(account, { BNB: '1000000000000', 'AAA-000': '1000000000000' });
  const token = { name: 'A', owner: account.address, mintable: false, kind: 'bep2', tokenUri: '' } as const;
  for (const symbol of ['AAA-000', 'BNB'])
    state.tokens.set(symbol, { ...token, symbol, originalSymbol: symbol, totalSupply: 1_000_000_000_000n });
  const chain = new Chain(state);
  const listing = {
    type: 'list' as const,
    from: account.address,
    proposalId: 1n,
    baseAsset: 'AAA-000',
    quoteAsset: 'BNB',
    initPrice: 100_000_000n,
  };
  assert.equal(chain.deliver({ message: listing, sequence: 0, memo: '', source: 0, hash: 'A' }).ok, true);
  const order = {
    type: 'newOrder' as const,
    sender: account.address,
    id: `${account.hex}-2`,
    symbol: 'AAA-000_BNB',
    orderType: LIMIT,
    side: BUY,
    price: 100_000_000n,
    quantity: 100_000_000n,
    timeInForce: GTE,
  };
  const early = chain.deliver({ message: order, sequence: 1, memo: '', source: 0, hash: 'B' });
  assert.equal(early.ok ? '' : early.message, 'trading pair not found: AAA-000_BNB');
  chain.seal(DAY_NS);
  assert.equal(chain.deliver({ message: order, sequence: 1, memo: '', source: 0, hash: 'C' }).ok, true);
});

test('reports of a block are plain values: copies say all of it, and blocks that differ are not taken for equal', () => {
  const blockOf = (quantity: bigint) => {
    const state = stateOf();
    openPair(state, { base: 'AAA-000', quote: 'BNB', listPrice: '100000000' });
    state.height = 1;
    const account = state.accounts.open(addressOf(1));
    setBalances(account, { BNB: '1000000000000', 'AAA-000': '1000000000000' });
    const chain = new Chain(state);
    const terms = { symbol: 'AAA-000_BNB', price: 100_000_000n, quantity, timeInForce: GTE };
    chain.trading.place(account, 'A-1', { ...terms, side: SELL }, 0, '');
    chain.trading.place(account, 'A-2', { ...terms, side: BUY }, 0, '');
    return chain.seal(DAY_NS);
  };
  const [one, other] = [blockOf(100_000_000n), blockOf(200_000_000n)];
  assert.notDeepEqual(one.trades, other.trades);
  assert.equal({ ...one.trades[0]! }.quantity, 100_000_000n);
  assert.equal({ ...one.updates[0]! }.orderId, 'A-1');
});
