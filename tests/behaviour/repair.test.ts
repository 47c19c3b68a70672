import assert from 'node:assert/strict';
import { devKey } from '@dexwire/node/core';
import { startTestDex, type TestDex, type TestOptions } from '@dexwire/node/testing';
import {
  accounts,
  connect,
  type Events,
  type Kline,
  type KlineUpdate,
  kline,
  type Mended,
  type Missed,
  type OrderReport,
  orders,
  repairOverRest,
  type Stream,
  type Trade,
  type Transfer,
  trades,
  transfers,
} from 'dexwire';
import { afterEach, test } from 'vitest';

const SYMBOL = 'BNB_BTCB-1DE';

type Market = TestDex<ReturnType<typeof connect>>;

let market: Market;
afterEach(async () => {
  await market.close();
  assert.equal(market.clock.pending, 0);
});

/** Everything that the socket brings of one stream about one subject. */
const follow = async (stream: Stream, subject: string): Promise<Events<unknown>[]> => {
  const items: Events<unknown>[] = [];
  const wanted = stream.scope === 'symbol' ? { symbols: [subject] } : { address: subject };
  (market.dex.subscribe as (stream: Stream, wanted: object, callback: (item: Events<unknown>) => void) => unknown)(
    stream,
    wanted,
    (item) => items.push(item),
  );
  await market.dex.ready();
  await market.advance();
  return items;
};

const start = async (options?: TestOptions): Promise<void> => {
  market = await startTestDex(connect, options);
};

const heightNow = (): number => market.node.state.height - 1;

/** What a repair brings that is asked when so many blocks have passed since `from`. */
const mend = async (stream: Stream, subject: string, from: number, to: number): Promise<Mended> => {
  const { clock, dex } = market;
  const missed: Missed = { stream, subject, from, to, ago: (heightNow() - from) * 400, waited: 0 };
  const mended = repairOverRest()(missed, {
    network: dex.network,
    ca: undefined,
    clock,
    signal: new AbortController().signal,
  });
  assert.ok(mended);
  return mended;
};

/** As a repair is to bring them: those of some blocks. */
const repaired = (items: readonly Events<unknown>[], from: number, to: number): Events<unknown>[] =>
  items
    .filter(({ height }) => height !== undefined && height > from && height <= to)
    .map((item) => ({ ...item, repaired: true }));

/** A buy and a sell of one account that meet at the list price. */
const cross = (): void => {
  const { node } = market;
  const { address } = node.idleAccounts[0]!;
  const { reference: price, lotSize: quantity } = node.state.pairs.get(SYMBOL)!;
  for (const side of [1, 2]) {
    const order = { type: 'newOrder', sender: address, id: '', symbol: SYMBOL, orderType: 2, timeInForce: 1 } as const;
    assert.equal(node.submit({ ...order, side, price, quantity: quantity * 3n }).code, 0);
  }
};

test('the trades of a lively market come back equal to what the socket brought, digit for digit', async () => {
  await start({ traders: 3, seed: 7 });
  const brought = await follow(trades, SYMBOL);
  await market.advance(150);
  for (const [from, to] of [
    [20, 120],
    [119, 120],
    [140, heightNow()],
  ] as const) {
    const { items, lost } = await mend(trades, SYMBOL, from, to);
    assert.deepStrictEqual(items, repaired(brought, from, to));
    assert.equal(lost, 'none');
  }
  const events = brought.flatMap((item) => item.events as Trade[]);
  assert.ok(events.length > 50 && new Set(events.map(({ tick }) => tick)).size > 1);
});

test('a node that has forgotten trades is not taken for one that had none', async () => {
  await start({ traders: 3, seed: 7, history: { symbolTrades: { perSubject: 5, inAll: 40 } } });
  const brought = await follow(trades, SYMBOL);
  await market.advance(150);
  const { items, lost } = await mend(trades, SYMBOL, 20, heightNow());
  assert.equal(lost, 'unknown');
  assert.ok(items.length > 0);
  assert.deepStrictEqual(items, repaired(brought, 20, heightNow()).slice(-items.length));
});

test('in a market without any trade nothing tells when a block was, so that none can be missed is not proved', async () => {
  await start();
  await market.advance(400);
  const { items, lost } = await mend(trades, SYMBOL, 380, heightNow());
  assert.deepEqual([items, lost], [[], 'unknown']);
});

