import { blockheight, decode, marketDepth, orders, type Stream, trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, type MemoryDex, memoryDex, subscribeTo } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { depthText, heightText, SAMPLES, SYMBOL, tradesText } from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Item } from './item.ts';
import type { Subscription } from './subscription.ts';

afterEach(expectNoUnhandledRejection);

const OF_SYMBOL = { symbols: [SYMBOL] };

const opened = async (): Promise<MemoryDex> => {
  const setting = memoryDex();
  await setting.dex.ready();
  return setting;
};
/** Events as their heights, gaps and their ends as words. */
const told = (items: readonly Item<unknown>[]): (number | string | undefined)[] =>
  items.map((item) => {
    if (item.kind === 'events') return item.height;
    return item.kind === 'gap' ? `${item.cause} ${item.from}-${item.to}` : `closed ${item.lost}`;
  });
const collect = (subscription: Subscription<unknown>): Item<unknown>[] => {
  const items: Item<unknown>[] = [];
  void (async () => {
    for await (const item of subscription) items.push(item);
  })();
  return items;
};
const heights = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, place) => from + place);

describe('an iterator', () => {
  test('gives what waits, then what comes, in order', async () => {
    const { dex, network } = await opened();
    const subscription = dex.subscribe(trades, OF_SYMBOL);
    await settled();
    network.last.say(tradesText(1), tradesText(2));
    const items = collect(subscription);
    await settled();
    network.last.say(tradesText(3));
    await settled();
    network.last.say(tradesText(4), tradesText(5));
    await settled();
    expect(told(items)).toEqual([1, 2, 3, 4, 5]);
    expect(items[0]).toEqual({ kind: 'events', events: decode(trades, tradesText(1)), height: 1, repaired: false });
    expect(subscription.stats).toEqual({ delivered: 5, waiting: 0, dropped: 0, conflated: 0, gaps: 0 });
  });

  test('may be asked several times at once: answers come in the order of the questions', async () => {
    const { dex, network } = await opened();
    const iterator = dex.subscribe(trades, OF_SYMBOL)[Symbol.asyncIterator]();
    await settled();
    const nexts = [iterator.next(), iterator.next(), iterator.next()];
    network.last.say(tradesText(1), tradesText(2), tradesText(3), tradesText(4));
    const found = await Promise.all([...nexts, iterator.next()]);
    expect(told(found.map(({ value }) => value as Item<unknown>))).toEqual([1, 2, 3, 4]);
  });

  test('that is left by break closes its subscription', async () => {
    const { dex, network } = await opened();
    const subscription = dex.subscribe(trades, OF_SYMBOL);
    await settled();
    network.last.say(tradesText(1), tradesText(2));
    for await (const item of subscription) {
      expect(item.kind).toBe('events');
      break;
    }
    await settled();
    expect(network.last.sent.at(-1)).toEqual({ method: 'unsubscribe', topic: 'trades', symbols: [SYMBOL] });
    for await (const _ of subscription) throw new Error('an item after the end');
  });

  test('that is returned while it waits ends that wait', async () => {
    const { dex } = await opened();
    const iterator = dex.subscribe(trades, OF_SYMBOL)[Symbol.asyncIterator]();
    const next = iterator.next();
    await settled();
    await expect(iterator.return?.()).resolves.toEqual({ done: true, value: undefined });
    await expect(next).resolves.toEqual({ done: true, value: undefined });
  });

  test('ends when its subscription is closed, and close may be called again', async () => {
    const { dex, network } = await opened();
    const subscription = dex.subscribe(trades, OF_SYMBOL);
    const next = subscription[Symbol.asyncIterator]().next();
    await settled();
    subscription.close();
    subscription.close();
    expect(await next).toEqual({ done: true, value: undefined });
    await settled();
    expect(
      network.last.sent.filter((command) => (command as { method: string }).method === 'unsubscribe'),
    ).toHaveLength(1);
  });

  test('ends upon an abort, and an aborted signal asks for nothing', async () => {
    const { dex, network } = await opened();
    const controller = new AbortController();
    const items = collect(dex.subscribe(trades, { ...OF_SYMBOL, signal: controller.signal }));
    await settled();
    network.last.say(tradesText(1));
    controller.abort();
    network.last.say(tradesText(2));
    await settled();
    expect(told(items)).toEqual([1]);
    const { length } = network.last.sent;
    for await (const _ of dex.subscribe(trades, { ...OF_SYMBOL, signal: controller.signal }))
      throw new Error('an item');
    await settled();
    expect(network.last.sent).toHaveLength(length);
  });
});

