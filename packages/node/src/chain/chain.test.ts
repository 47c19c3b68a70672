import assert from 'node:assert/strict';
import { test } from 'vitest';
import { addressOf, openPair, PROPOSER, stateOf } from '../../../../tests/cases/caseState.ts';
import { TradingChain } from '../../../../tests/support/tradingChain.ts';
import { publish } from '../publications.ts';
import type { Block } from './block.ts';
import { addPair } from './listing.ts';
import type { Result } from './result.ts';
import { stateHash } from './snapshot.ts';

const TOK = 'TOK-1AB';
const PAIR = 'TOK-1AB_BNB';
const ONE = 100_000_000n;

const refusalOf = (result: Result): [number, string] => {
  assert.ok(!result.ok);
  return [result.code, result.message];
};

/** The worked block of the matching rules, appendix B: heights 100 and 101. */
const worked = () => {
  const state = stateOf();
  state.height = 100;
  addPair(state, { base: TOK, quote: 'BNB', listPrice: 5_000_000n });
  const run = new TradingChain(state);
  const alice = run.account('alice', { BNB: '10000000000' });
  const bob = run.account('bob', { BNB: '4000000000' });
  const carol = run.account('carol', { BNB: '200000000', [TOK]: '300000000000' });
  const dave = run.account('dave', { [TOK]: '5000000000' });
  alice.sequence = 6;
  carol.sequence = 2;
  assert.ok(run.place(alice, { side: 'buy', price: 5_001_000n, quantity: 1_000n * ONE }).ok);
  const first = run.seal();
  assert.ok(run.place(carol, { side: 'sell', price: 4_980_000n, quantity: 900n * ONE }).ok);
  assert.ok(run.place(bob, { side: 'buy', price: 5_003_300n, quantity: 333n * ONE, timeInForce: 'IOC' }).ok);
  assert.ok(run.place(dave, { side: 'sell', price: 5_000_000n, quantity: 50n * ONE }).ok);
  // Its id says dave-2, as the transaction before it was accepted.
  const failed = run.place(dave, { side: 'sell', price: 5_100_000n, quantity: 10n * ONE });
  assert.deepEqual(refusalOf(failed), [393_617, 'do not have enough token to lock']);
  const second = run.seal();
  const names = new Map(
    [alice, bob, carol, dave].map((account, at) => [account.hex, ['alice', 'bob', 'carol', 'dave'][at]]),
  );
  const short = (id: string): string => id.replace(/^[0-9A-F]+/, (hex) => names.get(hex) ?? hex);
  return { run, state, alice, bob, carol, dave, first, second, short };
};

const told = (block: Block, short: (id: string) => string) =>
  block.updates.map((update) =>
    [
      update.status,
      short(update.orderId),
      update.tradeId,
      update.lastQuantity / ONE,
      update.cumulative / ONE,
      update.fee,
      update.singleFee,
    ].join(' '),
  );

test('the worked block: a new order that crosses nothing rests and is acknowledged', () => {
  const { first, short } = worked();
  assert.deepEqual(told(first, short), ['Ack alice-7  0 0  ']);
  assert.deepEqual(first.fee, { fee: '', receivers: [] });
  assert.deepEqual(first.trades, []);
});

test('the worked block: sizes come from the listing price', () => {
  const pair = worked().state.pairs.get(PAIR)!;
  assert.deepEqual([pair.tickSize, pair.lotSize], [10n, 10_000_000n]);
});

test('the worked block: trades, their prices, tick types and fees', () => {
  const { second, short } = worked();
  assert.deepEqual(
    second.trades.map((trade) => [
      trade.tradeId,
      short(trade.sellOrderId),
      short(trade.buyOrderId),
      trade.price,
      trade.quantity / ONE,
      trade.tick,
      trade.buySingleFee,
      trade.sellSingleFee,
      trade.buyFee,
      trade.sellFee,
    ]),
    [
      [
        '101-0',
        'carol-3',
        'bob-1',
        5_001_000n,
        333n,
        'buySurplus',
        'BNB:666133',
        'BNB:666133',
        'BNB:666133',
        'BNB:1800359',
      ],
      [
        '101-1',
        'carol-3',
        'alice-7',
        5_001_000n,
        567n,
        'sellTaker',
        'BNB:1134226',
        'BNB:1134226',
        'BNB:1234246',
        'BNB:1800359',
      ],
      [
        '101-2',
        'dave-1',
        'alice-7',
        5_001_000n,
        50n,
        'sellTaker',
        'BNB:100020',
        'BNB:100020',
        'BNB:1234246',
        'BNB:100020',
      ],
    ],
  );
  assert.deepEqual(second.auctions, [{ symbol: PAIR, price: 5_001_000n }]);
});

