import {
  accounts,
  blockheight,
  kline,
  marketDepth,
  orders,
  type Stream,
  ticker,
  trades,
  transfers,
} from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, memoryDex, subscribeTo } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import {
  ADDRESS,
  accountsText,
  heightText,
  OTHER_ADDRESS,
  ordersText,
  refusalText,
  SAMPLES,
  SYMBOL,
  tickerText,
  tradesText,
  transfersText,
} from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Dex } from './connection.ts';
import type { Item } from './item.ts';

afterEach(expectNoUnhandledRejection);

const OF_SYMBOL = { symbols: [SYMBOL] };
const PULSE = { method: 'subscribe', topic: 'blockheight', symbols: ['$all'] };

const take = (dex: Dex, stream: Stream, wanted: object): Item<unknown>[] => {
  const items: Item<unknown>[] = [];
  (dex.subscribe as (stream: Stream, wanted: object, callback: (item: Item<unknown>) => void) => void)(
    stream,
    wanted,
    (item) => items.push(item),
  );
  return items;
};
const heightsOf = (items: readonly Item<unknown>[]): unknown[] =>
  items.map((item) => (item.kind === 'events' ? item.height : item.kind));

describe('by commands', () => {
  test('what is subscribed to together is asked for together: a command a topic', async () => {
    const { dex, network } = memoryDex();
    take(dex, trades, { symbols: ['A_X', 'B_X'] });
    take(dex, trades, { symbols: ['C_X', 'A_X'] });
    take(dex, kline('1m'), OF_SYMBOL);
    take(dex, kline('1M'), OF_SYMBOL);
    take(dex, orders, { address: ADDRESS });
    take(dex, blockheight, {});
    await settled();
    expect(network.dialled).toBe(1);
    expect(network.last.sent).toEqual([
      { method: 'subscribe', topic: 'trades', symbols: ['A_X', 'B_X', 'C_X'] },
      { method: 'subscribe', topic: 'kline_1m', symbols: [SYMBOL] },
      { method: 'subscribe', topic: 'kline_1M', symbols: [SYMBOL] },
      { method: 'subscribe', topic: 'orders', address: ADDRESS },
      PULSE,
    ]);
  });

  test('symbols are folded to upper case, addresses to lower case, repetitions are one', async () => {
    const { dex, network } = memoryDex({ pulse: false });
    const items = take(dex, trades, { symbols: [SYMBOL.toLowerCase(), SYMBOL] });
    take(dex, orders, { address: ADDRESS.toUpperCase() });
    await settled();
    expect(network.last.sent).toEqual([
      { method: 'subscribe', topic: 'trades', symbols: [SYMBOL] },
      { method: 'subscribe', topic: 'orders', address: ADDRESS },
    ]);
    network.last.say(tradesText(1));
    expect(heightsOf(items)).toEqual([1]);
  });

  test('who leaves and comes again in one turn causes no command', async () => {
    const { dex, network } = memoryDex({ pulse: false });
    const handle = dex.subscribe(trades, OF_SYMBOL, () => {});
    await settled();
    handle.close();
    const items = take(dex, trades, OF_SYMBOL);
    dex.subscribe(ticker, OF_SYMBOL).close();
    await settled();
    expect(network.last.sent).toHaveLength(1);
    network.last.say(tradesText(1));
    expect(heightsOf(items)).toEqual([1]);
  });

  test('what ended while the socket was lost is not asked for again', async () => {
    const { dex, network, clock } = memoryDex({ pulse: false });
    const handle = dex.subscribe(trades, OF_SYMBOL, () => {});
    take(dex, ticker, OF_SYMBOL);
    await settled();
    network.last.drop();
    handle.close();
    await clock.pass(2000);
    expect(network.last.sent).toEqual([{ method: 'subscribe', topic: 'ticker', symbols: [SYMBOL] }]);
  });

  test('a personal topic is left without an address, as a whole', async () => {
    const { dex, network } = memoryDex({ pulse: false });
    const handle = dex.subscribe(orders, { address: ADDRESS }, () => {});
    take(dex, transfers, { address: ADDRESS });
    await settled();
    handle.close();
    await settled();
    expect(network.last.sent.at(-1)).toMatchObject({ method: 'unsubscribe', topic: 'orders' });
  });

  test('commands are paced: bursts of 50, then ten a second', async () => {
    const { dex, network, clock } = memoryDex({ pulse: false });
    for (let place = 0; place < 70; place++) {
      take(dex, trades, { symbols: [`S${place}_X`] });
      await settled();
    }
    expect(network.last.sent).toHaveLength(50);
    await clock.pass(1000);
    // What has waited together goes together.
    expect(network.last.sent).toHaveLength(51);
    expect((network.last.sent.at(-1) as { symbols: string[] }).symbols).toHaveLength(20);
    for (let place = 0; place < 40; place++) {
      take(dex, kline('1m'), { symbols: [`S${place}_X`] });
      take(dex, ticker, { symbols: [`S${place}_X`] });
      await settled();
      const before = network.last.sent.length;
      await clock.pass(100);
      expect(network.last.sent.length - before).toBeLessThanOrEqual(2);
    }
    await clock.pass(1000);
    expect(network.last.sent.length).toBeLessThanOrEqual(50 + 1 + 10 * 6);
    expect(network.last.sent.flatMap((command) => (command as { symbols: string[] }).symbols)).toHaveLength(150);
  });

  test('three thousand symbols are spread over sockets that take a thousand each, and all of them arrive', async () => {
    const { dex, network, clock } = memoryDex();
    const symbols = Array.from({ length: 3000 }, (_, place) => `S${place}_X`);
    const subscription = dex.subscribe(trades, { symbols });
    await subscription.ready();
    expect(network.dialled).toBe(4);
    const asked = network.sockets.flatMap(({ sent }) => sent as { topic: string; symbols: string[] }[]);
    for (const { symbols: some } of asked) expect(some.length).toBeLessThanOrEqual(1000);
    expect(asked.filter(({ topic }) => topic === 'trades').flatMap(({ symbols: some }) => some)).toEqual(symbols);
    network.sockets[0]?.say(tradesText(1, 'S0_X'));
    network.sockets[3]?.say(tradesText(1, 'S2999_X'));
    expect(subscription.stats.waiting).toBe(2);
    expect(await closed({ dex, network, clock, errors: [] })).toBe(0);
  });

  test('the deepest book has a socket with compression, everything else one without', async () => {
    const { dex, network } = memoryDex();
    take(dex, trades, OF_SYMBOL);
    take(dex, marketDepth(1000), OF_SYMBOL);
    take(dex, marketDepth(500), OF_SYMBOL);
    await settled();
    expect(network.sockets.map(({ compress }) => compress)).toEqual([false, true]);
    expect(network.sockets.map(({ sent }) => sent.map((command) => (command as { topic: string }).topic))).toEqual([
      ['trades', 'marketDepth500', 'blockheight'],
      ['marketDepth1000', 'blockheight'],
    ]);
  });
});

