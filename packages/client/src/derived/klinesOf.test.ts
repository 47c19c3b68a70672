import assert from 'node:assert/strict';
import {
  formatDecimal,
  KLINE_INTERVALS,
  type Kline,
  type KlineInterval,
  klineSpan,
  type Ticker,
  type Trade,
} from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { Collected, HandFed } from '../../../../tests/support/handFed.ts';
import { settled } from '../../../../tests/support/virtualClock.ts';
import type { Item, Lost } from '../item.ts';
import type { DerivedKline } from './klineSeries.ts';
import { type KlinesOptions, klinesOf } from './klinesOf.ts';

const START = Date.UTC(2026, 0, 1);
const SYMBOL = 'BNB_BTCB-1DE';
const UNIT = 100_000_000n;

interface Sample {
  readonly id: string;
  readonly time: number;
  readonly price: bigint;
  readonly quantity: bigint;
}

const tradeOf = ({ id, time, price, quantity }: Sample, symbol = SYMBOL): Trade => ({
  eventType: 'trade',
  height: Number.parseInt(id, 10),
  symbol,
  tradeId: id,
  price: formatDecimal(price, 8),
  quantity: formatDecimal(quantity, 8),
  buyerOrderId: '',
  sellerOrderId: '',
  time: BigInt(time) * 1_000_000n + 999_999n,
  sellerAddress: '',
  buyerAddress: '',
});

const itemOf = (trades: readonly Trade[], repaired = false): Item<Trade> => ({
  kind: 'events',
  events: trades,
  height: trades[0]?.height,
  repaired,
});
const gap = (id = 1, streams = [`${SYMBOL}@trades`]): Item<Trade> => ({
  kind: 'gap',
  id,
  cause: 'disconnect',
  streams,
});
const gapClosed = (lost: Lost, id = 1): Item<Trade> => ({ kind: 'gapClosed', id, repaired: 0, lost });
const second = (time: number): Item<Pick<Ticker, 'eventTime'>> => ({
  kind: 'events',
  events: [{ eventTime: time / 1000 }],
  repaired: false,
});

const at = (time: number, price: number, id: string, quantity = 1): Sample => ({
  id,
  time: START + time,
  price: BigInt(price) * UNIT,
  quantity: BigInt(quantity) * UNIT,
});

/** A stream under way, fed by hand. */
const derive = (interval: KlineInterval = '1m', options: KlinesOptions = {}) => {
  const flow = new HandFed<Item<Trade>>();
  const time = new HandFed<Item<Pick<Ticker, 'eventTime'>>>();
  const all = new Collected(klinesOf(flow, interval, { time, ...options }));
  const send = async (...items: Item<Trade>[]): Promise<void> => {
    flow.feed(...items);
    await settled();
  };
  const tell = async (ms: number): Promise<void> => {
    time.feed(second(START + ms));
    await settled();
  };
  return { flow, time, all, send, tell };
};

/** Minute, count, close, and `!` if it may lack trades; updates in brackets. */
const told = (items: readonly Item<DerivedKline>[]): string[] =>
  items.flatMap((item) =>
    item.kind !== 'events'
      ? [item.kind]
      : item.events.map(({ kline, isWhole }) => {
          const text = `${(kline.openTime - START) / 60_000}:${kline.tradeCount} ${Number.parseInt(kline.close, 10)}${isWhole ? '' : '!'}`;
          return kline.isClosed ? text : `(${text})`;
        }),
  );