test('the worked block: balances to the unit', () => {
  const { alice, bob, carol, dave, state } = worked();
  assert.deepEqual(
    [alice.of('BNB').free, alice.of('BNB').locked, alice.of(TOK).free],
    [4_997_765_754n, 1_915_383_000n, 61_700_000_000n],
  );
  assert.deepEqual([bob.of('BNB').free, bob.of('BNB').locked, bob.of(TOK).free], [2_334_000_867n, 0n, 33_300_000_000n]);
  assert.deepEqual(
    [carol.of('BNB').free, carol.of(TOK).free, carol.of(TOK).locked],
    [4_699_099_641n, 210_000_000_000n, 0n],
  );
  assert.deepEqual([dave.of('BNB').free, dave.of(TOK).free, dave.of(TOK).locked], [249_949_980n, 0n, 0n]);
  assert.equal(state.accounts.get(PROPOSER)?.of('BNB').free, 3_800_758n);
  assert.equal(state.pairs.get(PAIR)?.reference, 5_001_000n);
});

test('the worked block: order updates in order, each as of the end of the block', () => {
  const { second, short } = worked();
  assert.deepEqual(told(second, short), [
    'Ack carol-3  0 900  ',
    'Ack bob-1  0 333  ',
    'Ack dave-1  0 50  ',
    'FailedBlocking dave-2  0 0  ',
    'PartialFill alice-7 101-1 567 617 BNB:1234246 BNB:1134226',
    'PartialFill alice-7 101-2 50 617 BNB:1234246 BNB:100020',
    'FullyFill bob-1 101-0 333 333 BNB:666133 BNB:666133',
    'FullyFill carol-3 101-0 333 900 BNB:1800359 BNB:666133',
    'FullyFill carol-3 101-1 567 900 BNB:1800359 BNB:1134226',
    'FullyFill dave-1 101-2 50 50 BNB:100020 BNB:100020',
  ]);
});

test('the worked block: a failed order is told with what its message says, and no hash and time of its own', () => {
  const { second, short } = worked();
  const failed = second.updates.find(({ status }) => status === 'FailedBlocking')!;
  assert.equal(short(failed.orderId), 'dave-2');
  assert.deepEqual(
    [failed.side, failed.price, failed.quantity, failed.timeInForce, failed.createdAt, failed.txHash],
    ['sell', 5_100_000n, 10n * ONE, 'GTE', 0n, ''],
  );
});

test('the worked block: fee, accounts and the change of the book', () => {
  const { second, state, alice, bob, carol, dave } = worked();
  assert.deepEqual(second.fee, { fee: 'BNB:3800758', receivers: [PROPOSER] });
  assert.deepEqual(
    [...second.touched].sort(),
    [alice, bob, carol, dave]
      .map(({ address }) => address)
      .concat(PROPOSER)
      .sort(),
  );
  const { books } = publish(second, state);
  assert.deepEqual(
    books.map(({ symbol, buys, sells }) => [symbol, buys.map(([price, open]) => [price, open]), sells]),
    [[PAIR, [[5_001_000n, 38_300_000_000n]], []]],
  );
});

test('the worked block: an IOC order that finds nothing pays, a cancel of an order with fills does not', () => {
  const { run, alice, bob, short } = worked();
  run.place(bob, { side: 'buy', price: 4_000_000n, quantity: 10n * ONE, timeInForce: 'IOC' });
  const third = run.seal();
  assert.deepEqual(told(third, short), ['Ack bob-2  0 0  ', 'IocNoFill bob-2  0 0 BNB:5000;#Exp:1 BNB:5000']);
  assert.equal(bob.of('BNB').free, 2_334_000_867n - 5_000n);
  assert.deepEqual(publish(third, run.state).books, []);
  const before = alice.of('BNB').free;
  assert.ok(run.cancel(alice, `${alice.hex}-7`).ok);
  const fourth = run.seal();
  assert.deepEqual(told(fourth, short), ['Canceled alice-7  0 617  ']);
  assert.deepEqual([alice.of('BNB').free - before, alice.of('BNB').locked], [1_915_383_000n, 0n]);
  assert.deepEqual(fourth.fee, { fee: '', receivers: [] });
});

