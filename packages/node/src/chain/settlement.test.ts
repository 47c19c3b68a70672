import assert from 'node:assert/strict';
import { test } from 'vitest';
import { openPair, stateOf } from '../../../../tests/cases/caseState.ts';
import { TradingChain } from '../../../../tests/support/tradingChain.ts';

const ONE = 100_000_000n;
const RICH = { BNB: '100000000000', 'AAA-000': '100000000000', 'BBB-000': '100000000000' };

const newRun = () => {
  const state = stateOf();
  openPair(state, { base: 'AAA-000', quote: 'BBB-000', listPrice: '100000000' });
  openPair(state, { base: 'AAA-000', quote: 'BNB', listPrice: '100000000' });
  openPair(state, { base: 'BBB-000', quote: 'BNB', listPrice: '100000000' });
  const run = new TradingChain(state);
  return { run, state, rich: run.account('rich', RICH) };
};

test('fills that bring BNB are charged first, then those that cost BNB, then the others, each on what is left', () => {
  const { run, rich } = newRun();
  // No BNB is free after the locks. The sale brings 1 BNB, out of which all fees are paid.
  const poor = run.account('poor', { BNB: '200000000', 'AAA-000': '100000000', 'BBB-000': '300000000' });
  const trade = (symbol: string, side: 'buy' | 'sell', quantity: bigint, price = ONE): void => {
    run.place(poor, { symbol, side, price, quantity });
    run.place(rich, { symbol, side: side === 'buy' ? 'sell' : 'buy', price, quantity });
  };
  trade('AAA-000_BBB-000', 'buy', 3n * ONE);
  trade('AAA-000_BNB', 'sell', ONE);
  trade('BBB-000_BNB', 'buy', 2n * ONE);
  assert.equal(poor.of('BNB').free, 0n);
  const { trades, accountFees } = run.seal();
  const fees = trades.map((trade) => (trade.buyer === poor.address ? trade.buySingleFee : trade.sellSingleFee));
  assert.deepEqual(fees, ['BNB:120000', 'BNB:40000', 'BNB:80000']);
  assert.equal(accountFees.get(poor.address), 'BNB:240000');
});

test('with too little BNB the order of charging decides which fill is paid in what was received', () => {
  const { run, rich } = newRun();
  const poor = run.account('poor', { BNB: '200100000', 'BBB-000': '300000000' });
  for (const [symbol, quantity] of [
    ['AAA-000_BBB-000', 2n * ONE],
    ['BBB-000_BNB', 2n * ONE],
  ] as const) {
    run.place(poor, { symbol, side: 'buy', price: ONE, quantity });
    run.place(rich, { symbol, side: 'sell', price: ONE, quantity });
  }
  const { trades } = run.seal();
  // 100,000 units are free, and either fee is 80,000: the fill that cost BNB has them, though its pair comes later.
  assert.deepEqual(
    trades.map(({ buySingleFee }) => buySingleFee),
    ['AAA-000:200000', 'BNB:80000'],
  );
});

test('price improvement goes back to the buyer, and rounding leaves nothing locked', () => {
  const state = stateOf();
  openPair(state, { base: 'AAA-000', quote: 'BNB', listPrice: '5' });
  const run = new TradingChain(state);
  const seller = run.account('seller', { 'AAA-000': '150000000' });
  const buyer = run.account('buyer', { BNB: '100' });
  run.place(buyer, { side: 'buy', price: 7n, quantity: 150_000_000n });
  assert.deepEqual([buyer.of('BNB').locked, buyer.of('BNB').free], [10n, 90n]);
  run.place(seller, { side: 'sell', price: 7n, quantity: 50_000_000n });
  run.seal();
  assert.deepEqual([buyer.of('BNB').locked, buyer.of('BNB').free], [7n, 90n]);
  run.place(seller, { side: 'sell', price: 5n, quantity: 100_000_000n });
  run.seal();
  assert.equal(buyer.of('BNB').locked, 0n);
  assert.equal(buyer.of('BNB').free + seller.of('BNB').free, 100n);
});

test('removals are charged by unlocked asset, BNB first, until the balance is used up', () => {
  const { run } = newRun();
  const owner = run.account('owner', { BNB: '7001', 'AAA-000': '100000000', 'BBB-000': '200000000' });
  run.place(owner, { symbol: 'AAA-000_BBB-000', side: 'buy', price: ONE, quantity: ONE, timeInForce: 'IOC' });
  run.place(owner, { symbol: 'AAA-000_BNB', side: 'sell', price: 2n * ONE, quantity: ONE, timeInForce: 'IOC' });
  // A tick for a lot: it locks one unit of BNB, and brings back no more.
  run.place(owner, { symbol: 'BBB-000_BNB', side: 'buy', price: 1_000n, quantity: 100_000n, timeInForce: 'IOC' });
  const { updates } = run.seal();
  const fees = updates
    .filter(({ status }) => status === 'IocNoFill')
    .map(({ symbol, singleFee }) => [symbol, singleFee]);
  // 7,001 units of BNB: one fee of 5,000, that of the buy that had locked BNB; the others in what they unlock.
  assert.deepEqual(fees, [
    ['AAA-000_BBB-000', 'BBB-000:25000'],
    ['AAA-000_BNB', 'AAA-000:25000'],
    ['BBB-000_BNB', 'BNB:5000'],
  ]);
});