describe('one address a socket', () => {
  test('a second address gets a socket of its own, and each is told only of itself', async () => {
    const { dex, network } = memoryDex();
    const market = take(dex, trades, OF_SYMBOL);
    const first = take(dex, orders, { address: ADDRESS });
    const second = take(dex, orders, { address: OTHER_ADDRESS });
    const again = take(dex, transfers, { address: ADDRESS });
    await settled();
    expect(network.sockets.map(({ sent }) => sent)).toEqual([
      [
        { method: 'subscribe', topic: 'trades', symbols: [SYMBOL] },
        { method: 'subscribe', topic: 'orders', address: ADDRESS },
        { method: 'subscribe', topic: 'transfers', address: ADDRESS },
        PULSE,
      ],
      [{ method: 'subscribe', topic: 'orders', address: OTHER_ADDRESS }, PULSE],
    ]);
    network.sockets[0]?.say(ordersText(1), transfersText(2), tradesText(3));
    network.sockets[1]?.say(ordersText(4));
    expect(heightsOf(first)).toEqual([1]);
    expect(heightsOf(again)).toEqual([2]);
    expect(heightsOf(market)).toEqual([3]);
    expect(heightsOf(second)).toEqual([4]);
  });

  test('the loss of one socket is no gap on the other', async () => {
    const { dex, network, clock } = memoryDex();
    const first = take(dex, orders, { address: ADDRESS });
    const second = take(dex, orders, { address: OTHER_ADDRESS });
    await settled();
    network.sockets[0]?.say(heightText(10));
    network.sockets[1]?.say(heightText(12));
    network.sockets[1]?.drop();
    await clock.pass(2000);
    expect(first).toEqual([]);
    expect(second).toMatchObject([{ kind: 'gap', from: 11, streams: [OTHER_ADDRESS] }]);
    expect(network.last.sent).toEqual([{ method: 'subscribe', topic: 'orders', address: OTHER_ADDRESS }, PULSE]);
    network.last.say(heightText(19));
    expect(second.slice(1)).toMatchObject([{ kind: 'gapClosed', from: 11, to: 19 }]);
  });

  test('an address never follows another one on the same socket', async () => {
    const { dex, network } = memoryDex();
    take(dex, trades, OF_SYMBOL);
    dex.subscribe(orders, { address: ADDRESS }).close();
    await settled();
    take(dex, orders, { address: OTHER_ADDRESS });
    await settled();
    expect(network.dialled).toBe(2);
  });
});