const small = () => {
  const state = stateOf();
  openPair(state, { base: TOK, quote: 'BNB', listPrice: '100000000', tickSize: '1000', lotSize: '100000' });
  const run = new TradingChain(state);
  const maker = run.account('maker', { BNB: '100000000000', [TOK]: '100000000000' });
  const taker = run.account('taker', { BNB: '100000000000', [TOK]: '100000000000' });
  return { run, state, maker, taker };
};

test('an accepted order answers with its id and raises the sequence', () => {
  const { run, maker } = small();
  const result = run.place(maker, { side: 'buy', price: ONE, quantity: ONE });
  assert.ok(result.ok);
  assert.deepEqual([result.code, result.log, result.data], [0, 'Msg 0: ', `{"order_id":"${maker.hex}-1"}`]);
  assert.equal(maker.sequence, 1);
});

test('a transaction of an unknown account, a wrong sequence or a long memo is refused before its message is looked at', () => {
  const { run, state, maker } = small();
  const order = run.newOrder(maker, { side: 'buy', price: ONE, quantity: ONE });
  const right = run.transaction(maker, order);
  const stranger = addressOf(999);
  const before = stateHash(state);
  assert.deepEqual(refusalOf(run.chain.deliver({ ...right, message: { ...order, sender: stranger } })), [
    65_545,
    stranger,
  ]);
  assert.deepEqual(refusalOf(run.chain.deliver({ ...right, sequence: 4 })), [
    65_539,
    'Invalid sequence. Got 4, expected 0',
  ]);
  const memo = 'ö'.repeat(65);
  assert.deepEqual(refusalOf(run.chain.deliver({ ...right, memo })), [
    65_548,
    'maximum number of characters is 128 but received 130 characters',
  ]);
  assert.ok(run.chain.deliver({ ...right, memo: 'ö'.repeat(64) }).ok);
  assert.notEqual(stateHash(state), before);
  const { transactions, updates } = run.seal();
  assert.deepEqual([transactions.length, updates.length], [1, 1]);
});

test('an order and its cancel in one block are both told, and the pair is matched all the same', () => {
  const { run, state, maker } = small();
  const id = run.nextId(maker);
  run.place(maker, { side: 'buy', price: ONE, quantity: ONE });
  run.cancel(maker, id);
  const { updates, fee, accountFees } = run.seal();
  assert.deepEqual(
    updates.map(({ status, singleFee, fee: blockFee }) => [status, singleFee, blockFee]),
    [
      ['Ack', '', ''],
      ['Canceled', 'BNB:10000', 'BNB:10000;#Cxl:1'],
    ],
  );
  assert.equal(fee.fee, 'BNB:10000');
  assert.deepEqual([...accountFees], [[maker.address, 'BNB:10000;#Cxl:1']]);
  assert.equal(state.pairs.get(PAIR)?.lastMatchHeight, 1);
});

test('only the first of an owner’s cancels tells the fee of all, and its fills repeat it', () => {
  const { run, maker, taker } = small();
  const ids = [90n, 80n].map((price) => {
    const id = run.nextId(maker);
    run.place(maker, { side: 'buy', price: price * 1_000_000n, quantity: ONE });
    return id;
  });
  run.place(maker, { side: 'buy', price: ONE, quantity: ONE });
  run.seal();
  for (const id of ids) run.cancel(maker, id);
  run.place(taker, { side: 'sell', price: ONE, quantity: ONE });
  const { updates, trades } = run.seal();
  const fee = 'BNB:60000;#Cxl:2';
  assert.deepEqual(
    updates.filter(({ owner }) => owner === maker.address).map(({ status, fee: told }) => [status, told]),
    [
      ['Canceled', fee],
      ['Canceled', ''],
      ['FullyFill', fee],
    ],
  );
  assert.deepEqual(
    trades.map(({ buyFee, sellFee }) => [buyFee, sellFee]),
    [[fee, 'BNB:40000']],
  );
});

