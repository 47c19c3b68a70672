import {
  type AccountUpdate,
  accounts,
  allMiniTickers,
  allTickers,
  allTopics,
  type Blockheight,
  type BookDepth,
  type BookDiff,
  blockheight,
  check,
  DEPTH_LEVELS,
  decimalUnits,
  decode,
  encode,
  KLINE_INTERVALS,
  type KlineUpdate,
  kline,
  type Level,
  marketDepth,
  marketDiff,
  miniTicker,
  type OrderReport,
  orders,
  ownerAddress,
  parseTradeId,
  type Stream,
  streamForTopic,
  type Ticker,
  type Trade,
  type Transfer,
  ticker,
  trades,
  transfers,
} from '@dexwire/protocol';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { BLOCK_MS, heightAt } from '../blockClock.ts';
import { type Frame, frameText, type Place, type Turn } from '../gateway/source.ts';
import { RecordingsPlayer } from './player.ts';
import { readRecordings } from './recordings.ts';
import { VerbatimPlayer } from './verbatim.ts';

const recordings = readRecordings();

/** Blocks only: nothing that comes by the second. */
const NONE = { wants: () => false };
const FIRST = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
const SCALE = 8;

interface Setting {
  readonly seed?: number;
  readonly start?: number;
  readonly place?: Place;
  readonly wants?: (stream: Stream, subject: string) => boolean;
}

/** What is played within a time. */
const play = (ms: number, { seed = 1, start, place, wants = () => true }: Setting = {}) => {
  const clock = new VirtualClock(start);
  const player = new RecordingsPlayer(recordings, seed);
  const turns: Turn[] = [];
  if (place) player.seek(place);
  player.start({ wants, send: (turn) => turns.push(turn) }, clock);
  clock.advance(ms);
  player.stop();
  expect(clock.pending).toBe(0);
  const events = <Data>(stream: Stream<Data>, subject?: string): Data[] =>
    turns
      .flatMap(({ frames }) => frames)
      .filter((frame) => frame.stream.topic === stream.topic && (subject === undefined || frame.subject === subject))
      .map((frame) => ('event' in frame ? frame.event : undefined) as Data);
  return { clock, player, turns, events, frames: turns.flatMap(({ frames }) => frames) };
};

const units = (text: string): bigint => decimalUnits(text as Level[0], SCALE);

test('every topic brings frames for every listed symbol, and every one of them is a frame of its stream', () => {
  const { frames, player } = play(8_000);
  const subjects = new Map<string, Set<string>>();
  for (const { stream, subject, ...rest } of frames) {
    const event = 'event' in rest ? rest.event : undefined;
    expect(check(stream, event)).toEqual(event);
    expect(decode(stream, encode(stream, event))).toEqual(event);
    subjects.set(stream.topic, (subjects.get(stream.topic) ?? new Set()).add(subject));
  }
  expect([...subjects.keys()].sort()).toEqual(allTopics().sort());
  for (const [topic, found] of subjects) {
    const { scope } = streamForTopic(topic)!;
    if (scope === 'symbol') expect([...found].sort(), topic).toEqual([...player.symbols].sort());
    if (scope === 'all') expect([...found], topic).toEqual(['$all']);
  }
});

test('the same clock and seed give the same frames, another seed gives others', () => {
  const texts = (seed: number): string[] => play(6_000, { seed }).frames.map(frameText);
  expect(texts(7)).toEqual(texts(7));
  expect(texts(8)).not.toEqual(texts(7));
});

test('blocks come each 0.4 s with heights that leave none out, and heights rise from one start to the next', () => {
  const { events, turns } = play(10_000, NONE);
  const heights = events<Blockheight>(blockheight).map(({ height }) => height);
  expect(heights).toHaveLength(25);
  expect(heights).toEqual(heights.map((_, place) => heights[0]! + place));
  const times = turns.map(({ time }) => time);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  const later = play(1_000, { ...NONE, start: Date.UTC(2026, 0, 2) });
  expect(later.turns[0]!.height).toBeGreaterThan(heights.at(-1)!);
  expect(play(2_000, { ...NONE, start: 0 }).turns.at(-1)!.height).toBe(5);
});

