import { blockheight, type DexError, decode, type Height, trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, memoryDex } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { heightText, SYMBOL, tradesText } from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Item } from './item.ts';
import type { Counter, LogLine, Measure, Tags } from './metrics.ts';

afterEach(expectNoUnhandledRejection);

const OF_SYMBOL = { symbols: [SYMBOL] };
const heightsOf = (items: readonly Item<unknown>[]): unknown[] =>
  items.map((item) => (item.kind === 'events' ? item.height : item.kind));

describe('the policy pause', () => {
  const PAUSING = { ...OF_SYMBOL, queue: { policy: 'pause', limit: 4 } } as const;

  test('stops reading a socket of its own when the queue is full, and goes on when half of it is free', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    dex.subscribe(trades, OF_SYMBOL, () => {});
    const subscription = dex.subscribe(trades, PAUSING);
    await settled();
    const [shared, own] = network.sockets;
    for (let height = 1; height <= 10; height++) {
      own?.say(tradesText(height));
      shared?.say(tradesText(height));
    }
    expect([own?.isPaused, shared?.isPaused]).toEqual([true, false]);
    expect(subscription.stats).toMatchObject({ waiting: 4, dropped: 0 });
    const iterator = subscription[Symbol.asyncIterator]();
    const heights: unknown[] = [];
    for (let place = 0; place < 10; place++) {
      const { value } = await iterator.next();
      heights.push(value?.kind === 'events' && value.height);
      expect(subscription.stats.waiting).toBeLessThanOrEqual(4);
    }
    expect(heights).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(own?.isPaused).toBe(false);
    expect(await closed(setting)).toBe(0);
  });

  test('a socket that waits is not taken for a silent one, and waits on after a loss', async () => {
    const setting = memoryDex({ staleAfter: 5000 });
    const { dex, network, clock } = setting;
    const subscription = dex.subscribe(trades, PAUSING);
    await settled();
    for (let height = 1; height <= 4; height++) network.last.say(tradesText(height));
    await clock.pass(60_000);
    expect(network.dialled).toBe(1);
    network.last.drop();
    await clock.pass(1000);
    expect(network.last.isPaused).toBe(false); // only what it brings can end the gap
    network.last.say(heightText(9));
    expect(network.last.isPaused).toBe(true);
    subscription.close();
    expect(await closed(setting)).toBe(0);
  });

  test('while a gap is open the queue waits for its socket, and not the other way round', async () => {
    const { dex, network, clock } = memoryDex();
    const subscription = dex.subscribe(trades, PAUSING);
    await settled();
    network.last.say(heightText(1));
    network.last.drop();
    await clock.pass(1000);
    for (let height = 3; height <= 8; height++) network.last.say(tradesText(height));
    network.last.say(heightText(8));
    expect(network.last.isPaused).toBe(true);
    const items: Item<unknown>[] = [];
    for await (const item of subscription) if (items.push(item) === 8) break;
    expect(heightsOf(items)).toEqual(['gap', 'gapClosed', 3, 4, 5, 6, 7, 8]);
  });

  test('symbols of one subscription share its socket, and nobody else does', async () => {
    const { dex, network } = memoryDex();
    dex.subscribe(trades, { ...PAUSING, symbols: ['A_X', 'B_X'] });
    dex.subscribe(trades, { symbols: ['A_X'] });
    await settled();
    expect(network.sockets.map(({ sent }) => sent[0])).toMatchObject([
      { symbols: ['A_X', 'B_X'] },
      { symbols: ['A_X'] },
    ]);
  });

  test('where sockets cannot wait, a full queue ends the subscription with what to do', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    network.canPause = false;
    const ends: (DexError | undefined)[] = [];
    dex.subscribe(trades, { ...PAUSING, onEnd: (error) => ends.push(error) }, () => new Promise(() => {}));
    await settled();
    for (let height = 1; height <= 6; height++) network.last.say(tradesText(height));
    expect(ends).toMatchObject([{ code: 'QUEUE_FULL', message: /cannot be paused/ }]);
  });
});