describe('by one stream name in the URL', () => {
  test('each name has its socket, an address brings all three of its topics', async () => {
    const { dex, network } = memoryDex({ ask: 'name' });
    for (const sample of SAMPLES) subscribeTo(dex, sample);
    take(dex, trades, { symbols: ['A_X', SYMBOL] });
    await settled();
    expect(network.sockets.map(({ url }) => url)).toEqual([
      `ws://node.test/api/ws/${ADDRESS}`,
      ...SAMPLES.slice(3).map(({ name }) => `ws://node.test/api/ws/${name}`),
      'ws://node.test/api/ws/A_X@trades',
    ]);
    for (const { sent } of network.sockets) expect(sent).toEqual([]);
    // Also a topic of the address that is wanted later comes without being asked for.
    await dex.subscribe(transfers, { address: ADDRESS }).ready();
    expect(network.dialled).toBe(11);
  });

  test('a lost socket comes back by its own URL, and only it', async () => {
    const { dex, network, clock } = memoryDex({ ask: 'name' });
    const items = take(dex, trades, { symbols: ['A_X', 'B_X'] });
    await settled();
    network.sockets[1]?.drop();
    network.sockets[0]?.say(tradesText(5, 'A_X'));
    await clock.pass(2000);
    expect(network.last.url).toBe('ws://node.test/api/ws/B_X@trades');
    network.last.say(tradesText(6, 'B_X'));
    expect(heightsOf(items)).toEqual(['gap', 5, 'gapClosed', 6]);
  });

  test('personal topics that nobody wants are not decoded, and no surprise', async () => {
    const { dex, network, errors } = memoryDex({ ask: 'name' });
    take(dex, orders, { address: ADDRESS });
    await settled();
    network.last.say(accountsText(1), transfersText(1));
    expect(dex.stats.unwanted).toBe(2);
    expect(errors).toEqual([]);
  });

  test('the socket of a name is closed after it is left', async () => {
    const { dex, network, clock } = memoryDex({ ask: 'name' });
    const handle = dex.subscribe(trades, { symbols: ['A_X', 'B_X'] }, () => {});
    take(dex, trades, { symbols: ['A_X'] });
    await settled();
    handle.close();
    await clock.pass(5000);
    await settled();
    expect(network.sockets.map(({ state }) => state)).toEqual(['open', 'gone']);
  });

  test('a query of the URL is kept', async () => {
    const { connect } = await import('./connection.ts');
    const { network } = memoryDex();
    for (const ask of ['commands', 'name', 'combined'] as const) {
      const { openSocket } = network;
      take(connect('ws://node.test/api/ws?apikey=K', { ask, openSocket, pulse: false }), trades, OF_SYMBOL);
    }
    await settled();
    expect(network.sockets.map(({ url }) => url)).toEqual([
      'ws://node.test/api/ws?apikey=K',
      `ws://node.test/api/ws/${SYMBOL}@trades?apikey=K`,
      `ws://node.test/api/stream?apikey=K&streams=${SYMBOL}@trades`,
    ]);
  });
});