test('a source begins at the height or the time that was sought, and tells when its turns were received', () => {
  const height = 1_234_567;
  const byHeight = play(4_000, { ...NONE, place: { height } });
  expect(byHeight.events<Blockheight>(blockheight)[0]).toEqual({ height: height + 1 });
  const time = Date.UTC(2020, 5, 1);
  const byTime = play(4_000, { ...NONE, place: { time } });
  expect(byTime.turns[0]!.time).toBe(time + BLOCK_MS);
  expect(byTime.turns[0]!.height).toBe(heightAt(time) + 1);
  const direct = play(4_000, { ...NONE, start: time });
  expect(byTime.frames.map(frameText)).toEqual(direct.frames.map(frameText));
});

test('everything in a block agrees about height and time, and trades are counted over all symbols', () => {
  const { turns } = play(20_000, NONE);
  const nanoseconds: bigint[] = [];
  for (const { height, time, frames } of turns) {
    const found = frames.filter(({ stream }) => stream === trades).flatMap((frame) => eventOf<Trade[]>(frame));
    expect(found.map(({ tradeId }) => tradeId)).toEqual(found.map((_, index) => `${height}-${index}`));
    for (const trade of found) {
      expect(trade.height).toBe(height);
      expect(trade.time / 1_000_000n).toBe(BigInt(time));
      expect(ownerAddress(trade.buyerOrderId, trade.buyerAddress.startsWith('t') ? 'tbnb' : 'bnb')).toBe(
        trade.buyerAddress,
      );
      expect(ownerAddress(trade.sellerOrderId, trade.sellerAddress.startsWith('t') ? 'tbnb' : 'bnb')).toBe(
        trade.sellerAddress,
      );
      expect(trade.buyerAddress).not.toBe(trade.sellerAddress);
    }
    expect(new Set(found.map((trade) => trade.time)).size).toBeLessThanOrEqual(1);
    nanoseconds.push(...found.slice(0, 1).map((trade) => trade.time));
  }
  expect(nanoseconds).toEqual([...nanoseconds].sort((a, b) => (a < b ? -1 : 1)));
});

test('a recorded frame keeps what it says and changes only its place in time', () => {
  const { events } = play(8_000);
  const recorded = decode(trades, firstLine('trades'));
  const [played] = events<Trade[]>(trades, '100K-9BC_BNB');
  const { height, tradeId, time, buyerOrderId, sellerOrderId } = played![0]!;
  expect(played).toEqual([{ ...recorded[0], height, tradeId, time, buyerOrderId, sellerOrderId }]);
  expect(played![0]).not.toHaveProperty('tick');
  const report = decode(orders, firstLine('orders'))[0]!;
  const [order] = events<OrderReport[]>(orders, FIRST);
  expect(order![0]!.time).toBe(order![0]!.orderCreationTime);
  const { height: orderHeight, orderId, time: orderTime, orderCreationTime } = order![0]!;
  expect(order).toEqual([{ ...report, height: orderHeight, orderId, time: orderTime, orderCreationTime }]);
  const diffs = events<BookDiff>(marketDiff, '100K-9BC_BNB').map(({ bids, asks }) => ({ bids, asks }));
  const { bids, asks } = decode(marketDiff, firstLine('marketDiff'));
  expect(diffs).toContainEqual({ bids, asks });
  const depths = events<BookDepth>(marketDepth(), '100K-9BC_BNB').map((depth) => ({ ...depth, lastUpdateId: 0 }));
  expect(depths).toContainEqual({ ...decode(marketDepth(), firstLine('marketDepth')), lastUpdateId: 0 });
});

