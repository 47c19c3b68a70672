import { type KlineUpdate, kline } from '@dexwire/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeRest } from '../../../../tests/support/fakeRest.ts';
import type { Mended } from '../missed.ts';
import { type RepairOptions, repairOverRest } from './repairOverRest.ts';

const SYMBOL = 'BNB_BTCB-1DE';
const MINUTE = 60_000;
/** Where the kline under way opens. */
const OPEN = Date.UTC(2021, 2, 1);

let rest: FakeRest;
beforeEach(() => {
  rest = new FakeRest();
  rest.time = OPEN + 20_400;
});
afterEach(() => expect(rest.clock.pending).toBe(0));

type Row = readonly [number, string, string, string, string, string, number, string, number];

/** By minutes before the one under way: how many trades. */
const row = (ago: number, count: number): Row => {
  const openTime = OPEN - ago * MINUTE;
  return [openTime, '1.1', '1.40000000', '1.00000000', '1.3', '92233720368547758.07', openTime + 59_999, '7.0', count];
};

const trade = (time: number, tradeId: string): object => ({
  blockHeight: Number(tradeId.split('-')[0]),
  buyerId: 'tbnb1buyer',
  buyerOrderId: 'AA-1',
  price: '1.10000000',
  quantity: '1.00000000',
  sellerId: 'tbnb1seller',
  sellerOrderId: 'BB-2',
  symbol: SYMBOL,
  time,
  timeNs: `${time}000000`,
  tradeId,
});

/** Rows as the venue has them, whatever it is asked; trades of each minute, the newest first. */
const market = (counts: readonly number[], forget = Number.POSITIVE_INFINITY): void => {
  const rows = counts.map((count, place) => row(counts.length - 1 - place, count));
  rest.bodies.set('/klines', (query: URLSearchParams) => {
    const start = Number(query.get('startTime') ?? Number.NaN);
    const limit = Number(query.get('limit'));
    return Number.isNaN(start) ? rows.slice(-limit) : rows.filter(([open]) => open >= start).slice(0, limit);
  });
  const trades = rows.flatMap(([open, , , , , , , , count], minute) =>
    Array.from({ length: count }, (_, place) => trade(open + place * 2, `${minute + 1}-${place}`)),
  );
  rest.list('/trades', 'trade', (query) => {
    const end = Number(query.get('end') ?? Number.POSITIVE_INFINITY);
    return (trades as { time: number }[])
      .slice()
      .reverse()
      .slice(0, forget)
      .filter(({ time }) => time <= end);
  });
};

const mend = (ago: number | undefined, options: RepairOptions = {}): Promise<Mended> =>
  rest.run(repairOverRest({ fetch: rest.fetch, ...options }), {
    stream: kline('1m'),
    subject: SYMBOL,
    from: ago === undefined ? undefined : 50,
    to: 99,
    ago,
    waited: 0,
  });

const klines = ({ items }: Mended): KlineUpdate['kline'][] =>
  items.map(({ events }) => (events[0] as KlineUpdate).kline);
const ids = (found: Mended): string[][] =>
  klines(found).map(({ firstTradeId, lastTradeId }) => [firstTradeId, lastTradeId]);

test('klines that ended come as they ended, then the one under way, exact and with their ids', async () => {
  market([2, 3, 0, 1, 2]);
  const found = await mend(2 * MINUTE);
  const update = (ago: number, count: number, first: string, last: string, more: object): object => ({
    kind: 'events',
    repaired: true,
    ...(ago === 0 && { current: true }),
    events: [
      {
        eventType: 'kline',
        eventTime: (OPEN - (ago - 1) * MINUTE) / 1000,
        symbol: SYMBOL,
        ...more,
        kline: {
          symbol: SYMBOL,
          openTime: OPEN - ago * MINUTE,
          closeTime: OPEN - ago * MINUTE + 59_999,
          interval: '1m',
          firstTradeId: first,
          lastTradeId: last,
          open: '1.1',
          close: '1.3',
          high: '1.40000000',
          low: '1.00000000',
          volume: '92233720368547758.07',
          quoteVolume: '7.0',
          tradeCount: count,
          isClosed: ago > 0,
        },
      },
    ],
  });
  expect(found).toEqual({
    items: [
      update(2, 0, '2-2', '2-2', {}),
      update(1, 1, '4-0', '4-0', {}),
      update(0, 2, '5-0', '5-1', { eventTime: OPEN / 1000 + 20 }),
    ],
    lost: 'none',
  });
});

test('the second of the kline under way is never that of its end, nor that of its beginning', async () => {
  market([1, 1, 1]);
  for (const [past, second] of [
    [100, 1],
    [59_999, 59],
  ] as const) {
    rest.time = OPEN + past;
    const { eventTime } = (await mend(1000)).items.at(-1)!.events[0] as KlineUpdate;
    expect(eventTime).toBe(OPEN / 1000 + second);
  }
});

