import { type OrderReport, orders } from '@dexwire/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeRest } from '../../../../tests/support/fakeRest.ts';
import type { Mended } from '../missed.ts';
import { type RepairOptions, repairOverRest } from './repairOverRest.ts';

let rest: FakeRest;
let open: object[];
let closed: { readonly time: number; readonly body: object }[];
beforeEach(() => {
  rest = new FakeRest();
  open = [];
  closed = [];
  rest.list('/orders/open', 'order', () => open);
  rest.list('/orders/closed', 'order', (query) => {
    const start = Number(query.get('start') ?? 0);
    const end = Number(query.get('end') ?? Number.POSITIVE_INFINITY);
    return closed.filter(({ time }) => time >= start && time <= end).map(({ body }) => body);
  });
});
afterEach(() => expect(rest.clock.pending).toBe(0));

/** @param ago - Milliseconds before the newest block. */
const order = (sequence: number, ago: number, more: object = {}): object => ({
  orderId: `AA-${sequence}`,
  symbol: 'BNB_BTCB-1DE',
  owner: 'tbnb1me',
  price: '0.00123400',
  quantity: '9007199254740993.00000001',
  cumulateQuantity: '1.00000000',
  fee: 'BNB:0.00005000',
  orderCreateTime: '2021-02-28T23:00:00.123456789Z',
  transactionTime: new Date(rest.time - ago).toISOString(),
  status: 'PartialFill',
  timeInForce: 1,
  side: 2,
  type: 2,
  tradeId: '70-1',
  lastExecutedPrice: '0.00123500',
  lastExecutedQuantity: '1.00000000',
  transactionHash: 'C'.repeat(64),
  ...more,
});

const ended = (sequence: number, ago: number, status = 'FullyFill'): void => {
  closed.unshift({ time: rest.time - ago, body: order(sequence, ago, { status }) });
};

const mend = (ago: number | undefined, options: RepairOptions = {}, to = 99): Promise<Mended> =>
  rest.run(repairOverRest({ fetch: rest.fetch, ...options }), {
    stream: orders,
    subject: 'tbnb1me',
    from: ago === undefined ? undefined : 50,
    to,
    ago,
    waited: 0,
  });

const told = ({ items }: Mended): string[] =>
  items.flatMap(({ events }) => (events as OrderReport[]).map(({ orderId, status }) => `${orderId} ${status}`));

test('orders that changed come as they are now, marked so, at the height of the state', async () => {
  open = [order(4, 1000), order(3, 60_000)];
  ended(2, 90_000, 'Canceled');
  expect(await mend(20_000)).toEqual({
    items: [
      {
        kind: 'events',
        height: 100,
        repaired: true,
        current: true,
        events: [
          {
            eventType: 'executionReport',
            height: 100,
            symbol: 'BNB_BTCB-1DE',
            side: 'sell',
            orderType: 'limit',
            timeInForce: 'GTE',
            quantity: '9007199254740993.00000001',
            price: '0.00123400',
            executionType: 'NEW',
            status: 'PartialFill',
            orderId: 'AA-4',
            lastExecutedQuantity: '1.00000000',
            lastExecutedPrice: '0.00123500',
            cumulativeFilledQuantity: '1.00000000',
            commission: 'BNB:0.00005000',
            time: BigInt(rest.time - 1000) * 1_000_000n,
            tradeId: '70-1',
            orderCreationTime: BigInt(Date.UTC(2021, 1, 28, 23)) * 1_000_000n + 123_456_789n,
          },
        ],
      },
    ],
    lost: 'none',
  });
});

test('ended orders are among them, by the time of their change, with a margin of 5 s; the later reply counts', async () => {
  ended(1, 90_000, 'Expired');
  ended(2, 24_000, 'Canceled');
  ended(3, 10_000, 'IocNoFill');
  ended(4, 500);
  open = [order(5, 2000, { status: 'Ack' }), order(4, 9000)];
  const found = await mend(20_000);
  expect(told(found)).toEqual(['AA-2 Canceled', 'AA-3 IocNoFill', 'AA-5 Ack', 'AA-4 FullyFill']);
  expect(found.lost).toBe('none');
});