describe('a callback', () => {
  test('is called in the very turn in which the frame comes', async () => {
    const { dex, network } = await opened();
    const items: Item<unknown>[] = [];
    dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
    await settled();
    network.last.say(tradesText(1), tradesText(2));
    expect(told(items)).toEqual([1, 2]);
  });

  test('that returns a promise is not called again before it settles', async () => {
    const { dex, network } = await opened();
    const items: Item<unknown>[] = [];
    const releases: (() => void)[] = [];
    const handle = dex.subscribe(trades, OF_SYMBOL, (item) => {
      items.push(item);
      return new Promise<void>((resolve) => releases.push(resolve));
    });
    await settled();
    network.last.say(tradesText(1), tradesText(2), tradesText(3));
    expect(told(items)).toEqual([1]);
    expect(handle.stats.waiting).toBe(2);
    for (const count of [2, 3]) {
      releases.shift()?.();
      await settled();
      expect(items).toHaveLength(count);
    }
    expect(told(items)).toEqual([1, 2, 3]);
  });

  test('that is slow: its queue is bounded, and an overflow gap stands for what gave way', async () => {
    const { dex, network } = await opened();
    const items: Item<unknown>[] = [];
    const releases: (() => void)[] = [];
    const handle = dex.subscribe(trades, { ...OF_SYMBOL, queue: { limit: 3 } }, (item) => {
      items.push(item);
      return items.length > 1 ? undefined : new Promise<void>((resolve) => releases.push(resolve));
    });
    await settled();
    for (const height of heights(1, 10)) network.last.say(tradesText(height));
    expect(handle.stats).toEqual({ delivered: 1, waiting: 3, dropped: 6, conflated: 0, gaps: 0 });
    releases.shift()?.();
    await settled();
    expect(told(items)).toEqual([1, 'overflow 2-7', 'closed some', 8, 9, 10]);
    expect(handle.stats).toEqual({ delivered: 4, waiting: 0, dropped: 6, conflated: 0, gaps: 1 });
    network.last.say(tradesText(11));
    expect(told(items).at(-1)).toBe(11);
  });

  test('that drains a long queue does so without a deep stack', async () => {
    const { dex, network } = await opened();
    const releases: (() => void)[] = [];
    let count = 0;
    dex.subscribe(trades, OF_SYMBOL, () => {
      count++;
      return count > 1 ? undefined : new Promise<void>((resolve) => releases.push(resolve));
    });
    await settled();
    for (const height of heights(1, 10_001)) network.last.say(tradesText(height));
    releases.shift()?.();
    await settled();
    expect(count).toBe(10_001);
  });

  test('that makes frames come keeps their order', async () => {
    const { dex, network } = await opened();
    const items: Item<unknown>[] = [];
    dex.subscribe(trades, OF_SYMBOL, (item) => {
      if (items.length === 0) {
        items.push(item);
        network.last.say(tradesText(2));
        network.last.drop();
        expect(items).toHaveLength(1);
      } else items.push(item);
    });
    await settled();
    network.last.say(tradesText(1));
    expect(told(items)).toEqual([1, 2, 'disconnect 1-undefined']);
  });

  test('that closes its own subscription gets nothing more', async () => {
    const { dex, network } = await opened();
    const items: Item<unknown>[] = [];
    const handle = dex.subscribe(trades, OF_SYMBOL, (item) => {
      items.push(item);
      handle.close();
    });
    await settled();
    network.last.say(tradesText(1), tradesText(2));
    expect(told(items)).toEqual([1]);
  });
});

