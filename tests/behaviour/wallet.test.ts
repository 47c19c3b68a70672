import assert from 'node:assert/strict';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { connect } from 'dexwire';
import { type Wallet, wallet } from 'dexwire/wallet';
import { afterEach, beforeEach, test } from 'vitest';

const SYMBOL = 'ETH-1C9_BNB';
const UNKNOWN_KEY = '11'.repeat(32);

let market: TestDex<ReturnType<typeof connect>>;
let dave: Wallet;
let erin: Wallet;
beforeEach(async () => {
  market = await startTestDex(connect);
  const [one, other] = market.node.idleAccounts;
  assert.ok(one && other);
  dave = wallet(market.dex, one.privateKey);
  erin = wallet(market.dex, other.privateKey);
});
afterEach(async () => {
  await Promise.all([dave.close(), erin.close()]);
  await market.close();
  assert.equal(market.clock.pending, 0);
});

/** A block with all that was called for. */
const sealed = async <T>(...calls: Promise<T>[]): Promise<T[]> => {
  const settled = Promise.all(calls);
  settled.catch(() => {});
  await Promise.all([dave.sent(), erin.sent()]);
  await market.advance();
  return settled;
};

const buy = { symbol: SYMBOL, side: 'buy', price: '6.6', quantity: '2' } as const;
const sell = { ...buy, side: 'sell', quantity: '1.5' } as const;

test('two orders that meet: each caller gets the reports of its own', async () => {
  const [bought, sold] = await sealed(dave.placeOrder(buy), erin.placeOrder(sell));
  assert.ok(bought && sold);
  assert.deepEqual(
    [bought, sold].map(({ reports }) => reports.map(({ status }) => status)),
    [
      ['Ack', 'PartialFill'],
      ['Ack', 'FullyFill'],
    ],
  );
  for (const { reports, orderId, height } of [bought, sold])
    for (const report of reports) assert.deepEqual([report.orderId, report.height], [orderId, height]);
  const [open] = await dave.openOrders({ symbol: SYMBOL });
  assert.deepEqual(
    [open?.orderId, open?.cumulativeFilledQuantity, open?.txHash],
    [bought.orderId, '1.50000000', bought.txHash],
  );
  assert.deepEqual(await erin.openOrders(), []);
});

test('an IOC order that finds nobody resolves with its end, a cancel with the report of it', async () => {
  const [ended, placed] = await sealed(dave.placeOrder({ ...buy, timeInForce: 'IOC' }), dave.placeOrder(buy));
  assert.deepEqual(
    ended?.reports.map(({ status }) => status),
    ['Ack', 'IocNoFill'],
  );
  assert.ok(placed);
  const [canceled] = await sealed(dave.cancelOrder({ symbol: SYMBOL, orderId: placed.orderId }));
  assert.deepEqual(
    canceled?.reports.map(({ status, orderId }) => [status, orderId]),
    [['Canceled', placed.orderId]],
  );
  assert.deepEqual(await dave.openOrders(), []);
});

test('ten orders of one turn are all in one block, in their order', async () => {
  const prices = Array.from({ length: 10 }, (_, place) => `6.${10 + place}`);
  const placed = await sealed(...prices.map((price) => dave.placeOrder({ ...buy, price })));
  assert.deepEqual([...new Set(placed.map(({ height }) => height))], [1]);
  assert.deepEqual(
    placed.map(({ orderId, reports }) => [orderId.split('-')[1], reports[0]?.price]),
    prices.map((price, place) => [`${place + 1}`, `${price}000000`]),
  );
});

test('a refusal has the chain’s code and text, and the orders behind it go through', async () => {
  const unpaid = assert.rejects(dave.placeOrder({ ...buy, quantity: '10000000' }), {
    name: 'WalletError',
    code: 'REFUSED',
    chainCode: 393617,
    chainText: /do not have enough token to lock/,
  });
  const [placed] = await sealed(dave.placeOrder(buy));
  await unpaid;
  assert.equal(placed?.reports[0]?.status, 'Ack');
  const noOrder = dave.cancelOrder({ symbol: SYMBOL, orderId: placed.orderId.replace(/-.*/, '-999') });
  await assert.rejects(noOrder, { code: 'REFUSED', chainCode: 393621, chainText: /Failed to find order/ });
});

test('another program with the same key moves the sequence: the next call mends it by itself', async () => {
  await sealed(dave.placeOrder(buy));
  const twin = wallet(market.dex, market.node.idleAccounts[0]!.privateKey);
  const moved = twin.placeOrder({ ...buy, price: '6.5' });
  await twin.sent();
  const placed = await sealed(dave.placeOrder(buy), dave.placeOrder(buy));
  assert.deepEqual(
    [await moved, ...placed].map(({ orderId }) => orderId.split('-')[1]),
    ['2', '3', '4'],
  );
  await twin.close();
});