test('an order that three trades complete is told three times as fully filled', () => {
  const { run, maker, taker } = small();
  for (const price of [98n, 99n, 100n]) run.place(maker, { side: 'sell', price: price * 1_000_000n, quantity: ONE });
  run.seal();
  run.place(taker, { side: 'buy', price: ONE, quantity: 3n * ONE });
  const { updates } = run.seal();
  const fills = updates.filter(({ owner, tradeId }) => owner === taker.address && tradeId !== '');
  assert.deepEqual(
    fills.map(({ status, cumulative }) => [status, cumulative]),
    Array(3).fill(['FullyFill', 3n * ONE]),
  );
});

test('trades are counted through the block, pairs by symbol', () => {
  const { run, state, maker, taker } = small();
  openPair(state, { base: 'AAA-000', quote: 'BNB', listPrice: '100000000', tickSize: '1000', lotSize: '100000' });
  maker.balance('AAA-000').free = 10n * ONE;
  for (const symbol of [PAIR, 'AAA-000_BNB']) {
    run.place(maker, { symbol, side: 'sell', price: ONE, quantity: ONE });
    run.place(taker, { symbol, side: 'buy', price: ONE, quantity: ONE });
  }
  assert.deepEqual(
    run.seal().trades.map(({ tradeId, symbol }) => [tradeId, symbol]),
    [
      ['1-0', 'AAA-000_BNB'],
      ['1-1', PAIR],
    ],
  );
});

test('a fee uses the price that the same block has set', () => {
  const state = stateOf();
  openPair(state, { base: 'AAA-000', quote: 'BBB-000', listPrice: '100000000', tickSize: '1', lotSize: '1' });
  openPair(state, { base: 'BBB-000', quote: 'BNB', listPrice: '100000000', tickSize: '1', lotSize: '1' });
  const run = new TradingChain(state);
  const rich = { BNB: '100000000000', 'AAA-000': '100000000000', 'BBB-000': '100000000000' };
  const [a, b] = [run.account('a', rich), run.account('b', rich)];
  run.place(a, { symbol: 'AAA-000_BBB-000', side: 'sell', price: ONE, quantity: ONE });
  run.place(b, { symbol: 'AAA-000_BBB-000', side: 'buy', price: ONE, quantity: ONE });
  run.place(a, { symbol: 'BBB-000_BNB', side: 'sell', price: 2n * ONE, quantity: ONE });
  run.place(b, { symbol: 'BBB-000_BNB', side: 'buy', price: 2n * ONE, quantity: ONE });
  const [first] = run.seal().trades;
  // Received 1 BBB, worth 2 BNB by the price of this block.
  assert.equal(first?.sellSingleFee, 'BNB:80000');
});

test('a day’s first block expires what has waited for three days, and not what came in that day’s breathe block', () => {
  const state = stateOf({ priceBandExpiry: false });
  openPair(state, { base: TOK, quote: 'BNB', listPrice: '100000000', tickSize: '1000', lotSize: '100000' });
  const run = new TradingChain(state);
  const owner = run.account('owner', { BNB: '100000000000' });
  run.place(owner, { side: 'buy', price: ONE, quantity: ONE });
  run.seal();
  const stays = run.nextId(owner);
  run.place(owner, { side: 'buy', price: 90_000_000n, quantity: ONE });
  assert.equal(run.seal(1).isBreathe, true);
  assert.deepEqual(run.seal().isBreathe, false);
  for (const _ of [1, 2]) assert.deepEqual(run.seal(1).updates, []);
  const { updates, fee } = run.seal(1);
  assert.deepEqual(
    updates.map(({ status, singleFee, fee: told }) => [status, singleFee, told]),
    [['Expired', 'BNB:10000', 'BNB:10000;#Exp:1']],
  );
  assert.equal(fee.fee, 'BNB:10000');
  assert.deepEqual(
    [...state.openOrders.values()].map(({ id }) => id),
    [stays],
  );
  assert.equal(owner.of('BNB').locked, 90_000_000n);
});