describe('by a combined URL', () => {
  test('what is subscribed to together shares one, with the pulse in it', async () => {
    const { dex, network } = memoryDex({ ask: 'combined' });
    const traded = take(dex, trades, OF_SYMBOL);
    const ticked = take(dex, ticker, OF_SYMBOL);
    take(dex, orders, { address: ADDRESS });
    take(dex, transfers, { address: ADDRESS });
    await settled();
    expect(network.sockets.map(({ url }) => url)).toEqual([
      `ws://node.test/api/stream?streams=$all@blockheight/${SYMBOL}@trades/${SYMBOL}@ticker/${ADDRESS}`,
    ]);
    expect(network.last.sent).toEqual([]);
    network.last.say(tradesText(1), tickerText());
    expect(heightsOf(traded)).toEqual([1]);
    expect(heightsOf(ticked)).toEqual([undefined]);
  });

  test('what comes later opens another one, unless it is there already', async () => {
    const { dex, network } = memoryDex({ ask: 'combined', pulse: false });
    take(dex, trades, OF_SYMBOL);
    await settled();
    take(dex, trades, OF_SYMBOL);
    take(dex, ticker, { symbols: ['A_X', 'B_X'] });
    await settled();
    expect(network.sockets.map(({ url }) => url)).toEqual([
      `ws://node.test/api/stream?streams=${SYMBOL}@trades`,
      'ws://node.test/api/stream?streams=A_X@ticker/B_X@ticker',
    ]);
  });

  test('what was left is not in the URL of the next dial', async () => {
    const { dex, network, clock } = memoryDex({ ask: 'combined', pulse: false });
    const handle = dex.subscribe(trades, OF_SYMBOL, () => {});
    const items = take(dex, ticker, OF_SYMBOL);
    await settled();
    handle.close();
    await settled();
    network.last.say(tradesText(1));
    network.last.drop();
    await clock.pass(2000);
    expect(network.last.url).toBe(`ws://node.test/api/stream?streams=${SYMBOL}@ticker`);
    expect(heightsOf(items)).toEqual(['gap', 'gapClosed']);
  });

  test('a URL has a bounded length', async () => {
    const { dex, network } = memoryDex({ ask: 'combined' });
    take(dex, trades, { symbols: Array.from({ length: 250 }, (_, place) => `BNB${place}-1DE_BTCB-1DE`) });
    await settled();
    expect(network.dialled).toBe(3);
    for (const { url } of network.sockets) expect(url.length).toBeLessThan(4096);
  });
});

