import assert from 'node:assert/strict';
import type { Decimal, OrderReport, Trade } from 'dexwire';
import { test } from 'vitest';
import type { Bar, OpenOrder, PastTrade, PastTransfer } from '../rest.ts';
import { Account } from './account.ts';
import { Bars } from './candles.ts';
import { Tape } from './tape.ts';

const d = (text: string): Decimal => text as Decimal;

const bar = (openTime: number, tradeCount: number, close = '2'): Bar => ({
  ...{ openTime, tradeCount, open: d('1'), high: d('3'), low: d('1'), close: d(close), volume: d('9') },
});

test('of two tales about one bar the one with more trades stands, whichever came first', () => {
  const bars = new Bars('A_B', '1m');
  bars.put(bar(60_000, 5, '2.5'));
  bars.putHistory([bar(0, 9), bar(60_000, 4, '2.4')]);
  assert.deepEqual(
    bars.all.map(({ openTime, close }) => [openTime, close]),
    [
      [0, '2'],
      [60_000, '2.5'],
    ],
  );
  assert.equal(bars.last?.openTime, 60_000);
});

test('a chart is handed all bars once, and then only those that changed, oldest first', () => {
  const bars = new Bars('A_B', '1m');
  bars.putHistory([bar(0, 1), bar(60_000, 1)]);
  assert.deepEqual([bars.take().isWhole, bars.take().bars.length], [true, 0]);
  bars.put(bar(120_000, 1));
  bars.put(bar(60_000, 2));
  assert.deepEqual(
    bars.take().bars.map(({ openTime }) => openTime),
    [60_000, 120_000],
  );
});

test('a long run keeps a bounded number of bars and lines', () => {
  const bars = new Bars('A_B', '1m');
  for (let minute = 0; minute < 5000; minute++) bars.put(bar(minute * 60_000, 1));
  assert.deepEqual([bars.size, bars.all[0]!.openTime], [1000, 4000 * 60_000]);
  const tape = new Tape();
  for (let at = 0; at < 5000; at++) tape.add([trade(`${at}-0`)], false);
  assert.equal(tape.lines.length, 50);
});

const trade = (tradeId: string): Trade => ({
  eventType: 'trade',
  height: Number(tradeId.split('-')[0]),
  symbol: 'A_B',
  tradeId,
  price: d('1'),
  quantity: d('1'),
  buyerOrderId: '',
  sellerOrderId: '',
  time: 1_000_000_000n,
  sellerAddress: '',
  buyerAddress: '',
  tick: 'buyTaker',
});

/** @param more - Its parties, for one. */
const past = (tradeId: string, more: Partial<PastTrade> = {}): PastTrade => ({
  ...{ tradeId, symbol: 'A_B', height: 1, price: d('1'), quantity: d('1'), time: 1, tick: 'SellTaker' },
  ...{ buyer: '', seller: '' },
  ...more,
});

const keysOf = ({ lines }: Tape): string[] => lines.map(({ key }) => key);

test('the tape has the newest on top, a line where some may be missing, and what was fetched above it', () => {
  const tape = new Tape();
  tape.add([trade('1-0'), trade('1-1')], false);
  tape.gap(1, 5, 'disconnect');
  tape.add([trade('2-0')], true);
  tape.gapClosed(1, { at: 9, repaired: 1, lost: 'none' });
  tape.addPast([past('1-0'), past('0-0')]);
  assert.deepEqual(keysOf(tape), ['2-0', 'gap 1', '1-1', '1-0', '0-0']);
  const [fetched, gap] = tape.lines;
  assert.equal(fetched?.kind === 'trade' && fetched.isRepaired, true);
  assert.deepEqual(gap?.kind === 'gap' && gap.end, { at: 9, repaired: 1, lost: 'none' });
});

test('trades between the first answer of REST and the first of the stream come into their place by a second answer', () => {
  const tape = new Tape();
  tape.addPast([past('2-0'), past('1-0')]);
  tape.add([trade('10-0')], false);
  tape.gap(1, 5, 'disconnect');
  tape.addPast(['10-1', '10-0', '9-0', '3-1', '3-0', '2-0'].map((tradeId) => past(tradeId)));
  assert.deepEqual(keysOf(tape), ['10-1', 'gap 1', '10-0', '9-0', '3-1', '3-0', '2-0', '1-0']);
});

