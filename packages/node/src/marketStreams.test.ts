import assert from 'node:assert/strict';
import {
  allMiniTickers,
  allTickers,
  type BookDepth,
  type BookDiff,
  blockheight,
  check,
  DEPTH_LEVELS,
  decode,
  decodeFast,
  encode,
  KLINE_INTERVALS,
  type KlineUpdate,
  kline,
  marketDepth,
  marketDiff,
  miniTicker,
  type Stream,
  ticker,
  trades,
} from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { sampleBlock, samplePair, sampleTrade, sampleUpdate } from '../../../tests/support/sampleBlocks.ts';
import type { Block, OrderUpdate } from './chain/block.ts';
import type { Pair } from './chain/state.ts';
import { Accounts } from './entry/accounts.ts';
import { type Frame, frameText } from './gateway/source.ts';
import { MarketData } from './marketData/marketData.ts';
import { MarketStreams } from './marketStreams.ts';
import type { Order, OrderSide } from './matching/orderColumns.ts';
import { publish } from './publications.ts';
import type { DiffCadence, Wants } from './topics.ts';

const START = Date.UTC(2026, 0, 1);
const SYMBOL = 'TOK-1AB_BNB';
const OTHER = 'XYZ-12A_BNB';
const ALL: Wants = () => true;

const only =
  (...streams: readonly { readonly topic: string }[]): Wants =>
  (stream) =>
    streams.some(({ topic }) => topic === stream.topic);

/** An order that was placed. */
interface Placed {
  readonly order: Order;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly price: bigint;
  readonly quantity: bigint;
}

/** A venue whose blocks are made by hand: orders come and go, nothing is matched. */
const venue = (wants: Wants = ALL, diffs?: DiffCadence) => {
  const accounts = new Accounts('tbnb');
  const pairs = new Map<string, Pair>([SYMBOL, OTHER].map((symbol) => [symbol, samplePair(symbol)]));
  const state = { accounts, pairs, height: 1 };
  const streams = new MarketStreams(new MarketData(state, START), diffs && { diffs });
  const sink = { wants };
  let updates: OrderUpdate[] = [];
  const pairOf = (symbol: string): Pair => pairs.get(symbol)!;
  return {
    state,
    streams,
    sink,
    pairOf,
    place: (symbol: string, side: OrderSide, price: bigint, quantity: bigint): Placed => {
      const { orders } = pairOf(symbol);
      const order = orders.columns.make(side, price, quantity, 0n, 1);
      orders.insert(order);
      updates.push(sampleUpdate({ symbol, side, price, quantity }));
      return { order, symbol, side, price, quantity };
    },
    cancel: ({ order, symbol, side, price, quantity }: Placed): void => {
      pairOf(symbol).orders.remove(order);
      updates.push(sampleUpdate({ symbol, status: 'Canceled', side, price, quantity }));
    },
    block: (time: number, members: Partial<Block> = {}): Frame[] => {
      const block = sampleBlock({ height: state.height, time: BigInt(time) * 1_000_000n, updates, ...members });
      updates = [];
      state.height += 1;
      return streams.block(publish(block, state), sink);
    },
    second: (time: number): Frame[] => streams.second(time, sink),
  };
};

const eventsOf = <Data>(frames: readonly Frame[], stream: Stream<Data>, subject?: string): Data[] =>
  frames
    .filter((one) => one.stream === stream && (subject === undefined || one.subject === subject))
    .map((one) => decode(stream, frameText(one)));

test('every frame of blocks and seconds is one of its stream, for both readers', () => {
  const one = venue();
  one.place(SYMBOL, 'buy', 10n, 7n);
  one.place(SYMBOL, 'sell', 12n, 7n);
  const frames = [
    ...one.block(START + 400, { trades: [sampleTrade({ tradeId: '1-0', price: 11n })] }),
    ...one.second(START + 1_000),
  ];
  const seen = new Set(frames.map(({ stream }) => stream.topic));
  const depths = DEPTH_LEVELS.map((count) => marketDepth(count).topic);
  const klines = KLINE_INTERVALS.map((interval) => kline(interval).topic);
  for (const topic of [
    ...depths,
    ...klines,
    'trades',
    'marketDiff',
    'ticker',
    'miniTicker',
    'allTickers',
    'allMiniTickers',
  ])
    assert.ok(seen.has(topic), topic);
  for (const item of frames) {
    assert.ok('event' in item);
    assert.deepEqual(check(item.stream, item.event), item.event);
    assert.deepEqual(decodeFast(item.stream, encode(item.stream, item.event)), item.event);
  }
});