test('an update comes with each frame, a closed kline with the first trade after it, and empty ones in between', async () => {
  const { all, send } = derive();
  await send(itemOf([tradeOf(at(59_999, 5, '7-0'))]));
  await send(itemOf([tradeOf(at(60_000, 6, '8-0')), tradeOf(at(60_000, 4, '8-3'))]));
  await send(itemOf([tradeOf(at(200_000, 9, '9-0'))]));
  assert.deepEqual(told(all.items), ['(0:1 5!)', '0:1 5!', '(1:2 4)', '1:2 4', '2:0 4', '(3:1 9)']);
  const times = all.items
    .flatMap((item) => (item.kind === 'events' ? item.events : []))
    .map(({ eventTime }) => eventTime);
  assert.deepEqual(
    times.map((time) => time - START / 1000),
    [60, 60, 61, 120, 180, 201],
  );
  const [, , , closed, empty] = all.items;
  assert.deepEqual(closed, {
    kind: 'events',
    events: [
      {
        eventType: 'kline',
        eventTime: START / 1000 + 120,
        symbol: SYMBOL,
        kline: {
          symbol: SYMBOL,
          openTime: START + 60_000,
          closeTime: START + 119_999,
          interval: '1m',
          firstTradeId: '8-0',
          lastTradeId: '8-3',
          open: '6.00000000',
          close: '4.00000000',
          high: '6.00000000',
          low: '4.00000000',
          volume: '2.00000000',
          quoteVolume: '10.00000000',
          tradeCount: 2,
          isClosed: true,
        },
        isWhole: true,
      },
    ],
    repaired: false,
  });
  assert.ok(empty?.kind === 'events');
  const { firstTradeId, lastTradeId, open, volume } = empty.events[0]!.kline;
  assert.deepEqual([firstTradeId, lastTradeId, open, volume], ['8-3', '8-3', '4.00000000', '0.00000000']);
});

test('the venue’s time closes a kline though nobody trades, and never overtakes a trade that is at hand', async () => {
  const { all, send, tell, flow, time } = derive();
  await send(itemOf([tradeOf(at(1_000, 5, '7-0'))]));
  await tell(59_000);
  await tell(60_000);
  await tell(61_000);
  assert.deepEqual(told(all.items), ['(0:1 5!)', '0:1 5!']);
  time.feed(second(START + 180_000));
  flow.feed(itemOf([tradeOf(at(70_000, 6, '8-0'))]), itemOf([tradeOf(at(119_999, 7, '9-0'))]));
  await settled();
  assert.deepEqual(told(all.items).slice(2), ['(1:1 6)', '(1:2 7)', '1:2 7', '2:0 7']);
  assert.ok(all.items.every((item) => item.kind === 'events' && !item.repaired));
});

test('a gap that may have lost trades marks the klines that it touches, up to the one of the next trade', async () => {
  const { all, send, tell } = derive();
  await send(
    itemOf([tradeOf(at(1_000, 5, '7-0'))]),
    itemOf([tradeOf(at(61_000, 6, '8-0'))]),
    gap(),
    gapClosed('unknown'),
  );
  await tell(180_000);
  await send(itemOf([tradeOf(at(181_000, 7, '9-0'))]), itemOf([tradeOf(at(241_000, 8, '10-0'))]));
  await tell(300_000);
  assert.deepEqual(told(all.items).slice(2), [
    '(1:1 6)',
    'gap',
    'gapClosed',
    '1:1 6!',
    '2:0 6!',
    '(3:1 7!)',
    '3:1 7!',
    '(4:1 8)',
    '4:1 8',
  ]);
});

test('nothing is closed while a gap is open; what a repair brought comes before its end, and is whole if nothing was lost', async () => {
  const { all, send, tell } = derive();
  await send(itemOf([tradeOf(at(1_000, 5, '7-0'))]), itemOf([tradeOf(at(61_000, 6, '8-0'))]), gap());
  await tell(240_000);
  await send(itemOf([tradeOf(at(70_000, 7, '9-0'))], true), itemOf([tradeOf(at(185_000, 8, '10-0'))], true));
  assert.deepEqual(told(all.items).slice(2), ['(1:1 6)', 'gap']);
  await send(gapClosed('none'));
  assert.deepEqual(told(all.items).slice(4), ['1:2 7', '2:0 7', '(3:1 8)', 'gapClosed', '3:1 8']);
  assert.ok(all.items.slice(4, 7).every((item) => item.kind === 'events' && item.repaired));
});

