/** What is derived from streams, against the node: its klines to the digit, its books, the order of its blocks. */
import assert from 'node:assert/strict';
import { defaultGenesis, defaultTraders, type Turn, Venue } from '@dexwire/node/core';
import { startTestDex, type TestDex, type TestOptions } from '@dexwire/node/testing';
import { klineSpan } from '@dexwire/protocol';
import {
  blockheight,
  connect,
  type DerivedKline,
  type Item,
  KLINE_INTERVALS,
  type Kline,
  type KlineUpdate,
  kline,
  klinesOf,
  marketDepth,
  merge,
  orderBook,
  orders,
  type Ticker,
  type TopOfBook,
  type Trade,
  ticker,
  topOfBook,
  trades,
} from 'dexwire';
import { afterEach, describe, test } from 'vitest';
import { Collected, HandFed } from '../support/handFed.ts';
import { settled } from '../support/virtualClock.ts';

const SYMBOL = 'BNB_BTCB-1DE';
const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const eventsOf = <Event>(items: readonly Item<Event>[]): Event[] =>
  items.flatMap((item) => (item.kind === 'events' ? item.events : []));

const closedOf = <K extends KlineUpdate>(updates: readonly K[]): K[] => updates.filter(({ kline }) => kline.isClosed);

/** Without what the venue does not say. */
const bare = ({ isWhole: _, ...update }: DerivedKline): KlineUpdate => update;

describe('klines of a venue with traders, over minutes, pauses and the ends of months', () => {
  const genesis = defaultGenesis();
  const venue = new Venue({
    genesis,
    from: START,
    actors: [
      defaultTraders({
        seed: 5,
        accounts: new Map(
          genesis.accounts.flatMap(({ name, address }) => (name === undefined ? [] : [[name, address]])),
        ),
        symbols: genesis.pairs.map(({ base, quote }) => `${base}_${quote}`),
      }),
    ],
  });
  const turns: Turn[] = [];
  const topics = new Set(['trades', 'ticker', ...KLINE_INTERVALS.map((interval) => `kline_${interval}`)]);
  venue.attach({
    wants: ({ topic }, subject) => subject === SYMBOL && topics.has(topic),
    send: (turn) => turns.push(turn),
  });
  venue.advance(400);
  for (const [until, blocks] of [
    [START + 7 * MINUTE_MS + 13_333, 170],
    [Date.UTC(2026, 0, 1, 23, 59, 50), 60],
    [Date.UTC(2026, 0, 5) - 4_000, 40],
    [Date.UTC(2026, 0, 9, 7, 30), 40],
    [Date.UTC(2026, 0, 31, 23, 59, 58), 30],
    [Date.UTC(2026, 2, 1) - 400, 30],
    [Date.UTC(2026, 2, 2) - 1_000, 30],
  ] as const) {
    venue.advanceTo(until);
    venue.advance(blocks);
  }
  const frames = turns.flatMap(({ frames: some, height }) =>
    some.map((frame) => ({ topic: frame.stream.topic, event: 'event' in frame ? frame.event : undefined, height })),
  );

  test.each(KLINE_INTERVALS)(
    '%s: every closed kline is the venue’s, and there is one for every one',
    async (interval) => {
      const flow = new HandFed<Item<Trade>>();
      const time = new HandFed<Item<Ticker>>();
      const own = frames.flatMap(({ topic, event }) => (topic === `kline_${interval}` ? [event as KlineUpdate] : []));
      const seeds: readonly Kline[] = [own[0]!.kline];
      const all = new Collected(klinesOf(flow, interval, { seeds, time }));
      for (const { topic, event, height } of frames) {
        if (topic === 'trades') flow.feed({ kind: 'events', events: event as Trade[], height, repaired: false });
        else if (topic === 'ticker') time.feed({ kind: 'events', events: [event as Ticker], repaired: false });
      }
      // All of it is there before any of it is read: what the time tells must not overtake a trade.
      while (time.asked < frames.filter(({ topic }) => topic === 'ticker').length + 1) await settled();
      for (let round = 0; round < 3; round++) await settled();
      const derived = eventsOf(all.items);
      assert.ok(derived.every(({ isWhole }) => isWhole));
      const closed = new Map(closedOf(derived).map((update) => [update.kline.openTime, bare(update)]));
      assert.equal(closed.size, closedOf(derived).length, 'each is closed once');
      const [first, last] = [[...closed.keys()][0] ?? 0, [...closed.keys()].at(-1) ?? 0];
      let next = first;
      for (const open of closed.keys()) {
        assert.equal(open, next, 'edge to edge');
        next = klineSpan(interval, open).end;
      }
      const theirs = closedOf(own);
      for (const update of theirs) assert.deepEqual(closed.get(update.kline.openTime), update);
      const rows = venue.market.klines(SYMBOL, interval, venue.now(), { limit: 1000 });
      for (const [open, o, h, l, c, v, end, q, n] of rows.filter(([open]) => open >= first && open <= last)) {
        const { kline } = closed.get(open)!;
        assert.deepEqual(
          [
            kline.open,
            kline.high,
            kline.low,
            kline.close,
            kline.volume,
            kline.closeTime,
            kline.quoteVolume,
            kline.tradeCount,
          ],
          [o, h, l, c, v, end, q, n],
        );
      }
      assert.ok(theirs.length >= (interval === '1M' ? 2 : 4), `${theirs.length} klines were compared`);
      assert.deepEqual(new Set(theirs.map(({ kline }) => kline.openTime)).size, theirs.length);
      if (klineSpan(interval, START).end - START <= DAY_MS)
        assert.ok(
          theirs.some(({ kline }) => kline.tradeCount === 0),
          'one without a trade is among them',
        );
    },
  );
});

