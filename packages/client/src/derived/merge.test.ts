import assert from 'node:assert/strict';
import { type Blockheight, parseDecimal, type Ticker, type Trade } from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { Collected, HandFed } from '../../../../tests/support/handFed.ts';
import { settled, VirtualClock } from '../../../../tests/support/virtualClock.ts';
import type { Item } from '../item.ts';
import { klinesOf } from './klinesOf.ts';
import { type Merged, type MergeOptions, merge } from './merge.ts';

type Sources = Record<'a' | 'b' | 'c', HandFed<Item<string>>>;

const event = (text: string, height?: number): Item<string> => ({
  kind: 'events',
  events: [text],
  height,
  repaired: false,
});
const gap: Item<never> = { kind: 'gap', id: 1, cause: 'disconnect', streams: [] };
const gapClosed: Item<never> = { kind: 'gapClosed', id: 1, repaired: 0, lost: 'unknown' };

const sampleTrade = (height: number): Trade => ({
  eventType: 'trade',
  height,
  symbol: 'A_B',
  tradeId: `${height}-0`,
  price: parseDecimal('1.00000000'),
  quantity: parseDecimal('1.00000000'),
  buyerOrderId: '',
  sellerOrderId: '',
  time: BigInt(height),
  sellerAddress: '',
  buyerAddress: '',
});

/** Three sources, fed by hand, under way. */
const merging = (options: MergeOptions = {}) => {
  const clock = new VirtualClock();
  const sources: Sources = { a: new HandFed(), b: new HandFed(), c: new HandFed() };
  const heights = new HandFed<Item<Blockheight>>();
  const merged = merge(sources, { heights, clock, ...options });
  const all = new Collected(merged);
  const height = (block: number): void =>
    heights.feed({ kind: 'events', events: [{ height: block }], repaired: false });
  const texts = (): string[] =>
    all.items.map(({ name, item }) => `${name} ${item.kind === 'events' ? item.events[0] : item.kind}`);
  return { ...sources, sources, heights, clock, merged, all, height, texts };
};

test('items go block by block, and within a block in the order of the names, in whatever order they come', async () => {
  const { a, b, c, height, texts } = merging();
  c.feed(event('5', 5), event('6', 6));
  a.feed(event('4', 4), event('5', 5));
  b.feed(event('5', 5));
  height(5);
  await settled();
  assert.deepEqual(texts(), ['a 4', 'a 5', 'b 5', 'c 5']);
  height(6);
  await settled();
  assert.deepEqual(texts().slice(4), ['c 6']);
});

test('a source that is quiet is waited for until the heights say that the block is complete', async () => {
  const { b, a, height, texts, clock } = merging();
  b.feed(event('5', 5));
  height(4);
  await settled();
  assert.deepEqual(texts(), []);
  a.feed(event('5', 5));
  await settled();
  assert.deepEqual(texts(), ['a 5'], 'and what comes meanwhile goes before');
  height(5);
  await settled();
  assert.deepEqual(texts(), ['a 5', 'b 5']);
  assert.equal(clock.pending, 0);
});

test('or until a time has passed, by the clock that was given', async () => {
  const { b, a, texts, clock } = merging({ heights: undefined, within: 300 });
  b.feed(event('5', 5));
  await clock.pass(299);
  assert.deepEqual(texts(), []);
  await clock.pass(1);
  assert.deepEqual(texts(), ['b 5']);
  a.feed(event('late', 4));
  await clock.pass(300);
  assert.deepEqual(texts(), ['b 5', 'a late'], 'what comes too late is given all the same');
});

test('what is at hand is never overtaken, however far the heights are', async () => {
  const [a, b] = [new HandFed<Item<string>>(), new HandFed<Item<string>>()];
  const heights = new HandFed<Item<Blockheight>>();
  a.feed(event('10', 10), event('12', 12));
  b.feed(event('10', 10), gap, gapClosed, event('11', 11));
  for (const block of [10, 11, 12]) heights.feed({ kind: 'events', events: [{ height: block }], repaired: false });
  const all = new Collected(merge({ a, b }, { heights, clock: new VirtualClock() }));
  await settled();
  assert.deepEqual(
    all.items.map(({ name, item }) => `${name} ${item.kind === 'events' ? item.events[0] : item.kind}`),
    ['a 10', 'b 10', 'b gap', 'b gapClosed', 'b 11', 'a 12'],
  );
});