test('the first account gets each personal frame at least twice in ten seconds, never the same one twice', () => {
  for (let offset = 0; offset < 4_000; offset += 400) {
    const { events } = play(10_000, { ...NONE, start: Date.UTC(2026, 0, 1) + offset });
    const all = {
      orders: events<OrderReport[]>(orders, FIRST),
      accounts: events<AccountUpdate>(accounts, FIRST),
      transfers: events<Transfer>(transfers, FIRST),
    };
    for (const found of Object.values(all)) expect(found.length).toBeGreaterThanOrEqual(2);
    expect(all.accounts.map(({ height }) => height)).toEqual(all.transfers.map(({ height }) => height));
    expect(new Set(all.transfers.map(({ txHash }) => txHash)).size).toBe(all.transfers.length);
    for (const { txHash } of all.transfers) expect(txHash).toMatch(/^[\dA-F]{64}$/);
    expect(new Set(all.orders.map(([report]) => report!.orderId)).size).toBe(all.orders.length);
  }
});

test('a transfer reaches its sender and its receivers, each with the balances of the same block', () => {
  const { events } = play(8_000, NONE);
  const [, sender, pool] = recordings.accounts.map(({ address }) => address);
  expect(events<Transfer>(transfers, sender)).toEqual(events<Transfer>(transfers, pool));
  for (const address of [sender, pool]) {
    const heights = events<Transfer>(transfers, address).map(({ height }) => height);
    expect(events<AccountUpdate>(accounts, address).map(({ height }) => height)).toEqual(heights);
  }
});

test('marketDiff comes at most once a second for a symbol, its E strictly rising, and keeps a book exactly', () => {
  const { player, clock } = { player: new RecordingsPlayer(recordings, 3), clock: new VirtualClock() };
  const books = new Map<string, { bids: Map<string, string>; asks: Map<string, string> }>();
  const lastTime = new Map<string, number>();
  let compared = 0;
  const depthOf = (symbol: string): BookDepth => eventOf<BookDepth>(player.snapshot(marketDepth(100), symbol)!);
  const apply = (frames: readonly Frame[]): void => {
    for (const frame of frames) {
      const { subject } = frame;
      const book = books.get(subject);
      if (frame.stream === marketDiff && book) {
        const diff = eventOf<BookDiff>(frame);
        expect(diff.eventTime).toBeGreaterThan(lastTime.get(subject) ?? 0);
        lastTime.set(subject, diff.eventTime);
        for (const side of ['bids', 'asks'] as const) {
          expect(new Set(diff[side].map(([price]) => price)).size).toBe(diff[side].length);
          for (const [price, quantity] of diff[side]) {
            if (units(quantity) === 0n) book[side].delete(price);
            else book[side].set(price, quantity);
          }
        }
      }
    }
  };
  const sorted = (levels: Map<string, string>, falling: boolean): Level[] =>
    ([...levels] as [Level[0], Level[1]][]).sort(([a], [b]) => (units(a) < units(b) === falling ? 1 : -1));
  player.start({ wants: (stream) => stream === marketDiff, send: ({ frames }) => apply(frames) }, clock);
  clock.advance(1_000);
  for (const symbol of player.symbols) {
    const { bids, asks } = depthOf(symbol);
    books.set(symbol, { bids: new Map(bids), asks: new Map(asks) });
  }
  for (let second = 0; second < 120; second += 1) {
    // Books are compared after a block that a second's frames have taken into account.
    clock.advance(1_000);
    if (heightAt(clock.now()) !== heightAt(clock.now() - 1)) continue;
    for (const symbol of player.symbols) {
      const { bids, asks } = depthOf(symbol);
      const book = books.get(symbol)!;
      expect(sorted(book.bids, true).slice(0, 90), symbol).toEqual(bids.slice(0, 90));
      expect(sorted(book.asks, false).slice(0, 90), symbol).toEqual(asks.slice(0, 90));
      compared += 1;
    }
  }
  player.stop();
  expect(compared).toBeGreaterThan(300);
});