test('what is sent arrives: the transfer as the stream tells it, and balances to the digit', async () => {
  const to = await erin.address();
  const of = async (owner: Wallet, asset: string) =>
    (await owner.balances()).find((held) => held.asset === asset)?.free;
  const before = await of(erin, 'RUNE-67C');
  const [sent] = await sealed(dave.send({ to, asset: 'RUNE-67C', amount: '0.00000001', memo: 'hi' }));
  assert.ok(sent);
  const { from, memo, height } = sent;
  assert.deepEqual([from, memo, height], [await dave.address(), 'hi', 1]);
  assert.deepEqual(sent.to, [{ address: to, coins: [{ asset: 'RUNE-67C', amount: '0.00000001' }] }]);
  assert.equal(await of(erin, 'RUNE-67C'), before?.replace(/0$/, '1'));
  const coins = [
    { asset: 'RUNE-67C', amount: '1' },
    { asset: 'BNB', amount: '2' },
  ];
  const [many] = await sealed(
    dave.multiSend({
      to: [
        { address: to, coins },
        { address: await dave.address(), coins },
      ],
    }),
  );
  assert.deepEqual(
    many?.to.map((output) => output.coins.map(({ asset, amount }) => `${amount} ${asset}`)),
    [
      ['2.00000000 BNB', '1.00000000 RUNE-67C'],
      ['2.00000000 BNB', '1.00000000 RUNE-67C'],
    ],
  );
});

test('tick and lot are those of the pair: what is off them is not sent, unless it may be rounded', async () => {
  const { tickSize, lotSize } = market.node.state.pairs.get(SYMBOL)!;
  assert.deepEqual([tickSize, lotSize], [1000n, 100_000n]);
  await assert.rejects(dave.placeOrder({ ...buy, price: '6.600001' }), {
    code: 'INVALID',
    nearest: ['6.60000000', '6.60001000'],
  });
  const [bought, sold] = await sealed(
    dave.placeOrder({ ...buy, price: '6.600001', quantity: '2.0019', round: true }),
    erin.placeOrder({ ...sell, price: '6.700001', round: true }),
  );
  assert.deepEqual(
    [bought, sold].map((placed) => placed?.reports[0]?.price),
    ['6.60000000', '6.70001000'],
  );
  assert.equal(bought?.reports[0]?.quantity, '2.00100000');
  await assert.rejects(dave.placeOrder({ ...buy, symbol: 'NO-000_BNB' }), { code: 'INVALID' });
});

test('an order whose report fell into a gap is told of by REST', async () => {
  await dave.ready();
  const placing = dave.placeOrder(buy);
  await dave.sent();
  market.node.control.drop();
  let isOver = false;
  void placing.finally(() => {
    isOver = true;
  });
  while (!isOver) await market.advance();
  const { reports, order, height } = await placing;
  assert.deepEqual([reports, height], [[], 1]);
  assert.deepEqual([order?.status, order?.price], ['Ack', '6.60000000']);
});

test('a post that is doubled on its way is one transaction, known by its order or by its block', async () => {
  const doubling = wallet(market.dex, market.node.idleAccounts[0]!.privateKey, {
    fetch: async (url, init) => {
      if (init?.method === 'POST') await (await fetch(url, init)).text();
      return fetch(url, init);
    },
  });
  const placing = doubling.placeOrder(buy);
  await doubling.sent(); // REST tells of an accepted order before its block
  await market.advance();
  const { orderId } = await placing;
  assert.deepEqual(
    (await dave.openOrders()).map((order) => order.orderId),
    [orderId],
  );
  const to = await erin.address();
  const free = async () => (await erin.balances()).find(({ asset }) => asset === 'RUNE-67C')?.free;
  const before = await free();
  let isOver = false;
  const sending = doubling.send({ to, asset: 'RUNE-67C', amount: '0.00000001' }).finally(() => {
    isOver = true;
  });
  while (!isOver) await market.advance();
  assert.match((await sending).txHash, /^[\dA-F]{64}$/);
  assert.equal(await free(), before?.replace(/0$/, '1'));
  await doubling.close();
});

test('an account that the chain does not know has nothing, and cannot trade', async () => {
  const stranger = wallet(market.dex, UNKNOWN_KEY);
  assert.deepEqual(await stranger.balances(), []);
  assert.deepEqual(await stranger.openOrders(), []);
  await assert.rejects(stranger.placeOrder(buy), { code: 'UNKNOWN_ACCOUNT' });
  await stranger.close();
});