/** As REST has it. */
type Row = readonly [open: number, ...rest: unknown[]];

type Market = TestDex<ReturnType<typeof connect>>;

let market: Market;
const start = async (options: TestOptions = {}): Promise<void> => {
  market = await startTestDex(connect, { traders: true, seed: 3, ...options });
};
describe('over the wire', () => {
  afterEach(async () => {
    await market.close();
    assert.equal(market.clock.pending, 0);
  });

  /** What a promise comes to, while blocks go on. */
  const during = async <T>(promise: Promise<T>): Promise<T> => {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    promise.then(over, over);
    while (!isOver) await market.advance();
    return promise;
  };

  const symbols = [SYMBOL];

  test.each([
    ['1m', 450],
    ['3m', 1000],
  ] as const)('%s: from the first kline on all are the venue’s, updates too', async (interval, blocks) => {
    await start();
    const { dex } = market;
    const flow = dex.subscribe(trades, { symbols });
    const time = dex.subscribe(ticker, { symbols });
    const theirs = new Collected(dex.subscribe(kline(interval), { symbols }));
    const { kline: seed } = await during(dex.once(kline(interval), { symbols }));
    const ours = new Collected(klinesOf(flow, interval, { seeds: [seed], time }));
    await market.advance(blocks);
    const derived = eventsOf(ours.items);
    const venue = eventsOf(theirs.items).filter(({ eventTime }) => eventTime > seed.openTime / 1000);
    assert.ok(derived.every(({ isWhole }) => isWhole));
    assert.deepEqual(closedOf(derived).map(bare), closedOf(venue));
    assert.ok(closedOf(venue).length >= 2);
    const byTime = new Map(venue.map((update) => [update.eventTime, update]));
    const latest = new Map(derived.map((update) => [update.eventTime, update]));
    let compared = 0;
    for (const [eventTime, update] of latest) {
      if (!byTime.has(eventTime)) continue;
      assert.deepEqual(bare(update), byTime.get(eventTime));
      compared++;
    }
    assert.ok(compared > 100, `${compared} updates were compared`);
  });

  test('a lost socket: klines that may lack trades say so, all others are the venue’s', async () => {
    await start();
    const { dex, node } = market;
    const flow = dex.subscribe(trades, { symbols });
    const ours = new Collected(klinesOf(flow, '1m', { time: dex.subscribe(ticker, { symbols }) }));
    await dex.ready();
    await market.advance(400);
    node.control.drop();
    await market.advance(600);
    const isGap = (item: Item<DerivedKline>): boolean => item.kind === 'gap';
    const isEnd = (item: Item<DerivedKline>): boolean => item.kind === 'gapClosed';
    assert.ok(ours.items.findIndex(isGap) < ours.items.findIndex(isEnd));
    const reply = await fetch(`${node.rest}/klines?symbol=${SYMBOL}&interval=1m`);
    const rows = new Map(((await reply.json()) as Row[]).map((row) => [row[0], row]));
    const kinds = closedOf(eventsOf(ours.items)).map(({ kline, isWhole }) => {
      const [, o, h, l, c, v, , q, n] = rows.get(kline.openTime)!;
      const { open, high, low, close, volume, quoteVolume, tradeCount } = kline;
      const isTheirs =
        String([open, high, low, close, volume, quoteVolume, tradeCount]) === String([o, h, l, c, v, q, n]);
      assert.ok(isTheirs || !isWhole, `${kline.openTime} is said to be whole`);
      return isWhole;
    });
    assert.ok(kinds.includes(true));
    assert.equal(kinds[0], false, 'the first one began before the trades');
    assert.ok(
      kinds.slice(1).includes(false) || ours.items.some((item) => item.kind === 'gapClosed' && item.lost === 'none'),
    );
    assert.equal(kinds.at(-1), true);
  });

  test('merged streams go block by block, and end with their connection', async () => {
    await start();
    const { dex, node, clock } = market;
    const { address } = node.accounts[0]!;
    const all = new Collected(
      merge(
        {
          orders: dex.subscribe(orders, { address }),
          trades: dex.subscribe(trades, { symbols }),
          others: dex.subscribe(trades, { symbols: ['BNB_BUSD-BD1'] }),
          ticker: dex.subscribe(ticker, { symbols }),
        },
        { heights: dex.subscribe(blockheight), clock },
      ),
    );
    await dex.ready();
    await market.advance(100);
    const names = all.items.flatMap(({ name, item }) =>
      item.kind === 'events' && item.height !== undefined ? [[name, item.height] as const] : [],
    );
    for (const [place, [name, height]] of names.entries()) {
      const [before, earlier] = names[place - 1] ?? ['orders', 0];
      assert.ok(earlier <= height, `${name} of ${height} after ${before} of ${earlier}`);
      if (earlier === height) assert.ok(!(before === 'others' && name === 'trades'), 'names in their order');
    }
    for (const name of ['orders', 'trades', 'others'] as const)
      assert.ok(names.filter(([one]) => one === name).length > 5, name);
    assert.equal(all.items.filter(({ name }) => name === 'ticker').length, 40);
    await dex.close();
    assert.ok(all.isOver);
    assert.equal(all.error, undefined);
  });

  test('the top of the book is the node’s at each second, and stale from a gap to the next frame', async () => {
    await start();
    const { dex, node } = market;
    const tops = new Collected(topOfBook(dex, SYMBOL));
    const frames = new Collected(dex.subscribe(marketDepth(), { symbols }));
    await dex.ready();
    await market.advance(50);
    const seen = eventsOf(frames.items).map(({ bids, asks }) => String([bids[0], asks[0]]));
    const changes = seen.filter((top, place) => top !== seen[place - 1]);
    const told = (top: TopOfBook): string => String([top.bid, top.ask]);
    assert.ok(changes.length > 3);
    assert.deepEqual(tops.items.map(told), changes);
    assert.ok(tops.items.every(({ state }) => state === 'live'));
    const before = tops.items.length;
    node.control.drop();
    await market.advance();
    const [stale] = tops.items.slice(before);
    assert.deepEqual([stale?.state, stale?.cause, told(stale!)], ['stale', 'disconnect', changes.at(-1)]);
    await market.advance(30);
    assert.equal(tops.items.at(-1)?.state, 'live');
    await dex.close();
    assert.ok(tops.isOver);
  });

  test('the top of a kept book follows it, and leaves it open', async () => {
    await start({ diffs: 'block' });
    const { dex, node } = market;
    const book = await during(orderBook(dex, SYMBOL));
    const own = topOfBook(book);
    const tops = new Collected(own);
    for (let block = 0; block < 60; block++) {
      await market.advance();
      const { bid, ask } = book.best();
      const top = tops.items.at(-1)!;
      assert.deepEqual([top.state, top.bid, top.ask, top.mid], ['live', bid, ask, book.mid().mid]);
    }
    assert.ok(tops.items.length > 5);
    node.control.drop();
    await market.advance();
    assert.equal(tops.items.at(-1)?.state, 'stale');
    while (tops.items.at(-1)?.state === 'stale') await market.advance();
    own.close();
    await settled();
    assert.ok(tops.isOver);
    assert.equal(book.status.state, 'verified');
    await book.close();
  });
});