test('a book is complete, sorted and never crossed, at most as deep as was asked, and comes on change only', () => {
  const { events, player } = play(15_000, { wants: ({ topic }) => topic.startsWith('marketDepth') });
  for (const symbol of player.symbols) {
    for (const levels of DEPTH_LEVELS) {
      const depths = events<BookDepth>(marketDepth(levels), symbol);
      expect(depths.length).toBeGreaterThan(3);
      expect(depths.length).toBeLessThanOrEqual(15);
      for (const { bids, asks } of depths) {
        expect(Math.max(bids.length, asks.length)).toBeLessThanOrEqual(levels);
        const prices = [...bids.map(([price]) => units(price)).reverse(), ...asks.map(([price]) => units(price))];
        expect(prices.every((price, place) => place === 0 || price > prices[place - 1]!)).toBe(true);
        for (const [, quantity] of [...bids, ...asks]) expect(units(quantity)).toBeGreaterThan(0n);
      }
      const pictures = depths.map(({ bids, asks }) => JSON.stringify([bids, asks]));
      expect(pictures.every((picture, place) => picture !== pictures[place - 1])).toBe(true);
      const heights = depths.map(({ lastUpdateId }) => lastUpdateId);
      expect(heights).toEqual([...new Set(heights)].sort((a, b) => a - b));
    }
    expect(events<BookDepth>(marketDepth(1000), symbol)[0]!.asks.length).toBe(symbol === '100K-9BC_BNB' ? 3 : 1_000);
  }
});

test('tickers and klines come each second for all, whether anything changed or not, and add up', () => {
  const { events, player } = play(60_000, { wants: ({ topic }) => /icker|kline/.test(topic) });
  for (const symbol of player.symbols) {
    const full = events<Ticker>(ticker, symbol);
    expect(full).toHaveLength(60);
    expect(full.map(({ eventTime }) => eventTime)).toEqual(full.map((_, place) => full[0]!.eventTime + place));
    for (const t of full) {
      const [open, close] = [units(t.openPrice), units(t.lastPrice)];
      expect(units(t.priceChange)).toBe(close - open);
      expect(units(t.priceChangePercent)).toBe((((close - open) * 10_000n) / open) * 10_000n);
      expect(t.openTime).toBe(t.closeTime - 86_400_000);
      expect(t.closeTime).toBeLessThanOrEqual(t.eventTime * 1_000);
      if (t.tradeCount === 0) {
        expect([t.volume, t.quoteVolume].map(units)).toEqual([0n, 0n]);
        expect(t.firstTradeId).toBe(t.lastTradeId);
        for (const price of [t.openPrice, t.highPrice, t.lowPrice, t.weightedAveragePrice, t.previousClosePrice])
          expect(price).toBe(t.lastPrice);
      } else {
        expect(units(t.volume)).toBeGreaterThan(0n);
        expect(parseTradeId(t.firstTradeId).height).toBeLessThanOrEqual(parseTradeId(t.lastTradeId).height);
      }
      const limits = [units(t.lowPrice), open, close, units(t.highPrice)];
      expect(limits.every((price) => price >= limits[0]! && price <= limits[3]!)).toBe(true);
    }
    const minis = events(miniTicker, symbol);
    expect(minis.map(({ lastPrice, volume }) => [lastPrice, volume])).toEqual(
      full.map(({ lastPrice, volume }) => [lastPrice, volume]),
    );
    expect(minis.every(({ eventType }) => eventType === '24hrMiniTicker')).toBe(true);
    for (const interval of KLINE_INTERVALS) expect(events(kline(interval), symbol)).toHaveLength(60);
  }
  expect(events(allTickers)[5]).toEqual(player.symbols.map((symbol) => events<Ticker>(ticker, symbol)[5]));
  expect(events(allMiniTickers)[5]).toEqual(player.symbols.map((symbol) => events(miniTicker, symbol)[5]));
});

