import { blockheight, kline, marketDepth, orders, ticker, trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, type MemoryDex, memoryDex, URL_OF_NODE } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import {
  ADDRESS,
  depthText,
  heightText,
  klineText,
  SYMBOL,
  tickerText,
  tradesText,
} from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Item } from './item.ts';
import type { DexOptions } from './options.ts';
import type { Status } from './status.ts';

afterEach(expectNoUnhandledRejection);

const OF_SYMBOL = { symbols: [SYMBOL] };

/** A connection on which silence is noticed, and all that it tells of it. */
const listening = (options: DexOptions = {}): MemoryDex & { readonly told: Status[] } => {
  const setting = memoryDex({ staleAfter: 5000, ...options });
  const told: Status[] = [];
  void (async () => {
    for await (const status of setting.dex.status())
      if (status.name === 'stale' || status.name === 'live') told.push(status);
  })();
  return { ...setting, told };
};
const kinds = (items: readonly Item<unknown>[]): string[] =>
  items.map((item) =>
    item.kind === 'gap' ? item.cause : item.kind === 'gapClosed' ? `closed ${item.lost}` : 'events',
  );

/** The chain goes on for so many seconds, two blocks each, told on all live sockets, with more of the test's. */
const live = async (
  { network, clock }: MemoryDex,
  seconds: number,
  height: { now: number },
  ...texts: string[]
): Promise<void> => {
  for (let half = 0; half < seconds * 2; half++) {
    height.now++;
    for (const socket of network.live) socket.say(heightText(height.now), ...texts);
    await clock.pass(500);
  }
};

describe('a socket that falls silent', () => {
  test('is told within five seconds, and another one takes its place as soon as it brings blocks', async () => {
    const setting = listening();
    const { dex, network, clock, told } = setting;
    const items: Item<unknown>[] = [];
    dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
    await settled();
    const height = { now: 100 };
    await live(setting, 3, height);
    const old = network.last;
    old.say(tradesText(106));
    await clock.pass(5000);
    expect(told).toEqual([{ name: 'stale', url: URL_OF_NODE }]);
    expect(items.slice(1)).toMatchObject([{ kind: 'gap', cause: 'silence', from: 105 }]);
    expect(network.live).toHaveLength(2);
    network.last.say(heightText(120), tradesText(121));
    await clock.pass(1000);
    expect(network.live).toEqual([network.last]);
    expect(kinds(items)).toEqual(['events', 'silence', 'closed unknown', 'events']);
    expect(items[2]).toMatchObject({ from: 105, to: 120 });
    expect(await closed(setting)).toBe(0);
  });

  test('that speaks again has lost nothing', async () => {
    const setting = listening();
    const { dex, network, clock, told } = setting;
    const items: Item<unknown>[] = [];
    dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
    await settled();
    network.last.say(heightText(7));
    network.answer = 'hang';
    const old = network.last;
    await clock.pass(6000);
    old.say(tradesText(8));
    expect(kinds(items)).toEqual(['silence', 'closed none', 'events']);
    await settled();
    expect(told.map(({ name }) => name)).toEqual(['stale', 'live']);
    expect(await closed(setting)).toBe(0);
  });

  test('while the venue itself stands still is kept, and tried again ever more seldom', async () => {
    const setting = listening();
    const { dex, network, clock } = setting;
    const items: Item<unknown>[] = [];
    dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
    await settled();
    const [old] = network.sockets;
    old?.say(heightText(7));
    await clock.pass(600_000);
    expect(old?.state).toBe('open');
    expect(network.dialled).toBeGreaterThan(5);
    expect(network.dialled).toBeLessThan(20);
    expect(network.live.length).toBeLessThanOrEqual(2);
    old?.say(heightText(8), tradesText(9));
    expect(kinds(items)).toEqual(['silence', 'closed none', 'events']);
    expect(await closed(setting)).toBe(0);
  });

  test('before its first block ends a gap all the same, after five seconds', async () => {
    const { dex, network, clock } = memoryDex();
    const items: Item<unknown>[] = [];
    dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
    await settled();
    network.last.say(heightText(7));
    network.last.drop();
    await clock.pass(1000);
    network.last.say(tradesText(9));
    expect(kinds(items)).toEqual(['disconnect']);
    await clock.pass(6000);
    expect(kinds(items)).toEqual(['disconnect', 'events', 'closed unknown']);
    expect(items[2]).toMatchObject({ to: undefined });
  });

  test('is not suspected without a pulse, where silence means nothing', async () => {
    const { dex, network, clock, told } = listening({ ask: 'name' });
    dex.subscribe(trades, OF_SYMBOL, () => {});
    await clock.pass(60_000);
    expect(network.dialled).toBe(1);
    expect(told).toEqual([]);
  });

  test('may be so for ever, if that is what is wanted', async () => {
    const { dex, network, clock, told } = listening({ staleAfter: Number.POSITIVE_INFINITY });
    dex.subscribe(ticker, OF_SYMBOL, () => {});
    await clock.pass(3_600_000);
    expect(network.dialled).toBe(1);
    expect(told).toEqual([]);
  });

  test('a clock that jumps makes nothing silent', async () => {
    const setting = listening();
    const { dex, network, clock, told } = setting;
    dex.subscribe(trades, OF_SYMBOL, () => {});
    await settled();
    const height = { now: 100 };
    await live(setting, 2, height);
    const now = clock.now.bind(clock);
    clock.now = () => now() + 86_400_000;
    await live(setting, 10, height);
    expect(told).toEqual([]);
    expect(network.dialled).toBe(1);
  });
});

