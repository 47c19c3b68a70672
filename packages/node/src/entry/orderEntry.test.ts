import assert from 'node:assert/strict';
import { test } from 'vitest';
import { openPair, stateOf } from '../../../../tests/cases/caseState.ts';
import { TradingChain } from '../../../../tests/support/tradingChain.ts';
import type { NewOrder } from '../../../protocol/src/transactions/index.ts';
import { stateHash } from '../chain/snapshot.ts';

const ONE = 100_000_000n;
const MAX = 9_223_372_036_854_775_807n;
const PAIR = 'TOK-1AB_BNB';

const newRun = () => {
  const state = stateOf();
  openPair(state, { base: 'TOK-1AB', quote: 'BNB', listPrice: '100000000', tickSize: '1000', lotSize: '100000' });
  openPair(state, { base: 'MIN-12AM', quote: 'BNB', listPrice: '100000000', tickSize: '1', lotSize: '1' });
  openPair(state, { base: 'FINE-000', quote: 'BNB', listPrice: '1', tickSize: '1', lotSize: '1' });
  const run = new TradingChain(state);
  const owner = run.account('owner', { BNB: '100000000000', 'TOK-1AB': '5000000000', 'MIN-12AM': '5000000000' });
  return { run, state, owner };
};

/** Delivers an order that differs from a good one. @returns Code and text; nothing of the state may have changed. */
const refusalOf = (change: Partial<NewOrder>): [code: number, message: string] => {
  const { run, state, owner } = newRun();
  const before = stateHash(state);
  const order = { ...run.newOrder(owner, { symbol: PAIR, side: 'buy', price: ONE, quantity: ONE }), ...change };
  const result = run.send(owner, order);
  assert.ok(!result.ok);
  assert.equal(stateHash(state), before);
  return [result.code, result.message];
};

const BAD = 393_617;

test('a form that is wrong is refused with the field and what is wrong in it', () => {
  const value = 'Invalid order parameter value - ';
  assert.deepEqual(refusalOf({ id: 'none' }), [BAD, `${value}Id:Invalid order ID:none`]);
  assert.deepEqual(refusalOf({ id: '' }), [BAD, `${value}Id:Invalid order ID:`]);
  assert.deepEqual(refusalOf({ sender: '' }), [65_545, '']);
  assert.deepEqual(refusalOf({ quantity: 0n }), [BAD, `${value}Quantity:Zero/Negative Number:0`]);
  assert.deepEqual(refusalOf({ price: -5n }), [BAD, `${value}Price:Zero/Negative Number:-5`]);
  assert.deepEqual(refusalOf({ orderType: 1 }), [BAD, `${value}OrderType:Invalid order type:1`]);
  assert.deepEqual(refusalOf({ side: 3 }), [BAD, `${value}Side:Invalid side:3`]);
  assert.deepEqual(refusalOf({ timeInForce: 2 }), [BAD, `${value}TimeInForce:Invalid TimeInForce:2`]);
});

test('forms are checked in the chain’s order, before the sequence', () => {
  const all: Partial<NewOrder> = { quantity: 0n, price: 0n, orderType: 1, side: 0, timeInForce: 0 };
  assert.match(refusalOf(all)[1], /- Quantity:/);
  assert.match(refusalOf({ ...all, quantity: 1n })[1], /- Price:/);
  assert.match(refusalOf({ ...all, quantity: 1n, price: 1n })[1], /- OrderType:/);
  assert.match(refusalOf({ ...all, quantity: 1n, price: 1n, orderType: 2 })[1], /- Side:/);
  assert.match(refusalOf({ ...all, quantity: 1n, price: 1n, orderType: 2, side: 1 })[1], /- TimeInForce:/);
});