describe('what is asked for again on the same socket', () => {
  const FENCE = refusalText('Invalid method', 'fence');

  test('begins with what was sent for it, and not with what was still on its way', async () => {
    const { dex, network } = memoryDex();
    const first = dex.subscribe(trades, OF_SYMBOL, () => {});
    await settled();
    first.close();
    await settled();
    const items = take(dex, trades, OF_SYMBOL);
    await settled();
    const methods = network.last.sent.map((sent) => (sent as { method: string }).method);
    expect(methods.slice(-3)).toEqual(['unsubscribe', 'fence', 'subscribe']);
    network.last.say(tradesText(1), FENCE, tradesText(3));
    expect(heightsOf(items)).toEqual([3]);
  });

  test('keeps to the pace, fences and all, and is asked for however slow that is', async () => {
    const { dex, network, clock } = memoryDex({ commands: { perSecond: 1, burst: 1 } });
    const first = dex.subscribe(trades, OF_SYMBOL, () => {});
    await clock.pass(10_000);
    first.close();
    await settled();
    const items = take(dex, trades, OF_SYMBOL);
    take(dex, ticker, OF_SYMBOL);
    const before = network.last.sent.length;
    const sent = (): string[] =>
      network.last.sent.slice(before).map((command) => (command as { readonly method: string }).method);
    await clock.pass(2500);
    expect(sent()).toEqual(['fence', 'subscribe']);
    await clock.pass(2500);
    expect(sent()).toEqual(['fence', 'subscribe', 'subscribe']);
    network.last.say(FENCE, tradesText(3));
    expect(heightsOf(items)).toEqual([3]);
  });

  test('is taken as it comes where a gateway speaks and does not answer, after a while', async () => {
    const { dex, network, clock } = memoryDex();
    for (let turn = 0; turn < 2; turn++) {
      const before = dex.subscribe(trades, OF_SYMBOL, () => {});
      await settled();
      before.close();
      await settled();
      const items = take(dex, trades, OF_SYMBOL);
      await settled();
      network.last.say(tradesText(1));
      expect(heightsOf(items)).toEqual(turn === 0 ? [] : [1]);
      for (let second = 0; second < 17; second++) {
        network.last.say(heightText(second));
        await clock.pass(1000);
      }
      network.last.say(tradesText(2));
      expect(heightsOf(items).at(-1)).toBe(2);
    }
  });
});

