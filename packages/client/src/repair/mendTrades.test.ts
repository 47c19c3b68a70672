import type { Trade } from '@dexwire/protocol';
import { trades } from '@dexwire/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeRest, json } from '../../../../tests/support/fakeRest.ts';
import type { Mended, Missed } from '../missed.ts';
import { type RepairOptions, repairOverRest } from './repairOverRest.ts';

const SYMBOL = 'BNB_BTCB-1DE';

let rest: FakeRest;
beforeEach(() => {
  rest = new FakeRest();
});
afterEach(() => expect(rest.clock.pending).toBe(0));

const body = (height: number, index = 0, more: object = {}): Record<string, unknown> => ({
  baseAsset: 'BNB',
  blockHeight: height,
  buyerId: 'tbnb1buyer',
  buyerOrderId: 'AA-1',
  price: '0.00123400',
  quantity: '90071992547.40993001',
  sellerId: 'tbnb1seller',
  sellerOrderId: 'BB-2',
  symbol: SYMBOL,
  tickType: 'SellTaker',
  time: rest.time - (rest.height - height) * 400,
  timeNs: String(BigInt(rest.time - (rest.height - height) * 400) * 1_000_000n + 843n),
  tradeId: `${height}-${index}`,
  ...more,
});

const event = (height: number, index = 0): Trade => ({
  eventType: 'trade',
  height,
  symbol: SYMBOL,
  tradeId: `${height}-${index}`,
  price: '0.00123400' as Trade['price'],
  quantity: '90071992547.40993001' as Trade['quantity'],
  buyerOrderId: 'AA-1',
  sellerOrderId: 'BB-2',
  time: BigInt(rest.time - (rest.height - height) * 400) * 1_000_000n + 843n,
  sellerAddress: 'tbnb1seller',
  buyerAddress: 'tbnb1buyer',
  tick: 'sellTaker',
});

const missed = (from: number | undefined, to: number | undefined, more: Partial<Missed> = {}): Missed => ({
  stream: trades,
  subject: SYMBOL,
  from,
  to,
  ago: from === undefined ? undefined : (rest.height - from) * 400,
  waited: 0,
  ...more,
});

const mend = (what: Missed, options: RepairOptions = {}): Promise<Mended> =>
  rest.run(repairOverRest({ fetch: rest.fetch, ...options }), what);

const ids = ({ items }: Mended): string[] =>
  items.flatMap(({ events }) => (events as Trade[]).map(({ tradeId }) => tradeId));

/** The newest first, one of each height. */
const falling = (from: number, to: number): object[] =>
  Array.from({ length: from - to + 1 }, (_, place) => body(from - place));

test('trades of the missed blocks come back as the socket would have brought them, a block an item, rising', async () => {
  rest.list('/trades', 'trade', () => [body(99), body(97, 5), body(97, 2), body(95), body(94), body(90)]);
  expect(await mend(missed(94, 98))).toEqual({
    items: [
      { kind: 'events', events: [event(95)], height: 95, repaired: true },
      { kind: 'events', events: [event(97, 2), event(97, 5)], height: 97, repaired: true },
    ],
    lost: 'none',
  });
  expect(rest.paths).toEqual(['/node-info', `/trades?symbol=${SYMBOL}&limit=200&offset=0&total=1`]);
});

test('without a last block everything counts up to the height that is read first', async () => {
  rest.list('/trades', 'trade', () => [body(101), body(100), body(98), body(90)]);
  expect(ids(await mend(missed(97, undefined)))).toEqual(['98-0', '100-0']);
});

test('it waits until REST knows the last block', async () => {
  rest.height = 97;
  rest.list('/trades', 'trade', () => [body(98), body(90)].slice(rest.height < 98 ? 1 : 0));
  const repair = repairOverRest({ fetch: rest.fetch })(missed(94, 98), rest.tools());
  await rest.clock.pass(2500);
  expect(rest.paths).toEqual(['/node-info', '/node-info', '/node-info']);
  rest.height = 98;
  expect(ids(await rest.after(repair!))).toEqual(['98-0']);
});

test('pages are read until one reaches back; trades that come meanwhile only push the others on', async () => {
  rest.height = 5000;
  let newest = 5000;
  rest.list('/trades', 'trade', () => falling(newest++, 1));
  const found = await mend(missed(2500, 5000));
  expect(ids(found)).toEqual(Array.from({ length: 2500 }, (_, place) => `${2501 + place}-0`));
  expect(found.lost).toBe('none');
  expect(rest.paths.slice(1)).toEqual(
    [0, 180, 1160, 2140].map(
      (offset) => `/trades?symbol=${SYMBOL}&limit=${offset === 0 ? 200 : 1000}&offset=${offset}&total=1`,
    ),
  );
});

test('a venue whose pages are smaller, and one that does not count, are read as far as need be', async () => {
  rest.list('/trades', 'trade', () => falling(100, 1));
  const listed = rest.bodies.get('/trades') as (query: URLSearchParams) => { total: number; trade: unknown[] };
  rest.bodies.set('/trades', (query: URLSearchParams) => {
    query.set('limit', '40');
    return listed(query);
  });
  expect(ids(await mend(missed(20, 100)))).toHaveLength(80);
  for (const total of [-1, 1, '100', undefined]) {
    rest.bodies.set('/trades', (query: URLSearchParams) => ({ ...listed(query), total }));
    const found = await mend(missed(70, 100));
    expect([ids(found).length, found.lost]).toEqual([30, 'none']);
  }
});