test('a repair that brought some, and not all, leaves its klines marked', async () => {
  const { all, send } = derive();
  await send(itemOf([tradeOf(at(1_000, 5, '7-0'))]), itemOf([tradeOf(at(61_000, 6, '8-0'))]), gap());
  await send(
    itemOf([tradeOf(at(130_000, 7, '9-0'))], true),
    gapClosed('some'),
    itemOf([tradeOf(at(190_000, 8, '10-0'))]),
  );
  assert.deepEqual(told(all.items).slice(4), ['1:1 6!', '(2:1 7!)', 'gapClosed', '2:1 7!', '(3:1 8!)']);
});

test('a gap within a gap: what was held waits for both, and what either lost counts', async () => {
  const { all, send } = derive();
  await send(itemOf([tradeOf(at(1_000, 5, '7-0'))]), itemOf([tradeOf(at(61_000, 6, '8-0'))]), gap(1), gap(2));
  await send(itemOf([tradeOf(at(130_000, 7, '9-0'))], true), gapClosed('some', 2));
  assert.deepEqual(told(all.items).slice(4), ['gap', 'gapClosed']);
  await send(gapClosed('none', 1));
  assert.deepEqual(told(all.items).slice(6), ['1:1 6!', '(2:1 7!)', 'gapClosed']);
});

test('symbols of one subscription have klines of their own, and a gap of one leaves the others whole', async () => {
  const { all, send } = derive();
  const other = (sample: Sample): Trade => tradeOf(sample, 'OTHER_BNB');
  await send(itemOf([tradeOf(at(1_000, 5, '7-0'))]), itemOf([other(at(1_000, 1, '7-1'))]));
  await send(itemOf([tradeOf(at(61_000, 6, '8-0'))]), itemOf([other(at(61_000, 2, '8-1'))]));
  await send(gap(), itemOf([other(at(121_000, 3, '9-0'))]), gapClosed('some'));
  await send(itemOf([tradeOf(at(121_000, 7, '10-0'))]));
  assert.deepEqual(told(all.items).slice(-6), ['gap', '1:1 2', '(2:1 3)', 'gapClosed', '1:1 6!', '(2:1 7!)']);
});

const seedOf = (changes: Partial<Kline> = {}): Kline => ({
  symbol: SYMBOL,
  openTime: START,
  closeTime: START + 59_999,
  interval: '1m',
  firstTradeId: '3-0',
  lastTradeId: '7-1',
  open: formatDecimal(2n * UNIT, 8),
  close: formatDecimal(3n * UNIT, 8),
  high: formatDecimal(4n * UNIT, 8),
  low: formatDecimal(1n * UNIT, 8),
  volume: formatDecimal(10n * UNIT, 8),
  quoteVolume: formatDecimal(20n * UNIT, 8),
  tradeCount: 4,
  isClosed: false,
  ...changes,
});

test('a seed makes the first kline whole: trades that it has are not counted twice', async () => {
  const { all, send } = derive('1m', { seeds: [seedOf()] });
  await send(itemOf([tradeOf(at(1_000, 5, '7-0')), tradeOf(at(1_000, 3, '7-1')), tradeOf(at(1_000, 6, '7-2'))]));
  await send(itemOf([tradeOf(at(60_000, 5, '10-0'))]));
  assert.deepEqual(told(all.items), ['(0:5 6)', '0:5 6', '(1:1 5)']);
  const [, closed] = all.items;
  assert.ok(closed?.kind === 'events');
  const { firstTradeId, volume, quoteVolume, high } = closed.events[0]!.kline;
  assert.deepEqual([firstTradeId, volume, quoteVolume, high], ['3-0', '11.00000000', '26.00000000', '6.00000000']);
});

test('a seed that is closed needs no ids, as a row of REST has none', async () => {
  const seeds = [seedOf({ isClosed: true, firstTradeId: '', lastTradeId: '' })];
  const { all, send } = derive('1m', { seeds });
  await send(itemOf([tradeOf(at(59_999, 9, '7-0'))]), itemOf([tradeOf(at(130_000, 5, '8-0'))]));
  assert.deepEqual(told(all.items), ['1:0 3', '(2:1 5)']);
});