test('a trade that REST has told already is not told once more by the stream that comes later', () => {
  const tape = new Tape();
  tape.addPast([past('2-1'), past('2-0')]);
  tape.add([trade('2-0'), trade('2-1')], false);
  tape.add([trade('3-0')], false);
  assert.deepEqual(keysOf(tape), ['3-0', '2-1', '2-0']);
});

const report = (orderId: string, status: OrderReport['status'], more: Partial<OrderReport> = {}): OrderReport => ({
  eventType: 'executionReport',
  height: 1,
  symbol: 'A_B',
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'GTE',
  quantity: d('5'),
  price: d('1'),
  executionType: 'NEW',
  status,
  orderId,
  lastExecutedQuantity: d('0'),
  lastExecutedPrice: d('0'),
  cumulativeFilledQuantity: d('0'),
  commission: '',
  time: 1n,
  tradeId: '',
  orderCreationTime: 1n,
  ...more,
});

const open = (orderId: string): OpenOrder => ({
  ...{ orderId, symbol: 'A_B', side: 'buy', price: d('1'), quantity: d('5'), filled: d('0'), status: 'Ack', time: 1 },
});

test('an order that ended while REST was answering is not open, though its answer says so', () => {
  const account = new Account('tbnb1');
  account.report(report('a', 'FullyFill', { tradeId: '1-0', lastExecutedQuantity: d('5') }), false);
  account.report(report('b', 'Ack'), false);
  account.load([open('a'), open('c')], [], [], []);
  assert.deepEqual(account.openOrders.map(({ orderId }) => orderId).sort(), ['b', 'c']);
  assert.equal(account.fills.length, 1);
});

test('an account that the chain does not know is told as such, and one that gets its first coins is known', () => {
  const account = new Account('tbnb1');
  account.load([], [], [], undefined);
  assert.equal(account.balances, 'none');
  account.load([], [], [], [{ asset: 'BNB', free: d('1'), frozen: d('0'), locked: d('0') }]);
  assert.equal(account.balances?.length, 1);
});

test('a fill that REST and the stream both tell is one fill, and one that was fetched stands by its time', () => {
  const account = new Account('tbnb1');
  const filled = { tradeId: '2-0', side: 'sell', status: 'PartialFill' } as const;
  account.load([], [past('2-0', { seller: 'tbnb1', time: 20 }), past('1-0', { buyer: 'tbnb1', time: 10 })], [], []);
  account.report(report('a', 'PartialFill', { ...filled, time: 20_000_000n }), false);
  account.report(report('b', 'FullyFill', { tradeId: '1-5', time: 15_000_000n }), true);
  assert.deepEqual(
    account.fills.map(({ key }) => key),
    ['2-0 sell', '1-5 buy', '1-0 buy'],
  );
});

test('what REST says of balances stands unless the stream has spoken since it was asked', () => {
  const balance = (free: string) => ({ asset: 'BNB', free: d(free), frozen: d('0'), locked: d('0') });
  const account = new Account('tbnb1');
  account.setBalances([balance('1')]);
  account.load([], [], [], [balance('0')]);
  assert.deepEqual(account.balances, [balance('1')]);
  account.isAsked();
  account.load([], [], [], [balance('2')]);
  assert.deepEqual(account.balances, [balance('2')]);
});

test('transfers that lay between two answers of REST come into their place', () => {
  const moved = (height: number): PastTransfer => ({
    ...{ txHash: `${height}`, height, from: 'tbnb1', to: 'tbnb2', asset: 'BNB', amount: d('1'), memo: '' },
  });
  const account = new Account('tbnb1');
  account.load([], [], [moved(1)], []);
  account.addTransfers([
    { key: '9 tbnb2 BNB', direction: 'out', other: 'tbnb2', asset: 'BNB', amount: d('1'), memo: '', height: 9 },
  ]);
  account.load([], [], [moved(9), moved(5), moved(1)], []);
  assert.deepEqual(
    account.transfers.map(({ height }) => height),
    [9, 5, 1],
  );
});
