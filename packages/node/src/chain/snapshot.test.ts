import assert from 'node:assert/strict';
import { test } from 'vitest';
import { openPair, stateOf } from '../../../../tests/cases/caseState.ts';
import { TradingChain } from '../../../../tests/support/tradingChain.ts';
import { Chain } from './chain.ts';
import { orderNumber } from './openOrders.ts';
import { restoreState, SnapshotError, snapshot, stateHash } from './snapshot.ts';

const ONE = 100_000_000n;

const newRun = () => {
  const state = stateOf();
  openPair(state, { base: 'MIN-12AM', quote: 'BNB', listPrice: '100000000' });
  const run = new TradingChain(state);
  return { run, state, owner: run.account('owner', { BNB: '100000000000', 'MIN-12AM': '9223372036854775807' }) };
};

test('a snapshot is plain JSON and keeps int64 amounts whole', () => {
  const { state } = newRun();
  const told = snapshot(state);
  assert.deepEqual(JSON.parse(JSON.stringify(told)), told);
  const restored = restoreState(told);
  assert.equal([...restored.accounts][0]?.of('MIN-12AM').free, 9_223_372_036_854_775_807n);
  assert.equal(stateHash(restored), stateHash(state));
});

test('the hash tells states apart, by a unit of one balance', () => {
  const { state, owner } = newRun();
  const before = stateHash(state);
  assert.match(before, /^[0-9a-f]{64}$/);
  owner.native.free += 1n;
  assert.notEqual(stateHash(state), before);
});

test('an asset that is looked at, or was held once, does not change the hash', () => {
  const { state, owner } = newRun();
  const before = stateHash(state);
  owner.balance('ZZZ-000');
  assert.equal(stateHash(state), before);
});

test('orders of a mini pair that were cancelled while they waited still count after a restore', () => {
  const { run, state, owner } = newRun();
  state.height = 1;
  const others = Array.from({ length: 8 }, (_, at) => `AA${at}-12AM`);
  for (const base of others) openPair(state, { base, quote: 'BNB', listPrice: '100000000' });
  // Two orders on each of eight pairs, and one on the last that is gone again: it waits for its turn.
  for (const base of others) {
    for (const price of [ONE, 2n * ONE]) run.place(owner, { symbol: `${base}_BNB`, side: 'buy', price, quantity: ONE });
  }
  const id = run.nextId(owner);
  run.place(owner, { symbol: 'MIN-12AM_BNB', side: 'buy', price: ONE, quantity: ONE });
  run.cancel(owner, id, 'MIN-12AM_BNB');
  run.seal();
  const pair = state.pairs.get('MIN-12AM_BNB')!;
  assert.equal(pair.round.length, 1);
  const restored = restoreState(snapshot(state));
  assert.deepEqual(
    [restored.pairs.get(pair.symbol)?.round.length, restored.pairs.get(pair.symbol)?.lostFromRound],
    [0, 1],
  );
  assert.equal(stateHash(restored), stateHash(state));
  const chain = new Chain(restored);
  for (let block = 0; block < 16; block += 1) {
    run.seal();
    chain.seal(run.time);
    assert.equal(stateHash(restored), stateHash(state));
  }
  assert.ok(pair.lastMatchHeight > 1);
});

test('open orders of an owner stand oldest first, as they did before the snapshot', () => {
  const { run, state, owner } = newRun();
  for (const price of [3n, 1n, 2n]) run.place(owner, { side: 'buy', price: price * ONE, quantity: ONE });
  run.seal();
  const numbersOf = ({ accounts, openOrders }: typeof state): number[] =>
    [...openOrders.of(accounts.get(owner.address)!)].map(({ id }) => orderNumber(id));
  assert.deepEqual(numbersOf(state), [1, 2, 3]);
  assert.deepEqual(numbersOf(restoreState(snapshot(state))), [1, 2, 3]);
});

test('a snapshot that does not hold together is refused', () => {
  const { run, state, owner } = newRun();
  run.place(owner, { side: 'buy', price: ONE, quantity: ONE });
  const told = snapshot(state);
  assert.throws(() => restoreState({ ...told, accounts: [] }), SnapshotError);
  assert.throws(
    () => restoreState({ ...told, pairs: told.pairs.map((pair) => ({ ...pair, buys: [] })) }),
    SnapshotError,
  );
  const other: { format: number } = { ...told, format: 2 };
  assert.throws(() => restoreState(JSON.parse(JSON.stringify(other))), { code: 'SNAPSHOT_BROKEN' });
});
