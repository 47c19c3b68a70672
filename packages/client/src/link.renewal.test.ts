import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { blockheight, marketDepth, marketDiff, orders, ticker, trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, type MemoryDex, memoryDex } from '../../../tests/support/memoryDex.ts';
import { MemoryNetwork } from '../../../tests/support/memorySocket.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import {
  ADDRESS,
  depthText,
  diffText,
  heightText,
  ordersText,
  refusalText,
  SYMBOL,
  tickerText,
  tradesText,
} from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Item } from './item.ts';

afterEach(expectNoUnhandledRejection);

const OF_SYMBOL = { symbols: [SYMBOL] };

const heightsOf = (items: readonly Item<unknown>[]): unknown[] =>
  items.map((item) => (item.kind === 'events' ? item.height : item.kind));
const take = ({ dex }: MemoryDex): Item<unknown>[] => {
  const items: Item<unknown>[] = [];
  dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
  return items;
};
const block = (height: number): string[] => [tradesText(height), heightText(height)];

describe('a renewed socket', () => {
  test('serves once the old one has come as far: nothing is lost and nothing comes twice', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(...block(1), ...block(2));
    const renewed = dex.renew();
    await settled();
    const next = network.last;
    expect(next).not.toBe(old);
    next.say(tradesText(3)); // before its first block it may not bring everything
    expect(heightsOf(items)).toEqual([1, 2]);
    next.say(heightText(3), ...block(4), ...block(5));
    expect(heightsOf(items)).toEqual([1, 2]); // the old one is at 2
    old.say(...block(3));
    expect(heightsOf(items)).toEqual([1, 2, 3, 4, 5]);
    old.say(...block(4));
    next.say(...block(6));
    await renewed;
    expect(heightsOf(items)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(network.live).toEqual([next]);
    await clock.pass(100);
    expect(await closed(setting)).toBe(0);
  });

  test('that is behind the old one brings what is new and no more', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(...block(1));
    void dex.renew();
    await settled();
    old.say(...block(2), ...block(3), ...block(4));
    network.last.say(heightText(2), ...block(3), ...block(4), ...block(5));
    expect(heightsOf(items)).toEqual([1, 2, 3, 4, 5]);
  });

  test('counts with what it brought before its first block, where the old one was made to forget it', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(...block(1), ...block(2));
    void dex.renew();
    await settled();
    network.last.say(...block(3));
    old.say(heightText(3));
    expect(heightsOf(items)).toEqual([1, 2, 3]);
  });

  test('brings several frames of one block whole, however they are cut between the two', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    const items: Item<{ orderId: string }>[] = [];
    dex.subscribe(orders, { address: ADDRESS }, (item) => items.push(item));
    await settled();
    const old = network.last;
    const first = ordersText(7);
    const second = first.replaceAll(/"i":"[^"]+"/g, '"i":"ANOTHER-1"');
    old.say(heightText(6));
    void dex.renew();
    await settled();
    old.say(first);
    network.last.say(heightText(6), first, second, heightText(7));
    const ids = items.flatMap((item) => (item.kind === 'events' ? item.events.map(({ orderId }) => orderId) : []));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('ANOTHER-1');
  });

  test('does not bring a depth that is older than the diffs of another one', async () => {
    const setting = memoryDex({ also: ['ws://other.test/api/ws'] });
    const { dex, network } = setting;
    const depths: unknown[] = [];
    dex.subscribe(marketDiff, OF_SYMBOL, () => {});
    dex.subscribe(marketDepth(), OF_SYMBOL, (item) => depths.push(item.kind === 'events' && item.height));
    await settled();
    const [one, two] = network.sockets;
    one?.say(heightText(1));
    two?.say(heightText(1));
    const diff = (second: number): string => diffText().replace(/"E":\d+/, `"E":${second}`);
    one?.say(diff(1), depthText(2), diff(2));
    two?.say(diff(1), depthText(3)); // it has yet to bring what the other one has
    expect(depths).toEqual([2]);
    two?.say(diff(2), depthText(4));
    expect(depths).toEqual([2, 4]);
  });

  test('that waits gives nothing of what was sent before somebody left who has come again', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    take(setting);
    const first = dex.subscribe(marketDiff, OF_SYMBOL, () => {});
    await settled();
    const old = network.last;
    old.say(heightText(1));
    const renewed = dex.renew();
    await settled();
    const next = network.last;
    const diff = (second: number): string => diffText().replace(/"E":\d+/, `"E":${second}`);
    next.say(heightText(3), diff(4));
    first.close();
    await settled();
    const seconds: unknown[] = [];
    dex.subscribe(marketDiff, OF_SYMBOL, (item) => {
      if (item.kind === 'events') seconds.push(...item.events.map(({ eventTime }) => eventTime));
    });
    await settled();
    next.say(diff(5), refusalText('unknown method', 'fence'), diff(6));
    old.say(refusalText('unknown method', 'fence'), heightText(3));
    await renewed;
    expect(seconds).toEqual([6]);
  });

  test('diffs of one second are told apart by what they say', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    let diffs = 0;
    dex.subscribe(marketDiff, OF_SYMBOL, ({ kind }) => {
      if (kind === 'events') diffs++;
    });
    await settled();
    const old = network.last;
    const first = diffText();
    const second = first.replace(/\d(?="\]\])/, '7');
    expect(second).not.toBe(first);
    old.say(heightText(6));
    void dex.renew();
    await settled();
    old.say(first);
    network.last.say(heightText(6), first, second, second);
    expect(diffs).toBe(2);
  });

  test('remembers several frames of one block, block after block', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    let reports = 0;
    dex.subscribe(orders, { address: ADDRESS }, (item) => {
      if (item.kind === 'events') reports += item.events.length;
    });
    await settled();
    const old = network.last;
    old.say(heightText(6));
    void dex.renew();
    await settled();
    let said = 0;
    for (const height of [7, 8, 9]) {
      for (const part of ['A', 'B', 'C']) {
        const text = ordersText(height).replaceAll(/"i":"[^"]+"/g, `"i":"${part}-1"`);
        old.say(text);
        said += text.split('"i":').length - 1;
      }
      old.say(heightText(height));
    }
    network.last.say(heightText(8), ordersText(9).replaceAll(/"i":"[^"]+"/g, '"i":"B-1"'), heightText(9));
    expect(reports).toBe(said);
  });

  test('goes on alone when the old one is lost before it could join', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(...block(1), ...block(2));
    void dex.renew();
    await settled();
    network.last.say(heightText(9), ...block(10));
    old.drop();
    expect(heightsOf(items)).toEqual([1, 2, 'gap', 'gapClosed', 10]);
    expect(items.slice(2, 4)).toMatchObject([
      { from: 1, cause: 'disconnect' },
      { from: 1, to: 9 },
    ]);
    await clock.pass(5000);
    network.last.say(...block(11));
    expect(heightsOf(items).at(-1)).toBe(11);
    expect(await closed(setting)).toBe(0);
  });

  test('does not wait for ever for an old one that is stuck', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    network.last.say(...block(1), ...block(2));
    void dex.renew();
    await settled();
    network.last.say(heightText(9), ...block(10));
    await clock.pass(4000);
    expect(heightsOf(items)).toEqual([1, 2, 'gap', 'gapClosed', 10]);
    expect(network.live).toEqual([network.last]);
  });

  test('alone brings what counts: the old one that is closing is not listened to any more, whatever comes of the new one', async () => {
    const setting = memoryDex({ closeTimeout: 60_000 });
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(...block(1));
    network.answersClose = false;
    void dex.renew();
    await settled();
    old.say(...block(2), ...block(3));
    network.last.say(heightText(2), ...block(3), ...block(4));
    network.last.drop();
    old.say(...block(4));
    await clock.pass(1000);
    network.last.say(heightText(6));
    expect(heightsOf(items)).toEqual([1, 2, 3, 4, 'gap', 'gapClosed']);
  });

  test('is alone from its next block on: nothing is compared with what the old one brought', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    take(setting);
    await settled();
    const old = network.last;
    old.say(...block(1));
    const renewed = dex.renew();
    await settled();
    for (const socket of network.live) socket.say(...block(2));
    await renewed;
    network.last.say(...block(3));
    const compared = dex.plan[0]?.paths[0];
    network.last.say(...block(4), ...block(5));
    expect(dex.plan[0]?.paths[0]).toEqual({ ...compared, height: 5 });
  });

  test('whose first block comes late is still believed to bring everything from there on only', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    network.last.say(...block(1), ...block(2));
    void dex.renew();
    await settled();
    await clock.pass(1000);
    network.last.say(tradesText(5)); // so that it has spoken, and no block comes
    await clock.pass(5000);
    network.last.say(...block(9));
    await clock.pass(4000);
    network.last.say(...block(10));
    expect(heightsOf(items)).toEqual([1, 2, 'gap', 'gapClosed', 5, 9, 10]);
    expect(items[3]).toMatchObject({ from: 1, to: 9 });
  });

  test('waits for the old one to come to its fences as well', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    const before = dex.subscribe(trades, OF_SYMBOL, () => {});
    await settled();
    const old = network.last;
    old.say(heightText(1));
    before.close();
    await settled();
    const items = take(setting);
    await settled();
    void dex.renew();
    await settled();
    network.last.say(heightText(2), tradesText(3));
    old.say(heightText(2));
    await settled();
    expect(network.live).toHaveLength(2);
    old.say(refusalText('Invalid method', 'fence'), ...block(3));
    expect(heightsOf(items)).toEqual([3]);
  });

  test('that is taken without a first block brings nothing older than the old one did, behind a gap', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(...block(9), ...block(10));
    const renewed = dex.renew();
    await settled();
    await clock.pass(1000);
    network.last.say(tradesText(7));
    await clock.pass(9000);
    await renewed;
    expect(network.live).toEqual([network.last]);
    network.last.say(...block(8), ...block(9), ...block(10), ...block(11));
    // Nobody knows what the old one took with it.
    expect(heightsOf(items)).toEqual([9, 10, 'gap', 'gapClosed', 11]);
  });

  test('that begins with the block at which the old one was lost brings nothing of after it twice', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    let tickers = 0;
    dex.subscribe(ticker, OF_SYMBOL, ({ kind }) => {
      if (kind === 'events') tickers++;
    });
    await settled();
    const old = network.last;
    old.say(heightText(5), tickerText());
    void dex.renew();
    await settled();
    old.drop();
    network.last.say(heightText(5), tickerText(), heightText(6));
    expect(tickers).toBe(1);
  });

  test('that is left alone before its first block brings nothing older than what has come', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(...block(10));
    void dex.renew();
    await settled();
    await clock.pass(1000);
    network.last.say(tradesText(8));
    await clock.pass(5000);
    old.drop();
    network.last.say(tradesText(9), ...block(10), ...block(11));
    expect(heightsOf(items)).toEqual([10, 'gap', 'gapClosed', 11]);
  });

  test('that brings what cannot be read is a gap once it counts, and an error at once', async () => {
    const setting = memoryDex();
    const { dex, network, errors } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(...block(1));
    void dex.renew();
    await settled();
    network.last.say(heightText(3), 'no JSON', '{"stream":"blockheight","data":{"h":"x"}}', ...block(5));
    expect(errors.map(({ code }) => code)).toEqual(['FRAME_NOT_JSON', 'FRAME_BAD_FIELD']);
    expect(heightsOf(items)).toEqual([1]);
    old.say(...block(2), ...block(3));
    expect(heightsOf(items)).toEqual([1, 2, 3, 'gap', 'gapClosed', 5]);
    expect(items[3]).toMatchObject({ cause: 'badFrame', from: 2 });
    expect(errors).toHaveLength(2);
  });

  test('that cannot be had leaves the old one as it is', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    const old = network.last;
    network.answer = 'refuse';
    const renewed = dex.renew();
    await clock.pass(1000);
    old.say(...block(3));
    expect(heightsOf(items)).toEqual([3]);
    network.answer = 'accept';
    await clock.pass(60_000);
    network.last.say(heightText(3));
    await renewed;
    expect(network.live).toEqual([network.last]);
    network.last.say(...block(4));
    expect(heightsOf(items)).toEqual([3, 4]);
    expect(await closed(setting)).toBe(0);
  });

  test('takes over what was subscribed to while it came up', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    take(setting);
    await settled();
    const old = network.last;
    old.say(heightText(1));
    void dex.renew();
    await settled();
    const later: Item<unknown>[] = [];
    dex.subscribe(trades, { symbols: ['B_X'] }, (item) => later.push(item));
    await settled();
    network.last.say(heightText(1), tradesText(2, 'B_X'));
    expect(heightsOf(later)).toEqual([2]);
  });
});