describe('a refused command', () => {
  const FENCE = refusalText('Invalid method', 'fence');
  const subscribed = (symbols: string[]): object => ({ method: 'subscribe', topic: 'trades', symbols });

  test('ends the subscription that is refused again before the fence, with the words of the gateway, and no other', async () => {
    const { dex, network, errors } = memoryDex();
    const quiet = take(dex, trades, OF_SYMBOL);
    const refused = dex
      .subscribe(trades, { symbols: ['NO_SUCH'] })
      [Symbol.asyncIterator]()
      .next();
    await settled();
    network.last.say(refusalText());
    const fence = { method: 'fence' };
    expect(network.last.sent.at(-1)).toEqual(fence);
    network.last.say(FENCE);
    expect(network.last.sent.slice(-2)).toEqual([subscribed([SYMBOL, 'NO_SUCH']), fence]);
    network.last.say(refusalText(), FENCE);
    expect(network.last.sent.slice(-2)).toEqual([subscribed([SYMBOL]), fence]);
    network.last.say(FENCE);
    expect(network.last.sent.slice(-2)).toEqual([subscribed(['NO_SUCH']), fence]);
    network.last.say(refusalText(), FENCE);
    await expect(refused).rejects.toMatchObject({ code: 'COMMAND_REFUSED', message: 'subscribe: Invalid symbol(s)' });
    network.last.say(tradesText(2));
    expect(heightsOf(quiet)).toEqual([2]);
    expect(errors).toEqual([]);
    await settled();
    expect(network.last.sent.at(-1)).toEqual(fence);
  });

  test('of two that are refused one behind the other, nothing else is taken for either', async () => {
    const { dex, network, errors } = memoryDex();
    const quiet = take(dex, trades, OF_SYMBOL);
    const pulses = take(dex, blockheight, {});
    await settled();
    const refused = [dex.once(ticker, { symbols: ['NO_SUCH'] }), dex.once(kline('1m'), { symbols: ['NO_SUCH'] })];
    await settled();
    network.last.say(refusalText(), refusalText(), FENCE);
    for (let turn = 0; turn < 4; turn++) {
      const asked = network.last.sent.at(-2) as { readonly topic: string };
      network.last.say(...(/ticker|kline/.test(asked.topic) ? [refusalText()] : []), FENCE);
    }
    for (const once of refused) await expect(once).rejects.toMatchObject({ code: 'COMMAND_REFUSED' });
    network.last.say(tradesText(2), heightText(2));
    expect(heightsOf(quiet)).toEqual([2]);
    expect(heightsOf(pulses)).toEqual([2]);
    expect(errors).toEqual([]);
  });

  test('of what was asked for while another one was looked for is looked for as well', async () => {
    const { dex, network } = memoryDex();
    const quiet = take(dex, trades, OF_SYMBOL);
    await settled();
    const first = dex.once(ticker, { symbols: ['NO_SUCH'] });
    await settled();
    network.last.say(refusalText(), FENCE);
    const second = dex.once(kline('1m'), { symbols: ['NO_SUCH'] });
    await settled();
    network.last.say(refusalText(), FENCE); // of the second, while the trades are being asked for
    for (let turn = 0; turn < 4; turn++) {
      const asked = network.last.sent.at(-2) as { readonly topic: string };
      network.last.say(...(/ticker|kline/.test(asked.topic) ? [refusalText()] : []), FENCE);
    }
    for (const once of [first, second]) await expect(once).rejects.toMatchObject({ code: 'COMMAND_REFUSED' });
    network.last.say(tradesText(2));
    expect(heightsOf(quiet)).toEqual([2]);
  });

  test('is looked for at the pace of commands, each suspect once', async () => {
    const { dex, network, clock } = memoryDex({ commands: { perSecond: 1, burst: 3 } });
    take(dex, trades, OF_SYMBOL);
    const refused = dex.once(ticker, { symbols: ['NO_SUCH'] });
    await clock.pass(10_000);
    network.last.say(refusalText());
    await settled();
    take(dex, kline('1m'), OF_SYMBOL); // waits for its turn while the first suspect is being asked for
    take(dex, marketDepth(), OF_SYMBOL);
    await clock.pass(10_000);
    expect(network.last.sent.filter((sent) => (sent as { method: string }).method === 'fence')).toHaveLength(1);
    network.last.say(FENCE);
    await clock.pass(10_000);
    network.last.say(FENCE);
    await clock.pass(10_000);
    network.last.say(refusalText(), FENCE);
    await expect(refused).rejects.toMatchObject({ code: 'COMMAND_REFUSED' });
  });

  test('silences nobody else for long, where a gateway does not answer fences', async () => {
    const { dex, network, clock, errors } = memoryDex();
    const quiet = take(dex, trades, OF_SYMBOL);
    take(dex, trades, { symbols: ['NO_SUCH'] });
    await settled();
    network.last.say(refusalText());
    for (let second = 1; second <= 20; second++) {
      await clock.pass(1000);
      network.last.say(heightText(second));
    }
    expect(network.last.sent.slice(-2)).toEqual([subscribed([SYMBOL]), subscribed(['NO_SUCH'])]);
    network.last.say(refusalText(), tradesText(21));
    expect(errors).toMatchObject([{ code: 'COMMAND_REFUSED' }]);
    expect(heightsOf(quiet)).toEqual([21]);
  });

  test('of what is not wanted any more ends nobody', async () => {
    const { dex, network } = memoryDex();
    const quiet = take(dex, trades, OF_SYMBOL);
    const left = dex.subscribe(ticker, { symbols: ['NO_SUCH'] });
    await left.ready();
    left.close();
    network.last.say(refusalText(), FENCE);
    network.last.say(tradesText(1));
    expect(heightsOf(quiet)).toEqual([1]);
  });

  test('of an address is not held against a symbol', async () => {
    const { dex, network } = memoryDex();
    const quiet = take(dex, trades, OF_SYMBOL);
    const once = dex.once(accounts, { address: ADDRESS });
    await settled();
    network.last.say(refusalText('Invalid address'), FENCE, refusalText('Invalid address'), FENCE);
    await expect(once).rejects.toMatchObject({ code: 'COMMAND_REFUSED' });
    network.last.say(tradesText(1));
    expect(heightsOf(quiet)).toEqual([1]);
  });

  test('rejects every once of the same name, and a later one anew', async () => {
    const { dex, network } = memoryDex();
    for (let round = 0; round < 2; round++) {
      const both = [1, 2].map(() => dex.once(trades, { symbols: ['NO_SUCH'] }));
      await settled();
      network.last.say(refusalText(), FENCE, refusalText(), FENCE);
      for (const once of both) await expect(once).rejects.toMatchObject({ code: 'COMMAND_REFUSED' });
    }
  });

  test('that a lost socket interrupts the search for is asked for again, all of it', async () => {
    const { dex, network, clock } = memoryDex();
    take(dex, trades, OF_SYMBOL);
    take(dex, trades, { symbols: ['NO_SUCH'] });
    await settled();
    network.last.say(refusalText());
    network.last.drop();
    await clock.pass(1000);
    expect(network.last.sent).toContainEqual(subscribed([SYMBOL, 'NO_SUCH']));
  });

  test('of a URL with several names makes the next socket ask by commands, so that one name cannot silence the others', async () => {
    const { dex, network, clock } = memoryDex({ ask: 'combined' });
    const good = take(dex, trades, OF_SYMBOL);
    const refused = dex.once(trades, { symbols: ['NO_SUCH'] });
    await settled();
    network.last.say(refusalText());
    network.last.drop(1008, 'Invalid symbol(s)');
    await clock.pass(1000);
    expect(network.last.url).toMatch(/\/ws$/);
    network.last.say(refusalText(), FENCE, refusalText(), FENCE);
    network.last.say(FENCE, refusalText(), FENCE);
    await expect(refused).rejects.toMatchObject({ code: 'COMMAND_REFUSED' });
    network.last.say(tradesText(4), heightText(4));
    expect(heightsOf(good)).toEqual(['gap', 'gapClosed', 4]);
  });

  test('of an unsubscribe means nothing: what comes unwanted is not decoded', async () => {
    const { dex, network, errors } = memoryDex();
    const items = take(dex, trades, OF_SYMBOL);
    await settled();
    network.last.say(refusalText('Invalid symbol(s)', 'unsubscribe'), tradesText(1));
    expect(errors).toEqual([]);
    expect(heightsOf(items)).toEqual([1]);
  });
});