describe('a stream that falls silent while others come', () => {
  test.each([
    ['ticker', ticker, tickerText()],
    ['kline', kline('1m'), klineText('1m')],
  ] as const)('%s is told, and asked for anew, and nothing else', async (topic, stream, text) => {
    const setting = listening();
    const { dex, network, told } = setting;
    const items: Item<unknown>[] = [];
    dex.subscribe(stream, OF_SYMBOL, (item) => items.push(item));
    dex.subscribe(trades, OF_SYMBOL, () => {});
    await settled();
    const height = { now: 100 };
    await live(setting, 2, height, text);
    const asked = network.last.sent.length;
    await live(setting, 3, height);
    expect(told).toEqual([]);
    await live(setting, 2, height);
    const name = `${SYMBOL}@${stream.topic}`;
    expect(told).toMatchObject([{ name: 'stale', stream: name }]);
    expect(items.at(-1)).toMatchObject({ kind: 'gap', cause: 'silence', streams: [name] });
    expect(network.last.sent.slice(asked)).toEqual([{ method: 'subscribe', topic: stream.topic, symbols: [SYMBOL] }]);
    network.last.say(text);
    await settled();
    expect(told.at(-1)).toMatchObject({ name: 'live', stream: name });
    expect(kinds(items).slice(-2)).toEqual([topic === 'ticker' ? 'closed none' : 'closed unknown', 'events']);
    expect(network.dialled).toBe(1);
    expect(await closed(setting)).toBe(0);
  });

  test('and stays so gets another socket', async () => {
    const setting = listening();
    const { dex, network } = setting;
    const items: Item<unknown>[] = [];
    dex.subscribe(ticker, OF_SYMBOL, (item) => items.push(item));
    dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
    await settled();
    const height = { now: 100 };
    await live(setting, 16, height);
    expect(network.dialled).toBe(2);
    expect(network.live).toEqual([network.last]);
    expect(kinds(items)).toEqual(['silence']);
    network.last.say(tickerText());
    expect(kinds(items)).toEqual(['silence', 'closed none', 'events']);
  });

  test('does not hold up the other symbols of its subscription', async () => {
    const setting = listening();
    const { dex, network } = setting;
    const symbols: string[] = [];
    dex.subscribe(ticker, { symbols: ['A_X', 'B_X'] }, (item) => {
      if (item.kind === 'events') symbols.push(...item.events.map(({ symbol }) => symbol));
      else symbols.push(item.kind);
    });
    await settled();
    const height = { now: 100 };
    await live(setting, 7, height, tickerText('A_X'));
    expect(new Set(symbols)).toEqual(new Set(['A_X', 'gap']));
    expect(symbols.at(-1)).toBe('A_X');
    network.last.say(tickerText('B_X'), tickerText('A_X'));
    expect(symbols.slice(-3)).toEqual(['gapClosed', 'B_X', 'A_X']);
  });

  test('the pulse is a stream like others: forgotten, it is asked for anew', async () => {
    const setting = listening();
    const { dex, network, clock, told } = setting;
    dex.subscribe(trades, OF_SYMBOL, () => {});
    await settled();
    network.last.say(heightText(1));
    for (let second = 0; second < 6; second++) {
      network.last.say(tradesText(second));
      await clock.pass(1000);
    }
    expect(told).toMatchObject([{ name: 'stale', stream: '$all@blockheight' }]);
    expect(network.last.sent.slice(-1)).toEqual([{ method: 'subscribe', topic: 'blockheight', symbols: ['$all'] }]);
  });

  test('streams that may be quiet are not suspected while the pulse goes on', async () => {
    const setting = listening();
    const { dex, network, told } = setting;
    for (const stream of [trades, marketDepth()]) dex.subscribe(stream, OF_SYMBOL, () => {});
    dex.subscribe(orders, { address: ADDRESS }, () => {});
    await settled();
    network.last.say(depthText(1));
    await live(setting, 60, { now: 100 });
    expect(told).toEqual([]);
    expect(network.dialled).toBe(1);
  });
});

describe('wake', () => {
  test('makes a silent socket suspicious within a second, and leaves a live one alone', async () => {
    const setting = listening();
    const { dex, network, clock, told } = setting;
    dex.subscribe(blockheight, {}, () => {});
    await settled();
    const height = { now: 1 };
    await live(setting, 2, height);
    dex.wake();
    await live(setting, 2, height);
    expect(told).toEqual([]);
    dex.wake();
    await clock.pass(1000);
    expect(told).toEqual([{ name: 'stale', url: URL_OF_NODE }]);
    expect(network.dialled).toBe(2);
    expect(await closed(setting)).toBe(0);
  });

  test('does not wait for the next attempt of a lost socket', async () => {
    const { dex, network, clock } = listening({ backoff: { first: 60_000, factor: 1, most: 60_000 } });
    dex.subscribe(blockheight, {}, () => {});
    await settled();
    network.last.drop();
    await clock.pass(10);
    expect(network.dialled).toBe(1);
    dex.wake();
    expect(network.dialled).toBe(2);
  });

  test('comes with whatever tells that the program has slept, as long as the connection is open', async () => {
    let wake = (): void => {};
    let isDeaf = false;
    const setting = listening({
      wakes: (call) => {
        wake = call;
        return () => {
          isDeaf = true;
        };
      },
    });
    const { dex, clock, told } = setting;
    dex.subscribe(blockheight, {}, () => {});
    await clock.pass(1500);
    wake();
    await clock.pass(1000);
    expect(told).toHaveLength(0); // no block has come by it yet, so it is not known to serve
    setting.network.last.say(heightText(1));
    await clock.pass(10);
    wake();
    await clock.pass(1000);
    expect(told).toHaveLength(1);
    await closed(setting);
    expect(isDeaf).toBe(true);
  });
});