test('a seed that is closed has all trades before its end, and none from then on', async () => {
  const seeds = [seedOf({ isClosed: true, firstTradeId: '', lastTradeId: '' })];
  const { all, send } = derive('1m', { seeds });
  await send(itemOf([tradeOf(at(59_999, 9, '7-0')), tradeOf(at(60_000, 5, '8-0'))]));
  assert.deepEqual(told(all.items), ['(1:1 5)']);
});

test('a seed under way that has no trade needs no id', async () => {
  const { all, send } = derive('1m', { seeds: [seedOf({ tradeCount: 0, firstTradeId: '', lastTradeId: '' })] });
  await send(itemOf([tradeOf(at(1_000, 5, '7-0'))]));
  assert.deepEqual(told(all.items), ['(0:1 5)']);
});

test('where nothing was known, a trade at the very opening of a kline does not make it whole', async () => {
  const { all, send, tell } = derive();
  await send(itemOf([tradeOf(at(60_000, 5, '7-0'))]));
  await tell(180_000);
  assert.deepEqual(told(all.items), ['(1:1 5!)', '1:1 5!', '2:0 5']);
});

test('trades that came in a gap belong to the klines of their times, to the millisecond', async () => {
  const { all, send } = derive();
  await send(itemOf([tradeOf(at(59_000, 1, '1-0'))]), gap());
  const missed = [at(60_000, 2, '2-0'), at(60_000, 3, '2-1'), at(119_999, 4, '3-0'), at(120_000, 5, '4-0')];
  await send(...missed.map((trade) => itemOf([tradeOf(trade)], true)), gapClosed('none'));
  assert.deepEqual(told(all.items), ['(0:1 1!)', 'gap', '0:1 1!', '1:3 4', '(2:1 5)', 'gapClosed']);
});

test('a seed that does not fit is refused at once', () => {
  const flow = new HandFed<Item<Trade>>();
  for (const seed of [seedOf({ interval: '3m' }), seedOf({ openTime: START + 1 }), seedOf({ lastTradeId: '' })])
    assert.throws(() => klinesOf(flow, '1m', { seeds: [seed] }), { name: 'DerivedError', code: 'SEED_INVALID' });
});

test('a trade of a kline that was closed ends the stream with an error, and closes its sources', async () => {
  const { all, send, tell, flow, time } = derive();
  await send(itemOf([tradeOf(at(1_000, 5, '7-0'))]));
  await tell(60_000);
  await send(itemOf([tradeOf(at(59_999, 5, '8-0'))]));
  assert.equal((all.error as { code: string }).code, 'TIME_FELL');
  assert.deepEqual([flow.isClosed, time.isClosed], [true, true]);
});

test('it ends with its trades, and what ends them in error ends it in the same', async () => {
  const ended = derive();
  await ended.send(itemOf([tradeOf(at(1_000, 5, '7-0'))]));
  ended.flow.end();
  await settled();
  assert.deepEqual([ended.all.isOver, ended.all.error, ended.time.isClosed], [true, undefined, true]);
  const failed = derive();
  const error = new Error('no more');
  failed.flow.end(error);
  await settled();
  assert.equal(failed.all.error, error);
});

test('nothing is asked of the trades before somebody iterates, and then no more than is read', async () => {
  const flow = new HandFed<Item<Trade>>();
  for (let height = 1; height < 10; height++) flow.feed(itemOf([tradeOf(at(height, 5, `${height}-0`))]));
  const klines = klinesOf(flow, '1m')[Symbol.asyncIterator]();
  await settled();
  assert.equal(flow.asked, 0);
  await klines.next();
  await klines.next();
  await settled();
  assert.equal(flow.asked, 2);
  await klines.return?.();
  assert.ok(flow.isClosed);
});