describe('a frame that cannot be read', () => {
  const bad = (text: string): string => text.replace('3333.00000000', '3333,0');

  test('is reported with its place, and a gap for all of its topic, and nobody else', async () => {
    const { dex, network, errors } = memoryDex();
    const [one, two, other] = [
      take(dex, trades, OF_SYMBOL),
      take(dex, trades, { symbols: ['A_X'] }),
      take(dex, ticker, OF_SYMBOL),
    ];
    await settled();
    network.last.say(heightText(6), bad(tradesText(7)), tradesText(8));
    expect(errors).toMatchObject([{ code: 'FRAME_BAD_FIELD', path: 'data[0].p' }]);
    expect(one).toMatchObject([
      { kind: 'gap', cause: 'badFrame', from: 5, streams: [`${SYMBOL}@trades`] },
      { kind: 'gapClosed', lost: 'some' },
      { kind: 'events', height: 8 },
    ]);
    expect(two).toMatchObject([{ kind: 'gap', streams: ['A_X@trades'] }, { kind: 'gapClosed' }]);
    expect(other).toEqual([]);
    expect(dex.stats).toMatchObject({ unreadable: 1 });
    expect(network.last.state).toBe('open');
  });

  test('that does not even tell its topic may be anybody’s: a gap for all', async () => {
    const { dex, network, errors } = memoryDex();
    const items = [take(dex, trades, OF_SYMBOL), take(dex, ticker, OF_SYMBOL)];
    await settled();
    for (const text of ['', 'no JSON', '{"stream":"trades', '[]', '{"data":1}', 'null']) network.last.say(text);
    expect(errors).toHaveLength(6);
    for (const one of items)
      expect(heightsOf(one)).toEqual(Array.from({ length: 6 }, () => ['gap', 'gapClosed']).flat());
  });

  test('with spaces or its keys in another order is read all the same', async () => {
    const { dex, network, errors } = memoryDex();
    const items = take(dex, trades, OF_SYMBOL);
    await settled();
    const { stream, data } = JSON.parse(tradesText(7).replace(/"T":\d+/, '"T":1')) as { stream: string; data: unknown };
    network.last.say(JSON.stringify({ data, stream }, undefined, 2));
    expect(heightsOf(items)).toEqual([7]);
    expect(errors).toEqual([]);
  });

  test('keys that no table has are counted', async () => {
    const { dex, network } = memoryDex();
    const items = take(dex, trades, OF_SYMBOL);
    await settled();
    network.last.say(tradesText(7).replace('"e":"trade"', '"e":"trade","new":1'));
    expect(heightsOf(items)).toEqual([7]);
    expect(dex.stats.unknownKeys).toBe(1);
  });

  test('of a topic that does not exist is reported once, and counted each time', async () => {
    const { dex, network, errors } = memoryDex();
    take(dex, trades, OF_SYMBOL);
    await settled();
    for (let times = 0; times < 3; times++)
      network.last.say('{"stream":"news","data":{}}', '{"stream":"gossip","data":{}}');
    expect(errors).toMatchObject([{ code: 'FRAME_UNKNOWN_TOPIC' }, { code: 'FRAME_UNKNOWN_TOPIC' }]);
    expect(dex.stats).toMatchObject({ unwanted: 6 });
  });
});