test('tickers and klines come each second, whether anything changed or not', () => {
  const one = venue(only(ticker, miniTicker, allTickers, allMiniTickers, kline('1h')));
  for (let second = 1; second <= 3; second += 1) {
    const time = START + second * 1_000;
    const frames = one.second(time);
    assert.equal(frames.length, 2 * 3 + 2);
    for (const symbol of [SYMBOL, OTHER]) {
      const [event] = eventsOf(frames, ticker, symbol);
      assert.equal(event!.eventTime, time / 1_000);
      assert.equal(eventsOf(frames, kline('1h'), symbol)[0]!.eventTime, time / 1_000);
    }
    assert.deepEqual(eventsOf(frames, allTickers)[0], eventsOf(frames, ticker));
    assert.deepEqual(eventsOf(frames, allMiniTickers)[0], eventsOf(frames, miniTicker));
  }
});

test('all tickers are in the frame of all when nobody wants a single one', () => {
  const frames = venue(only(allTickers)).second(START + 1_000);
  assert.deepEqual(
    frames.map(({ stream }) => stream.topic),
    ['allTickers'],
  );
  assert.deepEqual(
    eventsOf(frames, allTickers)[0]!.map(({ symbol }) => symbol),
    [SYMBOL, OTHER],
  );
});

test('a kline is closed exactly once, at its end, and a block that begins with that second belongs to the next one', () => {
  const one = venue(only(kline('1m')));
  const updates: KlineUpdate[] = [];
  for (let time = START + 200; time <= START + 180_000; time += 200) {
    if (time % 1_000 === 0) updates.push(...eventsOf(one.second(time), kline('1m'), SYMBOL));
    if (time % 400 === 0) one.block(time, { trades: [sampleTrade({ tradeId: `${time - START}-0` })] });
  }
  const closed = updates.filter((update) => update.kline.isClosed);
  assert.deepEqual(
    closed.map((update) => update.kline.openTime - START),
    [0, 60_000, 120_000],
  );
  assert.deepEqual(
    closed.map(({ eventTime }) => eventTime * 1_000 - START),
    [60_000, 120_000, 180_000],
  );
  // Blocks at 400, 800, …, 59,600; the one at 60,000 opens the next.
  assert.deepEqual(
    closed.map((update) => update.kline.tradeCount),
    [149, 150, 150],
  );
  assert.equal(closed[1]!.kline.firstTradeId, '60000-0');
  assert.equal(updates.length, 180);
});

test('klines that ended in seconds that were left out are closed all the same, once each', () => {
  const one = venue(only(kline('1m')));
  one.second(START + 30_000);
  one.block(START + 30_400, { trades: [sampleTrade({ tradeId: '1-0', price: 7n })] });
  one.block(START + 130_000, { trades: [sampleTrade({ tradeId: '2-0', price: 9n })] });
  const bars = eventsOf(one.second(START + 180_000), kline('1m'), SYMBOL).map((update) => update.kline);
  assert.deepEqual(
    bars.map(({ openTime, isClosed, close, tradeCount }) => [openTime - START, isClosed, close, tradeCount]),
    [
      [0, true, '0.00000007', 1],
      [60_000, true, '0.00000007', 0],
      [120_000, true, '0.00000009', 1],
    ],
  );
  const later = eventsOf(one.second(START + 181_000), kline('1m'), SYMBOL);
  assert.deepEqual(
    later.map((update) => [update.kline.openTime - START, update.kline.isClosed]),
    [[180_000, false]],
  );
  assert.ok(
    eventsOf(one.second(START + 999_999_000), kline('1m'), SYMBOL).length <= 61,
    'a long pause is not made up for',
  );
});

test('changes of a book are merged to one frame a second with strictly rising E, each price once with its latest quantity', () => {
  const one = venue(only(marketDiff));
  const order = one.place(SYMBOL, 'buy', 10n, 7n);
  assert.deepEqual(one.block(START + 400), []);
  one.place(SYMBOL, 'buy', 10n, 5n);
  one.place(SYMBOL, 'sell', 12n, 1n);
  one.block(START + 800);
  const [first] = eventsOf(one.second(START + 1_000), marketDiff);
  assert.deepEqual(first, {
    eventType: 'depthUpdate',
    eventTime: START / 1_000 + 1,
    symbol: SYMBOL,
    bids: [['0.00000010', '0.00000012']],
    asks: [['0.00000012', '0.00000001']],
  });
  assert.deepEqual(one.second(START + 2_000), []);
  one.cancel(order);
  one.block(START + 2_400);
  const [next] = eventsOf(one.second(START + 3_000), marketDiff);
  assert.deepEqual([next!.eventTime, next!.bids, next!.asks], [START / 1_000 + 3, [['0.00000010', '0.00000005']], []]);
});