test('a source that is derived itself has time to hand out what it has', async () => {
  const trade = (block: number): Item<Trade> => ({
    kind: 'events',
    events: [sampleTrade(block)],
    height: block,
    repaired: false,
  });
  const [flow, b] = [new HandFed<Item<Trade>>(), new HandFed<Item<string>>()];
  const heights = new HandFed<Item<Blockheight>>();
  flow.feed(trade(10), trade(11), trade(12));
  b.feed(event('10', 10), event('11', 11), event('12', 12));
  for (const block of [10, 11, 12]) heights.feed({ kind: 'events', events: [{ height: block }], repaired: false });
  const klines = klinesOf(flow, '1m', { time: new HandFed<Item<Ticker>>() });
  const all = new Collected(merge({ klines, b }, { heights, clock: new VirtualClock() }));
  await settled();
  assert.deepEqual(
    all.items.map(({ name, item }) => `${name} ${item.kind === 'events' && item.height}`),
    ['klines 10', 'b 10', 'klines 11', 'b 11', 'klines 12', 'b 12'],
  );
});

test('an item without a height stands behind the newest block, and keeps nobody waiting once it is known to have none', async () => {
  const { a, b, c, height, texts } = merging();
  c.feed(event('ticker'));
  await settled();
  assert.deepEqual(texts(), ['c ticker'], 'there is no block yet');
  b.feed(event('5', 5));
  await settled();
  a.feed(event('5', 5));
  await settled();
  assert.deepEqual(
    texts().slice(1),
    ['a 5'],
    'the block is not known to be complete, and yet the ticker is not waited for',
  );
  c.feed(event('next ticker'));
  height(5);
  await settled();
  assert.deepEqual(texts().slice(2), ['b 5', 'c next ticker']);
});

test('a gap keeps its place among the items of its source', async () => {
  const { a, b, height, texts } = merging();
  a.feed(event('5', 5), gap, gapClosed, event('8', 8));
  b.feed(event('5', 5), event('6', 6), event('9', 9));
  for (const block of [5, 6, 7, 8, 9]) height(block);
  await settled();
  assert.deepEqual(
    texts().filter((text) => text.startsWith('a')),
    ['a 5', 'a gap', 'a gapClosed', 'a 8'],
  );
  assert.deepEqual(texts().at(-1), 'b 9');
});

test('one item of each source is held, and no more is asked for before that is taken', async () => {
  const clock = new VirtualClock();
  const [a, b] = [new HandFed<Item<string>>(), new HandFed<Item<string>>()];
  for (let block = 1; block < 100; block++) a.feed(event('', block));
  b.feed(event('', 50));
  const merged = merge({ a, b }, { clock, within: 0 })[Symbol.asyncIterator]();
  await settled();
  assert.equal(a.asked, 0);
  for (let taken = 1; taken < 10; taken++) {
    await merged.next();
    await settled();
    assert.ok(a.asked <= taken);
  }
  assert.equal(b.asked, 1);
});

test('it ends when all sources have, and closes the heights', async () => {
  const { a, b, c, heights, all, texts } = merging();
  a.feed(event('5', 5));
  a.end();
  b.end();
  await settled();
  assert.ok(!all.isOver);
  c.end();
  await settled();
  assert.deepEqual(texts(), ['a 5']);
  assert.ok(all.isOver && heights.isClosed);
});

test('an error of a source comes typed, with its name and cause, after what came before it', async () => {
  const { a, b, c, all, height, texts } = merging();
  const cause = new Error('refused');
  a.feed(event('5', 5));
  a.end(cause);
  height(5);
  await settled();
  assert.deepEqual(texts(), ['a 5']);
  const { name, code, source, cause: found } = all.error as Error & { code: string; source: string };
  assert.deepEqual([name, code, source, found], ['DerivedError', 'SOURCE_FAILED', 'a', cause]);
  assert.ok(b.isClosed && c.isClosed);
});