test('a burst of one command is enough to find what a refusal meant', async () => {
  const setting = memoryDex({ commands: { perSecond: 5, burst: 1 } });
  const { dex, network, clock } = setting;
  const ends: unknown[] = [];
  dex.subscribe(trades, { symbols: [SYMBOL], onEnd: (error) => ends.push(error) }, () => {});
  dex.subscribe(trades, { symbols: ['NO_SUCH'], onEnd: (error) => ends.push(error) }, () => {});
  let read = 0;
  for (let turn = 0; turn < 40; turn++) {
    await clock.pass(200);
    for (const sent of network.last.sent.slice(read) as { method: string; symbols?: string[] }[]) {
      read++;
      if (sent.method === 'fence') network.last.say(refusalText('Invalid method', 'fence'));
      else if (sent.symbols?.includes('NO_SUCH')) network.last.say(refusalText());
    }
  }
  expect(ends).toMatchObject([{ code: 'COMMAND_REFUSED' }]);
  expect(await closed(setting)).toBe(0);
});

test('a frame that cannot be read loses nothing of what newer frames replace, and is counted as a gap', async () => {
  const counts: [string, number, object][] = [];
  const setting = memoryDex({
    metrics: { count: (name, by, tags) => name === 'gaps' && counts.push([name, by, tags]), measure: () => {} },
  });
  const { dex, network } = setting;
  const tickers = take(dex, ticker, OF_SYMBOL);
  const quiet = take(dex, trades, OF_SYMBOL);
  await settled();
  network.last.say(tickerText().replace(/"c":"[^"]*"/, '"c":"x,y"'), tradesText(1).replace(/"p":"[^"]*"/, '"p":"x,y"'));
  expect(tickers).toMatchObject([{ kind: 'gap', cause: 'badFrame' }, { lost: 'none' }]);
  expect(quiet).toMatchObject([{ kind: 'gap', cause: 'badFrame' }, { lost: 'some' }]);
  expect(counts).toEqual([
    ['gaps', 1, { cause: 'badFrame' }],
    ['gaps', 1, { cause: 'badFrame' }],
  ]);
  expect(await closed(setting)).toBe(0);
});