test('a socket that has come of age is renewed by itself, give or take a tenth', async () => {
  const setting = memoryDex({ renewEvery: 60_000 });
  const { network, clock } = setting;
  const items = take(setting);
  await settled();
  let height = 0;
  const minutes = 10;
  for (let second = 0; second < minutes * 60; second++) {
    height++;
    for (const socket of network.live) socket.say(...block(height));
    await clock.pass(1000);
  }
  expect(network.dialled).toBeGreaterThanOrEqual(minutes);
  expect(network.dialled).toBeLessThanOrEqual(minutes + 2);
  expect(heightsOf(items)).toEqual(Array.from({ length: height }, (_, place) => place + 1));
  expect(await closed(setting)).toBe(0);
});

test('what is asked for again and again on one socket leaves nothing behind', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const setting = memoryDex();
  const { dex, network } = setting;
  network.answersFences = true;
  dex.subscribe(ticker, OF_SYMBOL, () => {});
  await settled();
  network.last.say(heightText(1));
  let before = 0;
  for (let height = 2; height <= 3000; height++) {
    if (height === 1000) before = heap();
    const traded = dex.once(trades, OF_SYMBOL);
    await settled();
    network.last.say(tradesText(height));
    await traded;
    await settled();
    // What was sent is the test's to remember.
    network.last.sent.length = 0;
    await setting.clock.pass(1000);
  }
  expect(network.dialled).toBe(1);
  expect(heap() - before).toBeLessThan(1_000_000);
  expect(await closed(setting)).toBe(0);
}, 60_000);