test('what changed in a later block, or is in none yet, is left to the socket', async () => {
  ended(1, 90_000);
  ended(2, 400);
  ended(3, 0, 'Canceled');
  open = [order(7, -1), order(6, 0, { status: 'Ack' }), order(5, 401), order(2, 900), order(3, 900)];
  expect(told(await mend(20_000))).toEqual(['AA-5 PartialFill', 'AA-2 FullyFill']);
  // Of the newest block itself it cannot be told from what waits for the next one.
  expect(told(await mend(20_000, {}, 100))).toEqual([
    'AA-5 PartialFill',
    'AA-2 FullyFill',
    'AA-6 Ack',
    'AA-3 Canceled',
  ]);
});

test('a history in which nothing is older does not prove that it reaches back', async () => {
  ended(3, 10_000);
  const found = await mend(20_000);
  expect([told(found), found.lost]).toEqual([['AA-3 FullyFill'], 'unknown']);
  closed = [];
  expect(await mend(20_000)).toEqual({ items: [], lost: 'unknown' });
});

test('what changed in the very millisecond from which on they are looked for is among them, and proves nothing of before', async () => {
  ended(2, 25_000); // fifty blocks, and a margin
  const found = await mend(10_000);
  expect([told(found), found.lost]).toEqual([['AA-2 FullyFill'], 'unknown']);
  closed = [];
  ended(1, 25_001);
  ended(2, 25_000);
  expect([told(await mend(10_000)), (await mend(10_000, { most: 1 })).lost]).toEqual([['AA-2 FullyFill'], 'none']);
});

test('pages of both lists are read', async () => {
  open = Array.from({ length: 1500 }, (_, place) => order(5000 - place, 1000));
  for (let sequence = 1; sequence <= 1200; sequence += 1) ended(sequence, 2000);
  ended(0, 90_000);
  const found = await mend(20_000);
  expect([told(found).length, found.lost]).toEqual([2700, 'none']);
  const few = await mend(20_000, { most: 2 });
  expect([few.items[0]!.events.length, few.lost]).toEqual([2, 'some']);
});

test('a list that is said to go on and does not is not whole', async () => {
  ended(1, 90_000);
  rest.bodies.set('/orders/open', { total: 3, order: [order(4, 1000)] });
  const found = await mend(20_000);
  expect([told(found), found.lost]).toEqual([['AA-4 PartialFill'], 'unknown']);
});

test('where no block was ever seen there are the open ones', async () => {
  open = [order(4, 1_000_000)];
  ended(2, 1000);
  const found = await mend(undefined);
  expect([told(found), found.lost]).toEqual([['AA-4 PartialFill'], 'unknown']);
});

test.each([
  ['status', { status: 'Done' }],
  ['side', { side: 3 }],
  ['time in force', { timeInForce: 2 }],
  ['time', { transactionTime: 'yesterday' }],
  ['month', { orderCreateTime: '2021-13-01T00:00:00Z' }],
  ['price', { price: 1.5 }],
])('an order with another %s is not believed', async (_, wrong) => {
  open = [order(4, 1000, wrong)];
  expect(await mend(20_000)).toEqual({ items: [], lost: 'unknown' });
});

test('what was had before time was up is there', async () => {
  open = [order(4, 1000)];
  rest.bodies.set('/orders/closed', () => new Response('', { status: 500 }));
  const found = await mend(20_000);
  expect([told(found), found.lost]).toEqual([['AA-4 PartialFill'], 'unknown']);
});

test('a program that slept knows less time than has passed: a trade of the block tells', async () => {
  ended(1, 300_000, 'Canceled');
  ended(2, 200_000);
  open = [order(3, 1000)];
  const trades = [
    { blockHeight: 80, time: rest.time - 10_000 },
    { blockHeight: 60, time: rest.time - 150_000 },
    { blockHeight: 49, time: rest.time - 250_000 },
  ];
  rest.place = (query: URLSearchParams) => ({
    total: -1,
    trade: trades.filter(({ time }) => time <= Number(query.get('end'))).slice(0, 1),
  });
  const mended = await mend(1000);
  expect([told(mended).sort(), mended.lost]).toEqual([['AA-2 FullyFill', 'AA-3 PartialFill'], 'none']);
});

test('where no trade tells when a block was, what is found is told, and not that it is all', async () => {
  ended(1, 90_000);
  open = [order(3, 1000)];
  rest.place = { total: -1, trade: [] };
  const mended = await mend(20_000);
  expect([told(mended), mended.lost]).toEqual([['AA-3 PartialFill'], 'unknown']);
});