test('with diffs by the block each block tells its own changes, and the second none', () => {
  const one = venue(only(marketDiff), 'block');
  one.place(SYMBOL, 'buy', 10n, 7n);
  assert.equal(eventsOf(one.block(START + 400), marketDiff)[0]!.eventTime, START / 1_000);
  one.place(SYMBOL, 'buy', 10n, 7n);
  assert.deepEqual(eventsOf(one.block(START + 800), marketDiff)[0]!.bids, [['0.00000010', '0.00000014']]);
  assert.deepEqual(one.second(START + 1_000), []);
});

test('a depth comes on change of its own levels only, at most once a second', () => {
  const one = venue(only(marketDepth(), marketDepth(100)));
  one.streams.snapshot(marketDepth(), SYMBOL);
  one.streams.snapshot(marketDepth(), OTHER);
  one.streams.snapshot(marketDepth(100), SYMBOL);
  one.streams.snapshot(marketDepth(100), OTHER);
  assert.deepEqual(one.second(START + 1_000), []);
  for (let price = 1_000n; price > 975n; price -= 1n) one.place(SYMBOL, 'buy', price, 1n);
  one.block(START + 1_200);
  one.block(START + 1_600);
  const frames = one.second(START + 2_000);
  assert.deepEqual(
    frames.map(({ stream, subject }) => [stream.topic, subject]),
    [
      ['marketDepth', SYMBOL],
      ['marketDepth100', SYMBOL],
    ],
  );
  const [depth] = eventsOf(frames, marketDepth());
  assert.deepEqual([depth!.lastUpdateId, depth!.bids.length, depth!.bids[0]], [2, 20, ['0.00001000', '0.00000001']]);
  one.place(SYMBOL, 'buy', 976n, 1n);
  one.block(START + 2_400);
  assert.deepEqual(
    one.second(START + 3_000).map(({ stream }) => stream.topic),
    ['marketDepth100'],
  );
  const order = one.place(SYMBOL, 'buy', 2_000n, 1n);
  one.block(START + 3_200);
  one.cancel(order);
  one.block(START + 3_600);
  assert.deepEqual(one.second(START + 4_000), [], 'what came and went within a second is no change');
});

test('a new subscription gets the depth at once and nothing twice; who was there before still gets the change', () => {
  let wanted = true;
  const one = venue((stream) => wanted && stream === marketDepth());
  one.streams.snapshot(marketDepth(), SYMBOL);
  one.streams.snapshot(marketDepth(), OTHER);
  one.place(SYMBOL, 'buy', 10n, 1n);
  one.block(START + 400);
  const shown = one.streams.snapshot(marketDepth(), SYMBOL)!;
  assert.deepEqual(eventsOf([shown], marketDepth())[0]!.bids, [['0.00000010', '0.00000001']]);
  assert.equal(one.second(START + 1_000).length, 1);
  wanted = false;
  one.second(START + 2_000);
  one.place(SYMBOL, 'buy', 11n, 1n);
  one.block(START + 2_400);
  wanted = true;
  assert.equal(eventsOf([one.streams.snapshot(marketDepth(), SYMBOL)!], marketDepth())[0]!.bids.length, 2);
  one.streams.snapshot(marketDepth(), OTHER);
  assert.deepEqual(one.second(START + 3_000), []);
  assert.equal(one.streams.snapshot(marketDepth(), 'NOT-000_BNB'), undefined);
  for (const stream of [ticker, marketDiff, blockheight, trades])
    assert.equal(one.streams.snapshot(stream, SYMBOL), undefined);
});

test('a pair that is delisted and listed again shows its new book', () => {
  const one = venue(only(marketDepth()));
  one.place(OTHER, 'buy', 10n, 1n);
  one.block(START + 400);
  one.second(START + 1_000);
  one.state.pairs.delete(OTHER);
  one.block(START + 1_200, { delisted: [OTHER] });
  assert.deepEqual(one.second(START + 2_000), []);
  one.state.pairs.set(OTHER, samplePair(OTHER));
  one.place(OTHER, 'buy', 11n, 1n);
  one.block(START + 2_400, { listed: [OTHER] });
  const [depth] = eventsOf(one.second(START + 3_000), marketDepth(), OTHER);
  assert.deepEqual(depth!.bids, [['0.00000011', '0.00000001']]);
});