describe('two endpoints', () => {
  const other = 'ws://other.test/api/ws';

  test('are asked for the same, the first copy of an event counts, and the plan tells how each does', async () => {
    const setting = memoryDex({ also: [other] });
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    expect(network.sockets.map(({ url }) => url)).toEqual(['ws://node.test/api/ws', other]);
    const [one, two] = network.sockets;
    expect(one?.sent).toEqual(two?.sent);
    one?.say(heightText(1));
    two?.say(heightText(1));
    one?.say(...block(2));
    await clock.pass(20);
    two?.say(...block(2), ...block(3));
    one?.say(...block(3));
    expect(heightsOf(items)).toEqual([2, 3]);
    expect(dex.plan).toMatchObject([
      {
        ask: 'commands',
        streams: ['$all@blockheight', `${SYMBOL}@trades`],
        paths: [
          { url: 'ws://node.test/api/ws', state: 'open', isServing: true, height: 3, first: 2, repeated: 2, behind: 0 },
          { url: other, state: 'open', isServing: true, height: 3, first: 2, repeated: 2, behind: 20 },
        ],
      },
    ]);
    expect(await closed(setting)).toBe(0);
  });

  test('bring nothing twice before the first block of either, and when one is behind', async () => {
    const setting = memoryDex({ also: [other] });
    const { network } = setting;
    const items = take(setting);
    await settled();
    const [one, two] = network.sockets;
    one?.say(tradesText(1));
    two?.say(tradesText(1), heightText(1), tradesText(2));
    one?.say(heightText(1), tradesText(2), heightText(2));
    two?.say(heightText(2));
    expect(heightsOf(items)).toEqual([1, 2]);
  });

  test('are waited for until a block has come by either, for one of them may be behind', async () => {
    const setting = memoryDex({ also: [other] });
    const { network, clock } = setting;
    const items = take(setting);
    await settled();
    const [one, two] = network.sockets;
    two?.say(tradesText(5));
    one?.say(heightText(2));
    one?.say(...block(3), ...block(4));
    expect(heightsOf(items)).toEqual([3, 4]);
    one?.say(...block(5));
    two?.say(heightText(5), ...block(6));
    expect(heightsOf(items)).toEqual([3, 4, 5, 6]);
    one?.drop();
    two?.drop();
    await clock.pass(1000);
    const [again, ahead] = network.live;
    ahead?.drop();
    again?.say(tradesText(8)); // alone it is listened to at once
    await clock.pass(2000);
    network.live.at(-1)?.say(heightText(7));
    expect(items.slice(4)).toMatchObject([
      { kind: 'gap', from: 5 },
      { kind: 'gapClosed', to: 8 },
      { kind: 'events', height: 8 },
    ]);
  });

  test('the loss of one is no gap, and it comes back', async () => {
    const setting = memoryDex({ also: [other] });
    const { network, clock } = setting;
    const items = take(setting);
    await settled();
    const [one, two] = network.sockets;
    one?.say(heightText(1));
    two?.say(heightText(1));
    one?.drop();
    two?.say(...block(2));
    await clock.pass(2000);
    network.last.say(heightText(2));
    two?.drop();
    network.last.say(...block(3));
    expect(heightsOf(items)).toEqual([2, 3]);
  });

  test('the loss of both is one gap', async () => {
    const setting = memoryDex({ also: [other] });
    const { network, clock } = setting;
    const items = take(setting);
    await settled();
    for (const socket of network.live) socket.say(...block(5));
    for (const socket of network.live) socket.drop();
    await clock.pass(3000);
    for (const socket of network.live) socket.say(heightText(9), ...block(10));
    expect(heightsOf(items)).toEqual([5, 'gap', 'gapClosed', 10]);
    expect(items[2]).toMatchObject({ from: 4, to: 9 });
  });

  test('one of them is enough to begin with, and a first dial fails only with both', async () => {
    const setting = memoryDex({ also: [other] });
    const { dex, network, clock } = setting;
    network.answer = 'refuse';
    const failed = dex.ready().catch(({ code }: { code: string }) => code);
    await clock.pass(10_000);
    expect(await failed).toBe('CONNECT_FAILED');
    expect(await closed(setting)).toBe(0);
  });
});