test('heights that fail are told like a source', async () => {
  const { heights, all } = merging();
  heights.end(new Error('lost'));
  await settled();
  assert.equal((all.error as { source?: string }).source, 'heights');
});

test('an abort rejects whoever waits, with its reason, and closes all', async () => {
  const own = new AbortController();
  const { a, b, heights, all, clock } = merging({ signal: own.signal });
  b.feed(event('5', 5));
  await settled();
  const reason = new Error('enough');
  own.abort(reason);
  await settled();
  assert.equal(all.error, reason);
  assert.ok(a.isClosed && b.isClosed && heights.isClosed);
  assert.equal(clock.pending, 0);
});

test('an abort closes all at once, also when nobody waits, and is told to whoever asks next, once', async () => {
  const own = new AbortController();
  const a = new HandFed<Item<string>>();
  const merged = merge({ a }, { signal: own.signal })[Symbol.asyncIterator]();
  own.abort(new Error('enough'));
  assert.ok(a.isClosed);
  await assert.rejects(merged.next(), { message: 'enough' });
  assert.deepEqual(await merged.next(), { done: true, value: undefined });
});

test('closing closes all, or leaves them open if asked to, and ends a wait in either case', async () => {
  for (const leaveOpen of [false, true]) {
    const { a, heights, merged, all } = merging({ leaveOpen });
    await settled();
    merged.close();
    merged.close();
    await settled();
    assert.deepEqual([all.isOver, all.error, a.isClosed, heights.isClosed], [true, undefined, !leaveOpen, !leaveOpen]);
  }
});

test('calls of next that are not awaited are answered in their order', async () => {
  const a = new HandFed<Item<string>>();
  const merged = merge({ a }, { clock: new VirtualClock() })[Symbol.asyncIterator]();
  const two = [merged.next(), merged.next()];
  a.feed(event('1', 1), event('2', 2));
  const results = await Promise.all(two);
  assert.deepEqual(
    results.map(({ value }) => value?.item.kind === 'events' && value.item.events[0]),
    ['1', '2'],
  );
});

const NAMES = ['a', 'b', 'c'] as const;

test('the same items in the same order leave in the same order, by block, none lost, none out of its source’s order', async () => {
  const arrivals = fc.array(fc.tuple(fc.constantFrom(...NAMES, 'heights' as const), fc.integer({ min: 0, max: 2 })), {
    maxLength: 40,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(arrivals, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), async (some, pauses) => {
      const run = async (): Promise<string[]> => {
        const { sources, all, height } = merging();
        let block = 1;
        const expected: Record<string, string[]> = { a: [], b: [], c: [] };
        for (const [place, [name, more]] of some.entries()) {
          // Frames of a block, then its height, as they come by one socket.
          if (name === 'heights') {
            height(block);
            block += 1 + more;
          } else {
            sources[name].feed(event(`${place}`, block));
            expected[name]!.push(`${place}`);
          }
          if (pauses[place]) await settled();
        }
        height(block);
        await settled();
        const items = all.items as readonly Merged<Sources>[];
        const blocks = items.map(({ item }) => (item.kind === 'events' ? item.height! : 0));
        assert.deepEqual(
          blocks,
          blocks.toSorted((a, b) => a - b),
        );
        for (const name of NAMES) {
          const own = items.flatMap((one) => (one.name === name && one.item.kind === 'events' ? one.item.events : []));
          assert.deepEqual(own, expected[name]);
        }
        for (const [place, { name, item }] of items.entries()) {
          const before = items[place - 1];
          if (before?.item.kind === 'events' && item.kind === 'events' && before.item.height === item.height)
            assert.ok(before.name <= name, 'names in their order');
        }
        return items.map(({ name, item }) => `${name} ${item.kind === 'events' && item.events[0]}`);
      };
      assert.deepEqual(await run(), await run());
    }),
    { numRuns: 60 },
  );
});