/** What happens, and then how much later the next thing does. */
const step = fc.record({
  kind: fc.constantFrom('trade', 'trade', 'trade', 'second', 'lossy', 'repaired'),
  /** It happens when a kline opens. */
  isEdge: fc.boolean(),
  price: fc.bigInt({ min: 1n, max: 5n * UNIT }),
  quantity: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
  wait: fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 400_000_000 })),
  missed: fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 3 }),
});

/** The kline that some trades of all come to, worked out from all of them. */
const naive = (all: readonly Sample[], interval: KlineInterval, open: number): Kline => {
  const { end } = klineSpan(interval, open);
  const within = all.filter(({ time }) => time >= open && time < end);
  const last = all.filter(({ time }) => time < end).at(-1)!;
  const prices = within.length > 0 ? within.map(({ price }) => price) : [last.price];
  const text = (units: bigint): ReturnType<typeof formatDecimal> => formatDecimal(units, 8);
  return {
    symbol: SYMBOL,
    openTime: open,
    closeTime: end - 1,
    interval,
    firstTradeId: within[0]?.id ?? last.id,
    lastTradeId: last.id,
    open: text(prices[0]!),
    close: text(last.price),
    high: text(prices.reduce((a, b) => (a > b ? a : b))),
    low: text(prices.reduce((a, b) => (a < b ? a : b))),
    volume: text(within.reduce((sum, { quantity }) => sum + quantity, 0n)),
    quoteVolume: text(within.reduce((sum, { price, quantity }) => sum + (price * quantity) / UNIT, 0n)),
    tradeCount: within.length,
    isClosed: true,
  };
};

test('whatever happens, a kline that is whole is what all trades come to, and one is whole unless a gap touches it', async () => {
  const coarse = fc.constantFrom(...KLINE_INTERVALS.filter((interval) => interval !== '1m' && interval !== '3m'));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), coarse, async (steps, interval) => {
      const { all, send, tell } = derive(interval);
      const traded: Sample[] = [];
      /** From the last moment that was known to the next trade that was. */
      const blind: [from: number, to: number][] = [[Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]];
      let now = START;
      let known = Number.NEGATIVE_INFINITY;
      const next = ({ price, quantity }: Pick<Sample, 'price' | 'quantity'>): Sample => {
        const sample = { id: `${traded.length + 10}-0`, time: now, price, quantity };
        traded.push(sample);
        return sample;
      };
      const see = (): void => {
        for (const hole of blind) hole[1] = Math.min(hole[1], now);
      };
      for (const { kind, isEdge, wait, missed, ...amounts } of steps) {
        now += wait;
        if (isEdge) now = klineSpan(interval, now).end;
        if (kind === 'trade') {
          await send(itemOf([tradeOf(next(amounts))]));
          see();
          known = now;
        } else if (kind === 'second') {
          now = Math.ceil(now / 1000) * 1000;
          await tell(now - START);
          known = now;
        } else {
          const isLossy = kind === 'lossy';
          if (isLossy) blind.push([known, Number.POSITIVE_INFINITY]);
          await send(gap());
          for (const [place, more] of missed.entries()) {
            now += more;
            if (isEdge) now = klineSpan(interval, now).end;
            const sample = next({ ...amounts, price: amounts.price + BigInt(place) });
            if (!isLossy || place > 0) await send(itemOf([tradeOf(sample)], true));
          }
          await send(gapClosed(isLossy ? 'some' : 'none'));
          if (!isLossy && missed.length > 0) known = now;
        }
      }
      assert.equal(all.error, undefined);
      const closed = all.items
        .flatMap((item) => (item.kind === 'events' ? item.events : []))
        .filter(({ kline }) => kline.isClosed);
      for (const [place, { kline, isWhole }] of closed.entries()) {
        const { openTime, closeTime } = kline;
        if (place > 0) assert.equal(openTime, closed[place - 1]!.kline.closeTime + 1);
        const isTouched = blind.some(([from, to]) => from <= closeTime && to >= openTime);
        assert.equal(isWhole, !isTouched, `${openTime}: ${blind}`);
        if (isWhole) assert.deepEqual(kline, naive(traded, interval, openTime));
      }
    }),
    { numRuns: 150 },
  );
});