describe('a consumer that fails harms nobody else', () => {
  const BAD: Record<string, () => unknown> = {
    throws: () => {
      throw new Error('mine');
    },
    rejects: () => Promise.reject(new Error('mine')),
    'throws no error': () => {
      throw undefined;
    },
  };

  for (const [name, bad] of Object.entries(BAD)) {
    test(`one that ${name}: reported each time, with the cause, and the stream goes on`, async () => {
      const { dex, network, errors } = await opened();
      let calls = 0;
      dex.subscribe(trades, OF_SYMBOL, () => {
        calls++;
        return bad();
      });
      const items: Item<unknown>[] = [];
      dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
      await settled();
      for (const height of [1, 2]) {
        network.last.say(tradesText(height));
        await settled();
      }
      expect(calls).toBe(2);
      expect(told(items)).toEqual([1, 2]);
      expect(errors).toMatchObject([{ code: 'CONSUMER_THREW' }, { code: 'CONSUMER_THREW' }]);
    });
  }

  test('one that hangs: its queue fills, the others go on, and close does not wait for it', async () => {
    const setting = await opened();
    const { dex, network } = setting;
    const handle = dex.subscribe(trades, OF_SYMBOL, () => new Promise(() => {}));
    const items: Item<unknown>[] = [];
    dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
    await settled();
    for (const height of heights(1, 12_000)) network.last.say(tradesText(height));
    expect(handle.stats).toMatchObject({ delivered: 1, waiting: 10_000, dropped: 1999 });
    expect(items).toHaveLength(12_000);
    expect(await closed(setting)).toBe(0);
  });

  test('an onError that throws is printed, and the stream goes on', async () => {
    const { error: print } = console;
    const printed: unknown[] = [];
    console.error = (thrown: unknown) => printed.push(thrown);
    try {
      const { dex, network } = memoryDex({
        onError: () => {
          throw new Error('in onError');
        },
      });
      let calls = 0;
      dex.subscribe(trades, OF_SYMBOL, () => {
        calls++;
        throw new Error('mine');
      });
      await settled();
      network.last.say(tradesText(1), tradesText(2));
      expect(calls).toBe(2);
      expect(printed).toMatchObject([{ message: 'in onError' }, { message: 'in onError' }]);
    } finally {
      console.error = print;
    }
  });
});