test('nothing is made for nobody, and changes that nobody wanted are not told later', () => {
  let wanted = false;
  const one = venue(() => wanted);
  one.place(SYMBOL, 'buy', 10n, 7n);
  assert.deepEqual(one.block(START + 400, { trades: [sampleTrade()] }), []);
  assert.deepEqual(one.second(START + 1_000), []);
  one.place(SYMBOL, 'buy', 11n, 7n);
  one.block(START + 1_200);
  wanted = true;
  assert.deepEqual(eventsOf(one.second(START + 2_000), marketDiff), []);
});

test('a change that was wanted is not told to those who come after the next one, which nobody wanted', () => {
  let wanted = true;
  const one = venue(() => wanted);
  one.place(SYMBOL, 'buy', 10n, 7n);
  one.block(START + 200);
  wanted = false;
  one.place(SYMBOL, 'buy', 10n, 2n);
  one.block(START + 400);
  wanted = true;
  one.place(SYMBOL, 'buy', 9n, 1n);
  one.block(START + 600);
  const [diff] = eventsOf(one.second(START + 1_000), marketDiff);
  assert.deepEqual(diff!.bids, [['0.00000009', '0.00000001']]);
});

test('a book that begins with a depth and takes in every diff has the best levels, whatever orders come and go', () => {
  const action = fc.record({
    side: fc.constantFrom('buy', 'sell'),
    price: fc.bigInt({ min: 1n, max: 60n }),
    quantity: fc.bigInt({ min: 1n, max: 3n }),
    isCancel: fc.boolean(),
    gap: fc.nat({ max: 3 }),
  } as const);
  fc.assert(
    fc.property(
      fc.array(action, { maxLength: 120, size: 'max' }),
      fc.constantFrom('second', 'block'),
      (actions, diffs) => {
        const one = venue(only(marketDiff), diffs);
        const open: Placed[] = [];
        const book = { bids: new Map<string, string>(), asks: new Map<string, string>() };
        const take = (frames: readonly Frame[]): void => {
          for (const diff of eventsOf(frames, marketDiff, SYMBOL)) {
            for (const side of ['bids', 'asks'] as const) {
              assert.equal(new Set(diff[side].map(([price]) => price)).size, diff[side].length);
              for (const [price, quantity] of diff[side]) {
                if (quantity === '0.00000000') book[side].delete(price);
                else book[side].set(price, quantity);
              }
            }
          }
        };
        let time = START;
        const begin = Math.floor(actions.length / 3);
        for (const [index, { side, price, quantity, isCancel, gap }] of actions.entries()) {
          if (index === begin) {
            const { bids, asks } = depthOf(one.streams.snapshot(marketDepth(1000), SYMBOL));
            book.bids = new Map(bids);
            book.asks = new Map(asks);
          }
          const gone = isCancel ? open.splice(Number(price) % (open.length || 1), 1)[0] : undefined;
          if (gone === undefined) open.push(one.place(SYMBOL, side, price, quantity));
          else one.cancel(gone);
          for (let step = 0; step < gap; step += 1) {
            time += 200;
            if (time % 1_000 === 0) take(one.second(time));
            if (time % 400 === 0) take(one.block(time));
          }
        }
        take(one.block(time + 400));
        take(one.second(Math.ceil((time + 401) / 1_000) * 1_000));
        if (actions.length === 0) return;
        const { bids, asks } = depthOf(one.streams.snapshot(marketDepth(1000), SYMBOL));
        assert.deepEqual(sorted(book.bids), sorted(new Map(bids)));
        assert.deepEqual(sorted(book.asks), sorted(new Map(asks)));
        const best = (side: OrderSide): bigint[] =>
          one
            .pairOf(SYMBOL)
            .orders.levels(side, 1_000)
            .map(([price]) => price);
        assert.equal(bids.length, best('buy').length);
        assert.equal(asks.length, best('sell').length);
      },
    ),
    { numRuns: 150 },
  );
});

function depthOf(frame: Frame | undefined): BookDepth {
  return decode(marketDepth(1000), frameText(frame!));
}

function sorted(levels: ReadonlyMap<string, string>): [string, string][] {
  return [...levels].sort(([a], [b]) => (a < b ? -1 : 1));
}

test('diffs of two symbols never mix', () => {
  const one = venue(only(marketDiff));
  one.place(SYMBOL, 'buy', 10n, 7n);
  one.place(OTHER, 'buy', 20n, 8n);
  one.block(START + 400);
  const diffs: BookDiff[] = eventsOf(one.second(START + 1_000), marketDiff);
  assert.deepEqual(
    diffs.map(({ symbol, bids }) => [symbol, bids[0]![0]]),
    [
      [SYMBOL, '0.00000010'],
      [OTHER, '0.00000020'],
    ],
  );
});