test('a kline sums up the trades of its minute, is closed once, and the next one opens where it ended', () => {
  const { events } = play(190_000, { wants: (stream) => stream === kline('1m') });
  const symbol = 'RAVEN-F66_BNB';
  const updates = events<KlineUpdate>(kline('1m'), symbol).map((update) => update.kline);
  const closed = updates.filter(({ isClosed }) => isClosed);
  expect(closed).toHaveLength(3);
  expect(closed[1]!.openTime).toBe(closed[0]!.closeTime + 1);
  expect(closed[0]!.closeTime).toBe(closed[0]!.openTime + 59_999);
  for (const bar of closed) {
    const within = events<Trade[]>(trades, symbol)
      .flat()
      .filter(
        ({ time }) => time >= BigInt(bar.openTime) * 1_000_000n && time <= BigInt(bar.closeTime + 1) * 1_000_000n,
      );
    const prices = within.map(({ price }) => units(price));
    expect(bar.tradeCount).toBe(within.length);
    expect(units(bar.open)).toBe(prices[0]);
    expect(units(bar.close)).toBe(prices.at(-1));
    expect(units(bar.high)).toBe(prices.reduce((a, b) => (a > b ? a : b)));
    expect(units(bar.low)).toBe(prices.reduce((a, b) => (a < b ? a : b)));
    expect(units(bar.volume)).toBe(within.reduce((sum, { quantity }) => sum + units(quantity), 0n));
    expect([bar.firstTradeId, bar.lastTradeId]).toEqual([within[0]!.tradeId, within.at(-1)!.tradeId]);
  }
});

test('nothing is worked out by the second for nobody', () => {
  const topics = new Set(play(5_000, NONE).frames.map(({ stream }) => stream.topic));
  expect([...topics].sort()).toEqual(['accounts', 'blockheight', 'orders', 'trades', 'transfers']);
});

test('after a pause of the whole process the player makes up for ten seconds, not for hours', () => {
  const clock = new VirtualClock();
  const player = new RecordingsPlayer(recordings, 1);
  const turns: Turn[] = [];
  player.start(
    { wants: () => false, send: (turn) => turns.push(turn) },
    {
      now: () => clock.now(),
      setTimeout: (call, ms) => clock.setTimeout(call, ms + 3_600_000),
      clearTimeout: (handle) => clock.clearTimeout(handle),
    },
  );
  clock.advance(3_601_000);
  player.stop();
  expect(turns.length).toBeLessThan(40);
  expect(turns.at(-1)!.height).toBe(heightAt(clock.now() - 600));
});

test('verbatim: each line goes out once, as it was recorded, when somebody wants it', () => {
  const clock = new VirtualClock();
  const player = new VerbatimPlayer(recordings);
  const texts: string[] = [];
  let wanted = '';
  player.seek({ height: 100 });
  player.start(
    {
      wants: ({ topic }, subject) => wanted === '*' || `${subject}@${topic}` === wanted,
      send: ({ frames }) => texts.push(...frames.map(frameText)),
    },
    clock,
  );
  clock.advance(2_000);
  expect(texts).toEqual([]);
  wanted = '100K-9BC_BNB@ticker';
  clock.advance(2_000);
  expect(texts).toEqual(recordings.lines.filter(({ text }) => text.includes('49999.0')).map(({ text }) => text));
  expect(texts).toHaveLength(2);
  wanted = '*';
  clock.advance(400);
  clock.advance(10_000);
  player.stop();
  expect([...texts].sort()).toEqual(recordings.lines.map(({ text }) => text).sort());
  expect(clock.pending).toBe(0);
});

function eventOf<Event>(frame: Frame): Event {
  return ('event' in frame ? frame.event : undefined) as Event;
}

/** The first recorded line of a topic. */
function firstLine(topic: string): string {
  return recordings.lines.find(({ stream }) => stream.topic === topic)!.text;
}