test('an order that does not suit the state is refused with the chain’s own text', () => {
  const { owner } = newRun();
  const foreign = `${owner.hex}-7`;
  assert.deepEqual(refusalOf({ id: foreign }), [
    BAD,
    `the order ID(${foreign}) given did not match the expected one: \`${owner.hex}-1\``,
  ]);
  assert.deepEqual(refusalOf({ symbol: 'BNB_' }), [BAD, 'Failed to parse trading pair symbol:BNB_ into assets']);
  assert.deepEqual(refusalOf({ symbol: 'A_B_C' }), [BAD, 'Failed to parse trading pair symbol:A_B_C into assets']);
  assert.deepEqual(refusalOf({ symbol: 'abc_bnb' }), [BAD, 'trading pair not found: ABC_BNB']);
  assert.deepEqual(refusalOf({ quantity: 110_000n }), [BAD, 'quantity(110000) is not rounded to lotSize(100000)']);
  assert.deepEqual(refusalOf({ price: 1_100n }), [BAD, 'price(1100) is not rounded to tickSize(1000)']);
  assert.deepEqual(refusalOf({ symbol: 'FINE-000_BNB', price: 1n, quantity: ONE - 1n }), [
    BAD,
    'notional value of the order is too small',
  ]);
  assert.deepEqual(refusalOf({ symbol: 'FINE-000_BNB', price: MAX, quantity: MAX }), [
    BAD,
    'notional value of the order is too large(cannot fit in int64)',
  ]);
  assert.deepEqual(refusalOf({ symbol: 'MIN-12AM_BNB', quantity: ONE - 1n, side: 2 }), [
    BAD,
    'quantity is too small, the min quantity is 100000000 or total free balance of the mini token',
  ]);
  assert.deepEqual(refusalOf({ quantity: 1_001n * ONE }), [BAD, 'do not have enough token to lock']);
  assert.deepEqual(refusalOf({ quantity: 51n * ONE, side: 2 }), [BAD, 'do not have enough token to lock']);
});

test('checks against the state come in the chain’s order', () => {
  const wrong = { symbol: 'BNB_', id: 'X-1', price: 1_100n, quantity: 110_000n };
  assert.match(refusalOf(wrong)[1], /^Failed to parse/);
  assert.match(refusalOf({ ...wrong, symbol: 'NONE_BNB' })[1], /^the order ID/);
  assert.match(refusalOf({ symbol: 'NONE_BNB', price: 1_100n, quantity: 110_000n })[1], /^trading pair not found/);
  assert.match(refusalOf({ price: 1_100n, quantity: 110_000n })[1], /lotSize/);
});

test('an id that is open already is a duplicate, whatever else is wrong', () => {
  const { run, owner } = newRun();
  const id = run.nextId(owner);
  assert.ok(run.place(owner, { symbol: PAIR, side: 'buy', price: ONE, quantity: ONE }).ok);
  const again = { ...run.newOrder(owner, { symbol: 'BNB_', side: 'buy', price: ONE, quantity: ONE }), id };
  const result = run.send(owner, again);
  assert.deepEqual(!result.ok && [result.code, result.message], [393_622, `Duplicated order [${id}] on symbol [BNB_]`]);
});

test('a price level holds no more than int64: the buy that would pass it is refused and leaves no level behind', () => {
  const { run, state, owner } = newRun();
  const terms = { symbol: 'FINE-000_BNB', side: 'buy', price: 1n, quantity: MAX } as const;
  owner.balance('BNB').free = MAX;
  assert.ok(run.place(owner, terms).ok);
  const before = stateHash(state);
  const second = run.place(owner, { ...terms, quantity: 100_000_000n });
  assert.equal(!second.ok && second.message, 'order quantity is too large to be placed on this price level');
  assert.equal(stateHash(state), before);
  assert.deepEqual(state.pairs.get('FINE-000_BNB')?.orders.levels('buy', 9), [[1n, MAX]]);
  assert.equal(state.openOrders.size, 1);
});

test('numbers past int64, which no wire carries, are refused', () => {
  assert.match(
    refusalOf({ symbol: 'FINE-000_BNB', quantity: MAX + 1n })[1],
    /^Invalid order parameter value - Quantity/,
  );
  assert.match(refusalOf({ symbol: 'FINE-000_BNB', price: 2n ** 200n })[1], /^Invalid order parameter value - Price/);
});