describe('queues', () => {
  test('what stands for itself is kept up to 10,000; what newer events replace up to 1,000, and conflates', async () => {
    const { dex, network } = await opened();
    const [kept, replaced] = [dex.subscribe(trades, OF_SYMBOL), dex.subscribe(marketDepth(), OF_SYMBOL)];
    await settled();
    for (const height of heights(1, 10_002)) network.last.say(tradesText(height), depthText(height));
    expect(kept.stats).toMatchObject({ waiting: 10_000, dropped: 2, conflated: 0 });
    expect(replaced.stats).toMatchObject({ waiting: 1000, dropped: 0, conflated: 9002 });
    expect(told([(await replaced[Symbol.asyncIterator]().next()).value as Item<unknown>])).toEqual(['overflow 1-9002']);
  });

  test('dropNewest keeps what came first', async () => {
    const { dex, network } = await opened();
    const subscription = dex.subscribe(trades, { ...OF_SYMBOL, queue: { policy: 'dropNewest', limit: 2 } });
    await settled();
    for (const height of heights(1, 5)) network.last.say(tradesText(height));
    const items = collect(subscription);
    await settled();
    network.last.say(tradesText(6));
    await settled();
    expect(told(items)).toEqual([1, 2, 'overflow 3-5', 'closed some', 6]);
  });

  test('fail ends an iterator with a QueueError, after what waited', async () => {
    const { dex, network, errors } = await opened();
    const subscription = dex.subscribe(trades, { ...OF_SYMBOL, queue: { policy: 'fail', limit: 2 } });
    await settled();
    for (const height of heights(1, 5)) network.last.say(tradesText(height));
    await settled();
    expect(network.last.sent.at(-1)).toMatchObject({ method: 'unsubscribe' });
    const found: unknown[] = [];
    await expect(
      (async () => {
        for await (const item of subscription) found.push(item);
      })(),
    ).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(told(found as Item<unknown>[])).toEqual([1, 2]);
    expect(errors).toEqual([]);
    expect(await subscription[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  test('fail tells onError at once where there is a callback, even one that hangs', async () => {
    const { dex, network, errors } = await opened();
    dex.subscribe(trades, { ...OF_SYMBOL, queue: { policy: 'fail', limit: 2 } }, () => new Promise(() => {}));
    await settled();
    for (const height of heights(1, 5)) network.last.say(tradesText(height));
    expect(errors).toMatchObject([{ code: 'QUEUE_FULL' }]);
  });
});

describe('once', () => {
  test('resolves to what one frame holds, list or event, of every stream, and unsubscribes', async () => {
    for (const sample of SAMPLES) {
      const { dex, network } = await opened();
      const once = (dex.once as (stream: Stream, wanted: object) => Promise<unknown>)(sample.stream, sample.wanted);
      await settled();
      network.last.say(sample.text, sample.text);
      expect(await once).toEqual(decode(sample.stream, sample.text));
      await settled();
      const { method } = network.last.sent.at(-1) as { method: string };
      // The pulse of the socket stays.
      expect(method).toBe(sample.stream === blockheight ? 'subscribe' : 'unsubscribe');
    }
  });

  test('waits through a lost socket', async () => {
    const { dex, network, clock } = await opened();
    const once = dex.once(trades, OF_SYMBOL);
    await settled();
    network.last.drop();
    await clock.pass(2000);
    network.last.say(heightText(2), tradesText(3));
    expect((await once)[0]?.height).toBe(3);
  });
});

describe('ready', () => {
  test('resolves when the socket was asked, again and again, and again after a loss', async () => {
    const { dex, network, clock } = memoryDex();
    const subscription = dex.subscribe(trades, OF_SYMBOL);
    await subscription.ready();
    expect(network.last.sent).toContainEqual({ method: 'subscribe', topic: 'trades', symbols: [SYMBOL] });
    await subscription.ready();
    network.last.drop();
    let isReady = false;
    const ready = subscription.ready().then(() => {
      isReady = true;
    });
    await settled();
    expect(isReady).toBe(false);
    await clock.pass(2000);
    await ready;
    subscription.close();
    await expect(subscription.ready()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('of a connection dials by itself and leaves nothing subscribed but the pulse', async () => {
    const setting = memoryDex();
    await setting.dex.ready();
    expect(setting.network.last.sent).toEqual([{ method: 'subscribe', topic: 'blockheight', symbols: ['$all'] }]);
    expect(await closed(setting)).toBe(0);
  });
});

test('the same stream wanted many times is subscribed once, decoded once, and unsubscribed with the last', async () => {
  const { dex, network } = await opened();
  let reads = 0;
  const counted: typeof trades = {
    ...trades,
    data: {
      ...trades.data,
      fast: (text, at) => {
        reads++;
        return trades.data.fast(text, at);
      },
    },
  };
  const handles = heights(1, 5).map(() => {
    const items: Item<unknown>[] = [];
    return { items, handle: dex.subscribe(counted, OF_SYMBOL, (item) => items.push(item)) };
  });
  await settled();
  handles.push({ items: [], handle: dex.subscribe(counted, { symbols: [SYMBOL, 'B_X'] }, () => {}) });
  await settled();
  const asked = network.last.sent.slice(1);
  expect(asked).toEqual([
    { method: 'subscribe', topic: 'trades', symbols: [SYMBOL] },
    { method: 'subscribe', topic: 'trades', symbols: ['B_X'] },
  ]);
  network.last.say(tradesText(1), tradesText(2));
  expect(reads).toBe(2);
  for (const { items } of handles.slice(0, 5)) expect(told(items)).toEqual([1, 2]);
  for (const { handle } of handles.slice(1)) handle.close();
  await settled();
  expect(network.last.sent.slice(3)).toEqual([{ method: 'unsubscribe', topic: 'trades', symbols: ['B_X'] }]);
  handles[0]?.handle.close();
  await settled();
  expect(network.last.sent.slice(4)).toEqual([{ method: 'unsubscribe', topic: 'trades', symbols: [SYMBOL] }]);
  network.last.say(tradesText(3));
  expect(reads).toBe(2);
});

test('frames that nobody wants are not decoded, and counted', async () => {
  const { dex, network, errors } = await opened();
  dex.subscribe(trades, OF_SYMBOL, () => {});
  await settled();
  network.last.say('{"stream":"ticker","data":this is never read}', '{"stream":"ticker","data":nor this}');
  expect(dex.stats).toEqual({ frames: 2, unwanted: 2, unreadable: 0, unknownKeys: 0 });
  expect(errors).toMatchObject([{ code: 'FRAME_UNKNOWN_TOPIC' }]);
});

test('late frames after the end of a subscription go nowhere, without an error', async () => {
  const { dex, network, errors } = await opened();
  const items: Item<unknown>[] = [];
  const handle = dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
  await settled();
  handle.close();
  network.last.say(tradesText(1));
  await settled();
  network.last.say(tradesText(2));
  expect(items).toEqual([]);
  expect(errors).toEqual([]);
  expect(dex.stats.unwanted).toBe(1);
});

test('the pulse is not given to anybody, and who wants blocks gets them from it', async () => {
  const { dex, network } = await opened();
  const items: Item<unknown>[] = [];
  dex.subscribe(blockheight, {}, (item) => items.push(item));
  await settled();
  expect(network.last.sent).toHaveLength(1);
  network.last.say(heightText(5));
  expect(items).toEqual([{ kind: 'events', events: [{ height: 5 }], height: 5, repaired: false }]);
});

test('every one of the twelve streams goes from text to both kinds of consumer', async () => {
  const { dex, network } = await opened();
  for (const sample of SAMPLES) {
    const items = collect(subscribeTo(dex, sample));
    const called: Item<unknown>[] = [];
    (dex.subscribe as (stream: Stream, wanted: object, callback: (item: Item<unknown>) => void) => void)(
      sample.stream,
      sample.wanted,
      (item) => called.push(item),
    );
    await settled();
    network.last.say(sample.text);
    await settled();
    const data = decode(sample.stream, sample.text);
    expect(called).toMatchObject([{ kind: 'events', events: Array.isArray(data) ? data : [data] }]);
    expect(items).toEqual(called);
  }
});

describe('close after an end with an error', () => {
  test('brings nothing more, neither what waited nor the error', async () => {
    const { dex, network } = await opened();
    const iterated = dex.subscribe(trades, { ...OF_SYMBOL, queue: { policy: 'fail', limit: 2 } });
    const called: unknown[] = [];
    let release = (): void => {};
    dex.subscribe(trades, { ...OF_SYMBOL, queue: { policy: 'fail', limit: 2 } }, (item) => {
      called.push(item);
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    await settled();
    for (const height of heights(1, 5)) network.last.say(tradesText(height));
    const iterator = iterated[Symbol.asyncIterator]();
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await dex.close();
    release();
    await settled();
    expect(called).toHaveLength(1);
  });
});

test('a subscription to no symbol, or to no address, is refused at the call', async () => {
  const { dex } = await opened();
  const subscribe = dex.subscribe as (stream: Stream, wanted?: object) => unknown;
  for (const wanted of [undefined, {}, { symbols: [] }, { symbols: 'X' }, { symbols: [''] }]) {
    expect(() => subscribe(trades, wanted)).toThrow(expect.objectContaining({ code: 'SUBJECT_MISSING' }));
  }
  expect(() => subscribe(orders, {})).toThrow(expect.objectContaining({ code: 'SUBJECT_MISSING' }));
});