test('the best 500 levels live for thirty days', () => {
  const state = stateOf();
  openPair(state, { base: TOK, quote: 'BNB', listPrice: '100000000', tickSize: '1', lotSize: '1' });
  const run = new TradingChain(state);
  const owner = run.account('owner', { BNB: '10000000000000' });
  for (let level = 0; level < 502; level += 1)
    run.place(owner, { side: 'buy', price: ONE - BigInt(level), quantity: ONE });
  run.seal();
  for (let day = 0; day < 3; day += 1) run.seal(1);
  const gone = run.seal(1).updates.map(({ price }) => price);
  assert.deepEqual(gone, [ONE - 500n, ONE - 501n]);
  for (let day = 5; day < 31; day += 1) assert.deepEqual(run.seal(1).updates, []);
  assert.equal(run.seal(1).updates.length, 500);
  assert.equal(owner.of('BNB').locked, 0n);
});

test('a pair that is to go goes in the next breathe block, its orders expire, and its BNB pair goes last', () => {
  const { run, state, maker } = small();
  openPair(state, { base: TOK, quote: 'XYZ-000', listPrice: '100000000' });
  run.place(maker, { side: 'buy', price: ONE, quantity: ONE });
  run.seal();
  run.chain.delistNextDay(PAIR);
  assert.deepEqual(run.seal(1).delisted, []);
  run.chain.delistNextDay(`${TOK}_XYZ-000`);
  run.chain.delistNextDay(PAIR);
  const { delisted, updates } = run.seal(1);
  assert.deepEqual(delisted, [`${TOK}_XYZ-000`, PAIR]);
  assert.deepEqual(
    updates.map(({ status, singleFee }) => [status, singleFee]),
    [['Expired', 'BNB:10000']],
  );
  assert.equal(state.pairs.size, 0);
});

test('a match that fails drops the new orders without fee, and leaves older ones and the price', () => {
  const { run, state, maker, taker } = small();
  run.place(maker, { side: 'buy', price: 90_000_000n, quantity: ONE });
  run.seal();
  const pair = state.pairs.get(PAIR)!;
  pair.matchLotSize = 0n;
  const canceled = run.nextId(taker);
  run.place(taker, { side: 'sell', price: ONE, quantity: ONE });
  run.cancel(taker, canceled);
  for (const _ of [1, 2]) run.place(taker, { side: 'sell', price: 99_000_000n, quantity: 3n * ONE });
  run.place(maker, { side: 'buy', price: ONE, quantity: ONE, timeInForce: 'IOC' });
  const { updates, trades, auctions } = run.seal();
  assert.deepEqual(
    updates.map(({ status }) => status),
    ['Ack', 'Ack', 'Ack', 'Ack', 'Canceled', 'FailedMatching', 'FailedMatching', 'FailedMatching'],
  );
  assert.deepEqual([trades.length, auctions.length, pair.reference, pair.orders.size], [0, 0, ONE, 1]);
  assert.deepEqual([taker.of(TOK).locked, taker.of(TOK).free], [0n, 100_000_000_000n]);
});

test('a mini pair waits for its turn, its IOC orders too, and a breathe block matches all', () => {
  const state = stateOf();
  const symbols = Array.from({ length: 12 }, (_, at) => `MIN${String.fromCharCode(65 + at)}-12AM_BNB`);
  for (const symbol of symbols) {
    openPair(state, { base: symbol.replace('_BNB', ''), quote: 'BNB', listPrice: '100000000', lotSize: '100000' });
  }
  const run = new TradingChain(state);
  const owner = run.account('owner', { BNB: '100000000000' });
  for (const symbol of symbols)
    run.place(owner, { symbol, side: 'buy', price: ONE, quantity: ONE, timeInForce: 'IOC' });
  const first = run.seal();
  const ended = first.updates.filter(({ status }) => status === 'IocNoFill').map(({ symbol }) => symbol);
  assert.ok(ended.length >= 8 && ended.length < 12, `${ended.length}`);
  assert.deepEqual(ended.slice(0, 8), symbols.slice(0, 8));
  const rest = run.seal(1).updates.map(({ symbol }) => symbol);
  assert.deepEqual([...ended, ...rest].sort(), symbols);
  assert.equal(owner.of('BNB').locked, 0n);
});

test('every thousandth block each pair remembers its price', () => {
  const { run, state } = small();
  state.height = 999;
  run.seal();
  assert.deepEqual(state.pairs.get(PAIR)?.history, []);
  run.seal();
  assert.deepEqual(state.pairs.get(PAIR)?.history, [ONE]);
  run.seal();
  assert.deepEqual(state.pairs.get(PAIR)?.history, [ONE]);
});