test('the largest notional that fits is accepted, the next is refused', () => {
  const { run, owner } = newRun();
  owner.balance('BNB').free = MAX;
  const terms = { symbol: 'FINE-000_BNB', side: 'buy', price: MAX, quantity: ONE } as const;
  assert.ok(run.place(owner, terms).ok);
  assert.deepEqual([owner.of('BNB').free, owner.of('BNB').locked], [0n, MAX]);
  assert.match(JSON.stringify(run.place(owner, { ...terms, quantity: ONE + 1n })), /too large\(cannot fit in int64\)/);
});

test('a buy locks its rounded notional, a sell its quantity, and a cancel gives both back', () => {
  const { run, owner } = newRun();
  const ids = [run.nextId(owner)];
  run.place(owner, { symbol: 'FINE-000_BNB', side: 'buy', price: 7n, quantity: 150_000_000n });
  ids.push(run.nextId(owner));
  run.place(owner, { symbol: PAIR, side: 'sell', price: ONE, quantity: ONE });
  assert.deepEqual([owner.of('BNB').locked, owner.of('TOK-1AB').locked], [10n, ONE]);
  assert.ok(run.cancel(owner, ids[0]!, 'FINE-000_BNB').ok);
  assert.ok(run.cancel(owner, ids[1]!, PAIR).ok);
  assert.deepEqual([owner.of('BNB').locked, owner.of('TOK-1AB').locked], [0n, 0n]);
  assert.deepEqual([owner.of('BNB').free, owner.of('TOK-1AB').free], [100_000_000_000n - 20_000n, 5_000_000_000n]);
});

test('small letters name the same pair, in orders and in cancels', () => {
  const { run, owner } = newRun();
  const id = run.nextId(owner);
  assert.ok(run.place(owner, { symbol: 'tok-1ab_bnb', side: 'buy', price: ONE, quantity: ONE }).ok);
  assert.ok(run.cancel(owner, id, 'tok-1ab_bnb').ok);
  assert.deepEqual(
    run.seal().updates.map(({ symbol, status }) => [symbol, status]),
    [
      [PAIR, 'Ack'],
      [PAIR, 'Canceled'],
    ],
  );
});

test('a cancel of what is not there, not of that pair or not one’s own is refused, and told as failed', () => {
  const { run, state, owner } = newRun();
  const other = run.account('other', { BNB: '100000000' });
  const id = run.nextId(owner);
  run.place(owner, { symbol: PAIR, side: 'buy', price: ONE, quantity: ONE });
  const before = stateHash(state);
  const texts = [
    run.cancel(owner, 'nothing-1', PAIR),
    run.cancel(owner, id, 'MIN-12AM_BNB'),
    run.cancel(other, id, PAIR),
    run.cancel(owner, 'nothing', PAIR),
  ].map((result) => !result.ok && [result.code, result.message]);
  assert.deepEqual(texts, [
    [393_621, 'Failed to find order [nothing-1]'],
    [393_621, `Failed to find order [${id}]`],
    [393_621, `Order [${id}] does not belong to transaction sender`],
    [BAD, 'Invalid order parameter value - RefId:Invalid ref ID:nothing'],
  ]);
  assert.equal(stateHash(state), before);
  const failed = run.seal().updates.filter(({ status }) => status === 'FailedBlocking');
  assert.deepEqual(
    failed.map(({ orderId, side, quantity, owner: address }) => [orderId, side, quantity, address]),
    [
      ['nothing-1', 'unknown', 0n, owner.address],
      [id, 'unknown', 0n, owner.address],
      [id, 'unknown', 0n, other.address],
    ],
  );
});

test('an id of another length, hex or sequence is not taken for the right one', () => {
  const { owner } = newRun();
  const { hex } = owner;
  for (const id of [
    `${hex}-01`,
    `${hex}-11`,
    `${hex}--1`,
    `${hex.toLowerCase()}-1`,
    `${hex}1-1`,
    `0${hex}-1`,
    `${hex}-`,
    '-1',
  ]) {
    if (id === `${hex}-1`) continue;
    assert.match(refusalOf({ id })[1], /did not match/, id);
  }
});