describe('drain', () => {
  test('unsubscribes at once, and gives what waits before the end', async () => {
    const { dex, network } = memoryDex();
    const subscription = dex.subscribe(trades, OF_SYMBOL);
    await settled();
    network.last.say(tradesText(1), tradesText(2));
    const drained = subscription.drain();
    await settled();
    expect(network.last.sent.at(-1)).toMatchObject({ method: 'unsubscribe', topic: 'trades' });
    network.last.say(tradesText(3));
    const items: Item<unknown>[] = [];
    for await (const item of subscription) items.push(item);
    expect(heightsOf(items)).toEqual([1, 2]);
    await drained;
  });

  test('waits for a callback that is at work, and may be given up', async () => {
    const { dex, network } = memoryDex();
    const goes: (() => void)[] = [];
    const subscription = dex.subscribe(trades, OF_SYMBOL, () => new Promise<void>((resolve) => goes.push(resolve)));
    await settled();
    network.last.say(tradesText(1), tradesText(2));
    let isDrained = false;
    const drained = subscription.drain().then(() => {
      isDrained = true;
    });
    const { signal } = (() => {
      const controller = new AbortController();
      controller.abort(new Error('enough'));
      return controller;
    })();
    await expect(subscription.drain(signal)).rejects.toThrow('enough');
    goes[0]?.();
    await settled();
    expect([goes.length, isDrained]).toEqual([2, false]);
    goes[1]?.();
    await drained;
  });

  test('of a connection drains every subscription, then closes', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const seen: unknown[] = [];
    const slow = dex.subscribe(trades, OF_SYMBOL);
    dex.subscribe(trades, OF_SYMBOL, (item) => seen.push(item));
    await settled();
    network.last.say(tradesText(1), tradesText(2));
    const drained = dex.drain();
    const items: Item<unknown>[] = [];
    for await (const item of slow) items.push(item);
    await drained;
    expect([heightsOf(items), seen.length]).toEqual([[1, 2], 2]);
    expect(() => dex.subscribe(trades, OF_SYMBOL)).toThrow(/closed/);
    expect(clock.pending).toBe(0);
  });

  test('with a gap open tells that it ends unknown', async () => {
    const { dex, network } = memoryDex();
    const subscription = dex.subscribe(trades, OF_SYMBOL);
    await settled();
    network.last.say(tradesText(1));
    network.last.drop();
    void subscription.drain();
    const items: Item<unknown>[] = [];
    for await (const item of subscription) items.push(item);
    expect(heightsOf(items)).toEqual([1, 'gap', 'gapClosed']);
  });
});

describe('figures and lines', () => {
  test('of what happens are told as it happens', async () => {
    const counts: Partial<Record<Counter, number>> = {};
    const measures: [Measure, number, Tags][] = [];
    const lines: LogLine[] = [];
    const setting = memoryDex({
      metrics: {
        count: (name, by) => {
          counts[name] = (counts[name] ?? 0) + by;
        },
        measure: (name, value, tags) => measures.push([name, value, tags]),
      },
      log: (line) => lines.push(line),
    });
    const { dex, network, clock } = setting;
    dex.subscribe(trades, { ...OF_SYMBOL, queue: { limit: 1 } });
    dex.subscribe(blockheight, {}, ({ kind }) => {
      if (kind === 'events' && setting.errors.length === 0) throw new Error('a bug');
    });
    await settled();
    network.last.say(heightText(1), tradesText(1), tradesText(2), '{"stream":"nothing","data":{}}', 'no JSON');
    network.last.drop();
    await clock.pass(1000);
    network.last.say(heightText(3));
    void dex.renew();
    await settled();
    network.last.say(heightText(3));
    await closed(setting);
    expect(counts).toMatchObject({
      frames: 5,
      unwanted: 1,
      unreadable: 1,
      dials: 3,
      opens: 3,
      losses: 1,
      gaps: 4,
      renewals: 1,
      dropped: 1,
      threw: 1,
    });
    expect(new Set(measures.map(([name]) => name))).toEqual(new Set(['connect', 'arrival', 'gap']));
    expect(measures.find(([name]) => name === 'arrival')?.[2]).toEqual({ topic: 'trades' });
    const told = lines.map(({ event }) => event);
    for (const event of ['dialing', 'open', 'command', 'waiting', 'gap', 'renewed', 'closed'])
      expect(told).toContain(event);
  });

  test('lag goes on until a consumer gets an event, and none is told of what was fetched', async () => {
    const measures: [Measure, number, Tags][] = [];
    const repaired = {
      events: [{ ...decode(trades, tradesText(2))[0] }],
      height: 2 as Height,
      repaired: true,
    } as const;
    const setting = memoryDex({
      metrics: { count: () => {}, measure: (...figure) => measures.push(figure) },
      repair: async () => ({ items: [{ kind: 'events', ...repaired }], lost: 'none' }),
    });
    const { dex, network, clock } = setting;
    const subscription = dex.subscribe(trades, OF_SYMBOL);
    const iterator = subscription[Symbol.asyncIterator]();
    await settled();
    network.last.say(heightText(1), tradesText(1));
    const lagsOf = (measure: Measure): number[] => measures.flatMap(([name, value]) => (name === measure ? value : []));
    const [arrival = Number.NaN] = lagsOf('arrival');
    expect(lagsOf('lag')).toEqual([]);
    await clock.pass(300);
    await iterator.next();
    expect(lagsOf('lag')).toEqual([arrival + 300]);
    expect(measures.at(-1)?.[2]).toEqual({ topic: 'trades' });
    network.last.drop();
    await clock.pass(1000);
    network.last.say(heightText(3));
    await settled();
    const kinds = [];
    for (let item = 0; item < 3; item++) kinds.push((await iterator.next()).value?.kind);
    expect(kinds).toEqual(['gap', 'events', 'gapClosed']);
    expect(lagsOf('lag')).toHaveLength(1);
    await closed(setting);
  });
});