test('ids lie at the ends of klines: pages in between are not read', async () => {
  market([1, 5000, 2500]);
  const found = await mend(MINUTE);
  expect(ids(found)).toEqual([
    ['2-0', '2-4999'],
    ['3-0', '3-2499'],
  ]);
  expect(
    rest.paths.filter((path) => path.includes('/trades?symbol')).map((path) => path.replace(/.*&limit/, 'limit')),
  ).toEqual([
    'limit=1000&offset=2000',
    'limit=1000&offset=0',
    'limit=1000&offset=5000',
    'limit=1000&offset=0',
    'limit=1000&offset=4000',
  ]);
});

test('ids that the venue has forgotten are empty, and what is exact stays', async () => {
  market([1, 4, 4], 6);
  const found = await mend(MINUTE);
  expect(ids(found)).toEqual([
    ['', '2-3'],
    ['3-0', '3-3'],
  ]);
  expect([klines(found).map(({ tradeCount }) => tradeCount), found.lost]).toEqual([[4, 4], 'none']);
});

test('no id is told that is at odds with the counts', async () => {
  market([1, 2, 2, 2]);
  const rows = [row(3, 1), row(2, 2), row(1, 1), row(0, 3)];
  rest.bodies.set('/klines', rows);
  expect(ids(await mend(3 * MINUTE))).toEqual([
    ['', ''],
    ['', ''],
    ['', ''],
    ['', ''],
  ]);
});

test('more rows than a page are read to the end; of more than the most the newest are kept', async () => {
  market(Array(2500).fill(0));
  const found = await mend(2300 * MINUTE);
  expect([found.items.length, found.lost]).toEqual([2301, 'none']);
  const few = await mend(2300 * MINUTE, { most: 10 });
  expect([few.items.length, klines(few)[0]!.openTime, few.lost]).toEqual([10, OPEN - 9 * MINUTE, 'some']);
});

test('as many as the most are all', async () => {
  market(Array(5).fill(0));
  const { items } = await mend(2 * MINUTE);
  expect((await mend(2 * MINUTE, { most: items.length })).lost).toBe('none');
  expect((await mend(2 * MINUTE, { most: items.length - 1 })).lost).toBe('some');
});

test('a trade in the last millisecond of a kline is one of it', async () => {
  market([1, 1, 1]);
  const last = trade(OPEN - MINUTE + 59_999, '2-7');
  rest.list('/trades', 'trade', (query) =>
    [trade(OPEN, '3-0'), last, trade(OPEN - 2 * MINUTE, '1-0')].filter(
      (each) => (each as { time: number }).time <= Number(query.get('end') ?? Number.POSITIVE_INFINITY),
    ),
  );
  expect(ids(await mend(2 * MINUTE))[1]).toEqual(['2-7', '2-7']);
});

test('a history that begins too late, has a hole or ends too early is not whole', async () => {
  market([1, 1, 1]);
  expect((await mend(10 * MINUTE)).lost).toBe('unknown');
  rest.bodies.set('/klines', [row(3, 1), row(1, 1), row(0, 1)]);
  expect((await mend(2.5 * MINUTE)).lost).toBe('unknown');
  rest.bodies.set('/klines', [row(3, 1), row(2, 1)]);
  const early = await mend(2.5 * MINUTE);
  expect([early.lost, klines(early).map(({ isClosed }) => isClosed)]).toEqual(['unknown', [true, true]]);
  rest.bodies.set('/klines', []);
  expect(await mend(MINUTE)).toEqual({ items: [], lost: 'unknown' });
});

test('where no block was ever seen there is the one under way', async () => {
  market([2, 2]);
  const found = await mend(undefined);
  expect([ids(found), found.lost]).toEqual([[['2-0', '2-1']], 'unknown']);
});

test('when time is up, klines are there without ids', async () => {
  market([2, 2]);
  rest.bodies.set('/trades', () => new Response('', { status: 503 }));
  const found = await mend(2 * MINUTE);
  expect([ids(found), found.lost]).toEqual([
    [
      ['', ''],
      ['', ''],
    ],
    'unknown',
  ]);
});

test.each([
  ['a volume that is a number', [OPEN, '1', '1', '1', '1', 5, OPEN + 59_999, '1', 1]],
  ['a kline that ends before it opens', [OPEN, '1', '1', '1', '1', '5', OPEN - 1, '1', 1]],
  ['a count that is none', [OPEN, '1', '1', '1', '1', '5', OPEN + 59_999, '1', -1]],
  ['no list', { openTime: OPEN }],
])('a row with %s is not believed', async (_, wrong) => {
  rest.bodies.set('/klines', [row(1, 1), wrong]);
  expect(await mend(MINUTE)).toEqual({ items: [], lost: 'unknown' });
});

test('rows that do not rise are not believed', async () => {
  rest.bodies.set('/klines', [row(0, 1), row(1, 1)]);
  expect(await mend(MINUTE)).toEqual({ items: [], lost: 'unknown' });
});