test('blocks that begin anew after a loss are told, and not taken for old ones', async () => {
  const setting = memoryDex();
  const { dex, network, clock } = setting;
  const items: Item<unknown>[] = [];
  dex.subscribe(blockheight, {}, (item) => items.push(item));
  await settled();
  network.last.say(heightText(500));
  network.last.drop();
  await clock.pass(1000);
  network.last.say(heightText(1), heightText(2));
  expect(heightsOf(items)).toEqual([500, 'gap', 'gapClosed', 1, 2]);
  network.last.drop();
  expect(items.at(-1)).toMatchObject({ kind: 'gap', from: 1 });
});

describe('what has taken the place of another', () => {
  test('is a path like any other: where everything is asked for twice, it is dialled again when it is lost', async () => {
    const setting = memoryDex({ also: ['ws://other.test/api/ws'] });
    const { dex, network, clock } = setting;
    take(setting);
    let height = 0;
    const live = () => network.sockets.filter(({ state }) => state === 'open');
    const seal = async (): Promise<void> => {
      height++;
      for (const socket of live()) socket.say(...block(height));
      await settled();
    };
    await settled();
    await seal();
    void dex.renew();
    await settled();
    await seal();
    await seal();
    expect(dex.plan[0]?.paths).toHaveLength(2);
    live()[1]?.drop();
    await clock.pass(1000);
    await seal();
    await seal();
    expect(dex.plan[0]?.paths.map(({ state, isServing }) => [state, isServing])).toEqual([
      ['open', true],
      ['open', true],
    ]);
    expect(await closed(setting)).toBe(0);
  });

  test('keeps nothing of it: ten thousand renewals leave the heap flat', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const network = new MemoryNetwork(2);
    const setting = memoryDex({}, network);
    take(setting).length = 0;
    await settled();
    let before = 0;
    for (let height = 1; height <= 10_000; height++) {
      if (height === 2000) before = heap();
      network.last.say(heightText(height));
      const renewed = setting.dex.renew();
      await settled();
      for (const socket of network.live) socket.say(heightText(height + 1));
      await renewed;
    }
    expect(network.dialled).toBe(10_001);
    expect(heap() - before).toBeLessThan(2_000_000);
    expect(await closed(setting)).toBe(0);
  }, 60_000);
});

test('an endpoint that is away at first is dialled until it is there', async () => {
  const [here, away] = [new MemoryNetwork(), new MemoryNetwork()];
  away.answer = 'refuse';
  const setting = memoryDex({
    also: ['ws://other.test/api/ws'],
    openSocket: (url, ...rest) => (url.includes('other') ? away : here).openSocket(url, ...rest),
  });
  const { dex, clock } = setting;
  take(setting);
  await settled();
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await clock.pass(1000);
      for (const { live } of [here, away]) for (const socket of live) socket.say(heightText(second));
    }
  };
  await pass(30);
  away.answer = 'accept';
  await pass(60);
  expect(dex.plan[0]?.paths.map(({ state }) => state)).toEqual(['open', 'open']);
  expect(await closed(setting)).toBe(0);
});

test('what nobody wants any more is not renewed', async () => {
  const setting = memoryDex();
  const { dex, network, clock } = setting;
  const handle = dex.subscribe(trades, OF_SYMBOL, () => {});
  await settled();
  network.last.say(...block(1));
  handle.close();
  await settled();
  await dex.renew();
  await clock.pass(60_000);
  expect(network.dialled).toBe(1);
  expect(network.live).toEqual([]);
  expect(await closed(setting)).toBe(0);
});