test('of more than the most the newest are kept, and some are lost', async () => {
  rest.list('/trades', 'trade', () => falling(100, 1));
  const found = await mend(missed(10, 99), { most: 3 });
  expect([ids(found), found.lost]).toEqual([['97-0', '98-0', '99-0'], 'some']);
});

test('a venue without timeNs gives milliseconds, and one of old no tick', async () => {
  rest.list('/trades', 'trade', () => [body(95, 0, { timeNs: undefined, tickType: undefined }), body(90)]);
  const { items } = await mend(missed(94, 95));
  const { tick: _, ...old } = event(95);
  expect(items[0]!.events).toEqual([{ ...old, time: old.time - 843n }]);
});

const row = (openTime: number, count: number): unknown[] => [
  openTime,
  ...Array(4).fill('1.00000000'),
  '0.00000000',
  openTime + 59_999,
  '0.00000000',
  count,
];

/** Rows of a minute, up to the one of the venue's time. */
const minutes = (...counts: number[]): void => {
  rest.bodies.set('/klines', () =>
    counts.map((count, place) => row(rest.time + (place - counts.length + 1) * 60_000, count)),
  );
};

test('a list that ends before it reaches back is whole if klines count no more', async () => {
  rest.list('/trades', 'trade', () => [body(98)]);
  minutes(0, 0, 1, 0);
  const found = await mend(missed(90, 99));
  expect([ids(found), found.lost]).toEqual([['98-0'], 'none']);
  rest.list('/trades', 'trade', () => []);
  minutes(0, 0, 0);
  expect(await mend(missed(90, 99))).toEqual({ items: [], lost: 'none' });
});

test('a trade in the first millisecond of the first kline is counted with it', async () => {
  rest.list('/trades', 'trade', () => [body(98), body(96, 0, { time: rest.time - 180_000, timeNs: undefined })]);
  minutes(1, 0, 1, 0);
  const found = await mend(missed(90, 99));
  expect([ids(found), found.lost]).toEqual([['96-0', '98-0'], 'none']);
});

test('a history that does not reach back is never taken for whole', async () => {
  rest.list('/trades', 'trade', () => [body(98)]);
  for (const counts of [[0, 1, 1, 0], [1, 0], []]) {
    minutes(...counts);
    const found = await mend(missed(90, 99));
    expect([ids(found), found.lost]).toEqual([['98-0'], 'unknown']);
  }
  rest.bodies.delete('/klines');
  expect((await mend(missed(90, 99))).lost).toBe('unknown');
});

test('where no block was ever seen nothing can be said, and nothing is asked', async () => {
  expect(await mend(missed(undefined, 99))).toEqual({ items: [], lost: 'unknown' });
  expect(rest.asked).toEqual([]);
});

test('a mini pair has a path of its own', async () => {
  rest.list('/mini/trades', 'trade', () => [
    body(95, 0, { symbol: 'XYZ-12AM_BNB' }),
    body(90, 0, { symbol: 'XYZ-12AM_BNB' }),
  ]);
  expect(ids(await mend(missed(94, 95, { subject: 'XYZ-12AM_BNB' })))).toEqual(['95-0']);
});

test.each([
  ['a price that is a number', { price: 0.001234 }],
  ['a price that is no decimal', { price: '1e3' }],
  ['a height that its id does not have', { tradeId: '96-0' }],
  ['an id of another form', { tradeId: 'x' }],
  ['another symbol', { symbol: 'ETH-1C9_BNB' }],
  ['a tick that there is not', { tickType: 'Other' }],
  ['a time that is none', { timeNs: '12.5' }],
  ['a height out of order', { blockHeight: 80, tradeId: '80-0' }],
])('a list with %s is not believed', async (_, wrong) => {
  rest.list('/trades', 'trade', () => [body(95, 0, wrong), body(94)]);
  expect(await mend(missed(93, 95))).toEqual({ items: [], lost: 'unknown' });
  expect(rest.clock.now()).toBeLessThanOrEqual(Date.UTC(2026, 0, 1) + 30_100);
});

test('the same page again and again, and pages between which rows went, end it with what there is', async () => {
  rest.height = 5000;
  rest.list('/trades', 'trade', () => falling(5000, 1));
  const listed = rest.bodies.get('/trades') as (query: URLSearchParams) => object;
  rest.bodies.set('/trades', (query: URLSearchParams) => {
    query.set('offset', '0');
    return { ...listed(query), total: -1 };
  });
  const repeated = await mend(missed(1, 5000));
  expect([ids(repeated).length, repeated.lost]).toEqual([1000, 'unknown']);
  let gone = -30;
  rest.list('/trades', 'trade', () => {
    gone += 30;
    return falling(5000, 1).slice(gone);
  });
  const torn = await mend(missed(1, 5000));
  expect([ids(torn).length, torn.lost, gone]).toEqual([200, 'unknown', 30]);
});

test('a null list is an empty one, and a 400 is final', async () => {
  rest.bodies.set('/trades', { total: 0, trade: null });
  minutes(0, 0, 0);
  expect((await mend(missed(90, 99))).lost).toBe('none');
  rest.bodies.set('/trades', () => json({ code: 400, message: 'not listed' }, 400));
  const before = rest.asked.length;
  expect(await mend(missed(90, 99))).toEqual({ items: [], lost: 'unknown' });
  expect(rest.asked.length - before).toBe(2);
});
