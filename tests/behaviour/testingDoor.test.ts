import assert from 'node:assert/strict';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { blockheight, connect, orders, trades } from 'dexwire';
import { afterEach, beforeEach, test } from 'vitest';

type Market = TestDex<ReturnType<typeof connect>>;

let market: Market;
beforeEach(async () => {
  market = await startTestDex(connect);
});
afterEach(async () => {
  await market.close();
  assert.equal(market.clock.pending, 0);
});

const SYMBOL = 'BNB_BTCB-1DE';

/** A buy and a sell of one account that meet at the list price. */
const cross = ({ node }: Market): string => {
  const { address } = node.idleAccounts[0]!;
  const { reference: price, lotSize: quantity } = node.state.pairs.get(SYMBOL)!;
  for (const side of [1, 2]) {
    const order = { type: 'newOrder', sender: address, id: '', symbol: SYMBOL, orderType: 2, timeInForce: 1 } as const;
    const result = node.submit({ ...order, side, price, quantity });
    assert.equal(result.code, 0);
  }
  return address;
};

test('what happens in a block is at the client when the block has been advanced to', async () => {
  const { node, dex } = market;
  const { address } = node.idleAccounts[0]!;
  const got: string[] = [];
  dex.subscribe(trades, { symbols: [SYMBOL] }, (item) => {
    if (item.kind === 'events') got.push(...item.events.map(({ tradeId }) => tradeId));
  });
  dex.subscribe(orders, { address }, (item) => {
    if (item.kind === 'events') got.push(...item.events.map(({ status }) => status));
  });
  await dex.ready();
  cross(market);
  assert.deepEqual(got, []);
  await market.advance();
  assert.deepEqual(got.sort(), ['1-0', 'Ack', 'Ack', 'FullyFill', 'FullyFill']);
});

test('without traders nothing happens but what a test does, and time stands where it was left', async () => {
  const { node, clock } = market;
  const hash = node.stateHash();
  await market.advance(10);
  assert.equal(node.control.now(), clock.now());
  assert.equal(node.state.openOrders.size, 0);
  assert.notEqual(node.stateHash(), hash, 'the height is part of the state');
  const sockets = clock.now();
  await market.at(Date.UTC(2031, 0, 1));
  assert.deepEqual([node.control.now(), clock.now()], [Date.UTC(2031, 0, 1), sockets]);
  await assert.rejects(market.at(Date.UTC(2030, 0, 1)), { code: 'TIME_FALLS' });
});

test('a client that lost its socket comes back as blocks go by, and tells the gap', async () => {
  const { dex, node } = market;
  const heights: number[] = [];
  const gaps: string[] = [];
  dex.subscribe(blockheight, {}, (item) => {
    if (item.kind === 'events') heights.push(...item.events.map(({ height }) => height));
    else if (item.kind === 'gap') gaps.push(item.cause);
  });
  await dex.ready();
  await market.advance(3);
  assert.deepEqual(heights, [1, 2, 3]);
  node.control.drop();
  await market.advance();
  assert.deepEqual(gaps, ['disconnect']);
  while (heights.length === 3) await market.advance();
  assert.ok(heights.at(-1)! > 4);
});

test('the same test is the same market: two of them come to the same state', async () => {
  const other = await startTestDex(connect, { traders: true, seed: 7 });
  const another = await startTestDex(connect, { traders: true, seed: 7 });
  await Promise.all([other.advance(20), another.advance(20)]);
  assert.equal(other.node.stateHash(), another.node.stateHash());
  await Promise.all([other.close(), another.close()]);
});