test('the klines that ended, with the ids of their trades, and the one under way', async () => {
  await start();
  const brought = await follow(kline('1m'), SYMBOL);
  for (let minute = 0; minute < 5; minute += 1) {
    if (minute !== 2) cross();
    await market.advance(7 * minute);
    if (minute !== 2) cross();
    await market.advance(150 - 7 * minute);
  }
  await market.advance(8);
  const { items, lost } = await mend(kline('1m'), SYMBOL, 200, heightNow());
  const updates = brought.flatMap((item) => item.events as KlineUpdate[]);
  const [last] = updates.slice(-1);
  assert.deepStrictEqual(
    items.slice(0, -1).flatMap(({ events }) => events),
    updates.filter(({ kline: { isClosed } }) => isClosed).slice(1),
  );
  const { kline: present, eventTime } = items.at(-1)!.events[0] as KlineUpdate;
  assert.deepStrictEqual(present, last!.kline);
  assert.ok(eventTime <= last!.eventTime && items.at(-1)!.current);
  assert.equal(lost, 'none');
  const counts = items.map(({ events }) => (events[0] as { kline: Kline }).kline.tradeCount);
  assert.ok(counts.includes(0) && counts.includes(2));
});

test('transfers with all their receivers, coins and memos', async () => {
  await start();
  const { node } = market;
  const [dave, erin] = node.idleAccounts;
  const brought = await follow(transfers, erin!.address);
  const coin = (asset: string, amount: bigint) => ({ asset, amount });
  const give = (...sent: { address: string; coins: { asset: string; amount: bigint }[] }[]): void => {
    const sums = new Map<string, bigint>();
    for (const { coins } of sent)
      for (const { asset, amount } of coins) sums.set(asset, (sums.get(asset) ?? 0n) + amount);
    const coins = [...sums].sort().map(([asset, amount]) => coin(asset, amount));
    const inputs = [{ address: dave!.address, coins }];
    assert.equal(node.submit({ type: 'send', inputs, outputs: sent }, { memo: `für ${sent.length}` }).code, 0);
  };
  for (let block = 0; block < 4; block += 1) {
    give({ address: erin!.address, coins: [coin('BNB', 1n)] });
    give(
      { address: dave!.address, coins: [coin('BNB', 90_071_993n)] },
      { address: erin!.address, coins: [coin('BNB', 7n), coin('RUNE-67C', 3n)] },
    );
    await market.advance(2);
  }
  const { items, lost } = await mend(transfers, erin!.address, 2, 7);
  assert.deepStrictEqual(
    items.flatMap(({ events }) => events),
    brought.filter(({ height }) => height! > 2 && height! <= 7).flatMap(({ events }) => events as Transfer[]),
  );
  assert.equal(items.length, 2);
  assert.equal(lost, 'none');
});

test('the balances as they are, in the order of the stream', async () => {
  await start();
  const { address } = market.node.idleAccounts[0]!;
  const brought = await follow(accounts, address);
  cross();
  const { lotSize: quantity, reference } = market.node.state.pairs.get(SYMBOL)!;
  const order = { type: 'newOrder', sender: address, id: '', symbol: SYMBOL, orderType: 2, timeInForce: 1 } as const;
  market.node.submit({ ...order, side: 1, price: reference / 2n - ((reference / 2n) % 10n), quantity });
  await market.advance(3);
  const { items, lost } = await mend(accounts, address, 1, heightNow());
  const [last] = brought.at(-1)!.events as { height: number }[];
  assert.deepStrictEqual(items, [
    {
      kind: 'events',
      events: [{ ...last, height: heightNow() }],
      height: heightNow(),
      repaired: true,
      current: true,
    },
  ]);
  assert.equal(lost, 'none');
});

test('orders that changed, each as its last report said', async () => {
  await start({ traders: 3, seed: 7 });
  const { address } = devKey('maker');
  const brought = await follow(orders, address);
  await market.advance(60);
  const { items, lost } = await mend(orders, address, 40, heightNow());
  assert.equal(lost, 'none');
  assert.equal(items.length, 1);
  assert.deepEqual([items[0]!.current, items[0]!.height], [true, heightNow()]);
  const latest = new Map<string, OrderReport>();
  for (const { events } of brought) for (const report of events as OrderReport[]) latest.set(report.orderId, report);
  const told = new Map((items[0]!.events as OrderReport[]).map((report) => [report.orderId, report]));
  const changed = [...latest.values()].filter(({ height }) => height > 40);
  assert.ok(changed.length > 20 && new Set(changed.map(({ status }) => status)).size > 1);
  // REST tells times to the millisecond, and the latest fill with every order, not with reports of fills only.
  const cut = (time: bigint): bigint => time - (time % 1_000_000n);
  const state = ({ tradeId, lastExecutedPrice, lastExecutedQuantity, ...report }: OrderReport, isFill: boolean) => ({
    ...report,
    ...(isFill && { tradeId, lastExecutedPrice, lastExecutedQuantity }),
    time: cut(report.time),
    orderCreationTime: cut(report.orderCreationTime),
    height: undefined,
  });
  for (const report of changed) {
    const isFill = report.tradeId !== '';
    assert.deepStrictEqual(state(told.get(report.orderId)!, isFill), state(report, isFill));
  }
});
