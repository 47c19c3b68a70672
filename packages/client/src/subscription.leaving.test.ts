import { trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, type MemoryDex, memoryDex } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { heightText, SYMBOL, tradesText } from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Item } from './item.ts';
import type { Handle } from './subscription.ts';

afterEach(expectNoUnhandledRejection);

const OF_SYMBOL = { symbols: [SYMBOL] };

const opened = async (): Promise<MemoryDex> => {
  const setting = memoryDex();
  await setting.dex.ready();
  return setting;
};
const heightOf = (item: Item<unknown>): unknown => (item.kind === 'events' ? item.height : item.kind);

describe('in a handler', () => {
  test('who leaves and comes again gets each frame once, by the subscription that is open then', async () => {
    const setting = await opened();
    const { dex, network } = setting;
    const seen: string[] = [];
    let handle: Handle;
    const come = (turn: number): void => {
      handle = dex.subscribe(trades, OF_SYMBOL, (item) => {
        seen.push(`${turn}: ${heightOf(item)}`);
        handle.close();
        come(turn + 1);
      });
    };
    come(1);
    await settled();
    network.last.say(tradesText(1), tradesText(2), tradesText(3));
    expect(seen).toEqual(['1: 1', '2: 2', '3: 3']);
    await settled();
    // The stream was wanted all along: nothing was left and asked for again.
    expect(network.last.sent).toHaveLength(2);
    expect(await closed(setting)).toBe(0);
  });

  test('who is closed by another one gets nothing more, not even of the frame that is being delivered', async () => {
    const setting = await opened();
    const { dex, network } = setting;
    const seen: string[] = [];
    const handles: Handle[] = [];
    for (const name of ['first', 'second'])
      handles.push(
        dex.subscribe(trades, OF_SYMBOL, (item) => {
          seen.push(`${name}: ${heightOf(item)}`);
          for (const handle of handles) handle.close();
        }),
      );
    await settled();
    network.last.say(tradesText(1), tradesText(2));
    expect(seen).toEqual(['first: 1']);
    await settled();
    expect(network.last.sent.at(-1)).toMatchObject({ method: 'unsubscribe', topic: 'trades' });
    expect(await closed(setting)).toBe(0);
  });

  test('who comes in the turn of a gap has no part in it, and gets what follows once', async () => {
    const setting = await opened();
    const { dex, network, clock } = setting;
    const seen: string[] = [];
    const late: string[] = [];
    const handle = dex.subscribe(trades, OF_SYMBOL, (item) => {
      seen.push(String(heightOf(item)));
      if (item.kind !== 'gap') return;
      handle.close();
      dex.subscribe(trades, OF_SYMBOL, (again) => late.push(String(heightOf(again))));
    });
    await settled();
    network.last.say(heightText(1), tradesText(1));
    network.last.drop();
    await clock.pass(1000);
    network.last.say(heightText(4), tradesText(5));
    expect(seen).toEqual(['1', 'gap']);
    expect(late).toEqual(['5']);
    expect(await closed(setting)).toBe(0);
  });
});

test('a subscription that is closed again and again takes nobody else’s along', async () => {
  const setting = await opened();
  const { dex, network } = setting;
  const seen: unknown[] = [];
  const [left, stays] = [dex.subscribe(trades, OF_SYMBOL), dex.subscribe(trades, OF_SYMBOL, (item) => seen.push(item))];
  await settled();
  for (let times = 0; times < 3; times += 1) {
    left.close();
    await left[Symbol.asyncIterator]().return?.();
    await left.drain();
    await settled();
  }
  network.last.say(tradesText(1));
  expect(seen).toHaveLength(1);
  expect(network.last.sent.at(-1)).toMatchObject({ method: 'subscribe' });
  stays.close();
  stays.close();
  await settled();
  expect(network.last.sent.at(-1)).toMatchObject({ method: 'unsubscribe' });
  expect(await closed(setting)).toBe(0);
});

test('the end is told once, behind what waited where it was drained', async () => {
  const setting = await opened();
  const { dex, network } = setting;
  const seen: unknown[] = [];
  const onEnd = (error?: unknown): unknown => seen.push(['end', error]);
  const subscription = dex.subscribe(trades, { ...OF_SYMBOL, onEnd });
  await settled();
  network.last.say(tradesText(1), tradesText(2));
  const draining = subscription.drain();
  expect(seen).toEqual([]);
  for await (const item of subscription) seen.push(heightOf(item));
  await draining;
  subscription.close();
  expect(seen).toEqual([1, 2, ['end', undefined]]);

  const given = dex.subscribe(trades, { ...OF_SYMBOL, onEnd });
  await settled();
  network.last.say(tradesText(3));
  const stopped = given.drain();
  given.close();
  await stopped;
  expect(seen.slice(3)).toEqual([['end', undefined]]);
  expect(await closed(setting)).toBe(0);
});

test('a handle outlives its sockets: the same one brings what ten of them bring, one after the other', async () => {
  const setting = await opened();
  const { dex, network, clock } = setting;
  const heights: unknown[] = [];
  const iterated: unknown[] = [];
  dex.subscribe(trades, OF_SYMBOL, (item) => {
    if (item.kind === 'events') heights.push(item.height);
  });
  const subscription = dex.subscribe(trades, OF_SYMBOL);
  void (async () => {
    for await (const item of subscription) if (item.kind === 'events') iterated.push(item.height);
  })();
  await settled();
  for (let socket = 1; socket <= 10; socket += 1) {
    network.last.say(heightText(socket), tradesText(socket));
    network.last.drop(socket % 2 ? 1000 : 1006);
    await clock.pass(30_000);
  }
  expect(heights).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(iterated).toEqual(heights);
  expect(network.dialled).toBe(11);
  expect(await closed(setting)).toBe(0);
});

test('an iterator takes one turn of promises for each item that waits, as few as there can be', async () => {
  const { dex, network } = await opened();
  const subscription = dex.subscribe(trades, OF_SYMBOL);
  await settled();
  for (let height = 1; height <= 1000; height += 1) network.last.say(tradesText(height));
  let isReading = true;
  let turns = 0;
  const counting = (async () => {
    while (isReading) {
      await undefined;
      turns += 1;
    }
  })();
  let read = 0;
  for await (const item of subscription) {
    expect(item.kind).toBe('events');
    read += 1;
    if (read === 1000) break;
  }
  isReading = false;
  await counting;
  expect(read).toBe(1000);
  expect(turns).toBeLessThan(1010);
});
