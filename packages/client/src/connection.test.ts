import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { blockheight, type DexError, kline, orders, trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, type MemoryDex, memoryDex, subscribeTo, URL_OF_NODE } from '../../../tests/support/memoryDex.ts';
import { MemoryNetwork } from '../../../tests/support/memorySocket.ts';
import { seededRandom } from '../../../tests/support/random.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { ADDRESS, heightText, refusalText, SAMPLES, SYMBOL, tradesText } from '../../../tests/support/sampleFrames.ts';
import { settled, VirtualClock } from '../../../tests/support/virtualClock.ts';
import { connect } from './connection.ts';
import { ClosedError, ConnectionError } from './errors.ts';
import type { Item } from './item.ts';

afterEach(expectNoUnhandledRejection);

const take = (dex: MemoryDex['dex']): Item<unknown>[] => {
  const items: Item<unknown>[] = [];
  dex.subscribe(trades, { symbols: [SYMBOL] }, (item) => items.push(item));
  return items;
};
const kinds = (items: readonly Item<unknown>[]): string[] =>
  items.map((item) => (item.kind === 'gap' ? item.cause : item.kind));

describe('dialling', () => {
  test('nothing is dialled before the first subscription', async () => {
    const { dex, network, clock } = memoryDex();
    await clock.pass(60_000);
    expect(network.dialled).toBe(0);
    dex.subscribe(trades, { symbols: [SYMBOL] });
    await settled();
    expect(network.dialled).toBe(1);
    expect(network.last.url).toBe(URL_OF_NODE);
  });

  test('the first dial tries again until connectTimeout, then everything that waits rejects with the cause', async () => {
    const { dex, network, clock, errors } = memoryDex();
    network.answer = 'refuse';
    const waits = [
      dex.once(trades, { symbols: [SYMBOL] }),
      dex.subscribe(kline('1m'), { symbols: [SYMBOL] }).ready(),
      dex.ready(),
      dex.subscribe(blockheight)[Symbol.asyncIterator]().next(),
    ].map((wait) =>
      wait.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    await clock.pass(9999);
    expect(network.dialled).toBeGreaterThan(3);
    await clock.pass(1);
    for (const error of await Promise.all(waits)) {
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ code: 'CONNECT_FAILED', cause: { message: 'connect ECONNREFUSED' } });
    }
    expect(errors).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('a callback whose first dial fails is told through onError, once', async () => {
    const setting = memoryDex();
    setting.network.answer = 'refuse';
    take(setting.dex);
    await setting.clock.pass(20_000);
    expect(setting.errors).toMatchObject([{ code: 'CONNECT_FAILED' }]);
    expect(setting.clock.pending).toBe(0);
  });

  test('after a first dial that failed the next subscription dials again', async () => {
    const { dex, network, clock } = memoryDex();
    network.answer = 'refuse';
    const failed = dex.ready().catch((error: unknown) => error);
    await clock.pass(10_000);
    expect(await failed).toBeInstanceOf(ConnectionError);
    network.answer = 'accept';
    await dex.ready();
  });

  test('a handshake that hangs rejects with its cause as well', async () => {
    const { dex, network, clock } = memoryDex();
    network.answer = 'hang';
    const failed = dex.ready().catch((error: unknown) => error);
    await clock.pass(10_000);
    expect(await failed).toMatchObject({ code: 'CONNECT_FAILED', cause: { code: 'CONNECT_TIMEOUT' } });
    expect(network.live).toEqual([]);
  });

  test('a URL that is none rejects with its cause', async () => {
    const { dex, network, clock } = memoryDex();
    network.answer = 'throw';
    const failed = dex.ready().catch((error: unknown) => error);
    await clock.pass(10_000);
    expect(await failed).toMatchObject({ code: 'CONNECT_FAILED', cause: { name: 'SyntaxError' } });
  });

  test.each([
    ['mainnet', 'wss://dex.binance.org/api/ws', /the public service has ended/],
    ['testnet', 'wss://testnet-dex.binance.org/api/ws', /the public service has ended/],
    ['local', 'ws://127.0.0.1:27100/api/ws', /npm start/],
  ])('a failure to reach %s says where it was sought and what to do', async (target, url, hint) => {
    const network = new MemoryNetwork();
    const clock = new VirtualClock();
    network.answer = 'refuse';
    const failed = connect(target, { openSocket: network.openSocket, clock })
      .ready()
      .catch((error: DexError) => error.message);
    await clock.pass(10_000);
    expect(network.last.url).toBe(url);
    expect(await failed).toMatch(hint);
    expect(await failed).toContain(url);
  });

  test('once it was open, it never gives up', async () => {
    const { dex, network, clock } = memoryDex();
    const items = take(dex);
    await settled();
    network.answer = 'refuse';
    network.last.drop();
    await clock.pass(3_600_000);
    network.answer = 'hang';
    await clock.pass(3_600_000);
    network.answer = 'accept';
    await clock.pass(60_000);
    network.last.say(tradesText(9));
    expect(kinds(items)).toEqual(['disconnect', 'gapClosed', 'events']);
  });

  test('a handshake that hangs is dropped in time, and the next try succeeds', async () => {
    const { dex, network, clock } = memoryDex();
    take(dex);
    await settled();
    network.answer = 'hang';
    network.last.drop();
    await clock.pass(1000);
    const [, hanging] = network.sockets;
    network.answer = 'accept';
    await clock.pass(12_000);
    expect(hanging?.state).toBe('gone');
    expect(network.last.state).toBe('open');
  });

  test('attempts are spread by chance, and the same chance spreads them the same way', async () => {
    const attempts = async (seed: number): Promise<number[]> => {
      const { dex, network, clock } = memoryDex({ random: seededRandom(seed) });
      take(dex);
      await settled();
      network.answer = 'refuse';
      network.last.drop();
      const times: number[] = [];
      for (let dialled = network.dialled, second = 0; second < 600; second++) {
        await clock.pass(100);
        if (network.dialled > dialled) times.push(second);
        dialled = network.dialled;
      }
      return times;
    };
    expect(await attempts(7)).toEqual(await attempts(7));
    expect(await attempts(7)).not.toEqual(await attempts(8));
  });
});

describe('a lost socket', () => {
  test.each([1000, 1001, 1006, 1008, 1009, 1011, 1013])(
    'closed with %i: a gap at once, then it is dialled again and asked again',
    async (code) => {
      const { dex, network, clock, errors } = memoryDex();
      const items = take(dex);
      await settled();
      network.last.say(tradesText(41));
      network.last.drop(code, 'expired');
      expect(items.at(-1)).toEqual({
        kind: 'gap',
        id: 1,
        from: 40,
        cause: 'disconnect',
        streams: [`${SYMBOL}@trades`],
      });
      await clock.pass(500);
      expect(network.dialled).toBe(2);
      expect(kinds(items)).toEqual(['events', 'disconnect']);
      network.last.say(heightText(44));
      expect(items.at(-1)).toEqual({ kind: 'gapClosed', id: 1, from: 40, to: 44, repaired: 0, lost: 'unknown' });
      network.last.say(tradesText(45));
      expect(kinds(items)).toEqual(['events', 'disconnect', 'gapClosed', 'events']);
      expect(errors).toEqual([]);
    },
  );

  test('every one of the twelve streams is subscribed again, and goes on', async () => {
    const { dex, network, clock } = memoryDex();
    const taken = SAMPLES.map((sample) => {
      const subscription = subscribeTo(dex, sample);
      const items: Item<unknown>[] = [];
      void (async () => {
        for await (const item of subscription) items.push(item);
      })();
      return items;
    });
    await settled();
    const asked = network.last.sent;
    expect(asked).toHaveLength(12);
    for (let times = 0; times < 3; times++) {
      for (const { text } of SAMPLES) network.last.say(text);
      network.last.drop();
      await clock.pass(2000);
      expect(new Set(network.last.sent.map((command) => JSON.stringify(command)))).toEqual(
        new Set(asked.map((command) => JSON.stringify(command))),
      );
    }
    network.last.say(heightText(100));
    await settled();
    for (const items of taken.slice(0, -1)) {
      expect(kinds(items)).toEqual(Array.from({ length: 3 }, () => ['events', 'disconnect', 'gapClosed']).flat());
    }
    // Its own text is what ended each gap.
    expect(kinds(taken.at(-1) ?? [])).toEqual([...kinds(taken[0] ?? []), 'events']);
    await closed({ dex, clock, network, errors: [] });
  });

  test('the pulse tells how far a stream was surely seen, even if it said nothing itself', async () => {
    const { dex, network } = memoryDex();
    const items = take(dex);
    await settled();
    network.last.say(heightText(500), heightText(501));
    network.last.drop();
    expect(items).toMatchObject([{ kind: 'gap', from: 500 }]);
  });

  test('without a pulse nothing more is subscribed, and the stream tells of its own blocks', async () => {
    const { dex, network } = memoryDex({ pulse: false });
    const items = take(dex);
    await settled();
    expect(network.last.sent).toEqual([{ method: 'subscribe', topic: 'trades', symbols: [SYMBOL] }]);
    network.last.drop();
    expect(items).toEqual([
      { kind: 'gap', id: 1, from: undefined, cause: 'disconnect', streams: [`${SYMBOL}@trades`] },
    ]);
  });

  test('what an old socket still says is ignored', async () => {
    const { dex, network, clock } = memoryDex();
    const items = take(dex);
    await settled();
    const old = network.last;
    old.drop();
    old.say(tradesText(7));
    await clock.pass(2000);
    old.say(tradesText(8));
    old.say(heightText(8));
    old.onClose?.(1006, '');
    old.onOpen?.();
    network.last.say(heightText(9));
    expect(kinds(items)).toEqual(['disconnect', 'gapClosed']);
    expect(network.dialled).toBe(2);
  });

  test('what is subscribed to while the socket is lost has no gap', async () => {
    const { dex, network, clock } = memoryDex();
    take(dex);
    await settled();
    network.last.drop();
    const items = take(dex);
    await clock.pass(2000);
    network.last.say(tradesText(7));
    expect(kinds(items)).toEqual(['events']);
  });

  test('nobody listening: no dial is made any more', async () => {
    const { dex, network, clock } = memoryDex();
    const subscription = dex.subscribe(trades, { symbols: [SYMBOL] });
    await settled();
    network.answer = 'refuse';
    network.last.drop();
    await clock.pass(5000);
    subscription.close();
    await settled();
    const { dialled } = network;
    await clock.pass(600_000);
    expect(network.dialled).toBe(dialled);
    expect(clock.pending).toBe(0);
  });
});

describe('keepAlive', () => {
  test('it is sent by the clock, under constant traffic too', async () => {
    const { dex, network, clock } = memoryDex();
    take(dex);
    await settled();
    for (let second = 0; second < 3600; second++) {
      network.last.say(tradesText(second));
      clock.advance(1000);
    }
    const kept = network.last.sent.filter((command) => (command as { method: string }).method === 'keepAlive');
    // Every 10 minutes, a tenth sooner or later.
    expect(kept.length).toBeGreaterThanOrEqual(5);
    expect(kept.length).toBeLessThanOrEqual(6);
  });

  test('it is sent as well while somebody comes and goes', async () => {
    const { dex, network, clock } = memoryDex();
    for (let round = 0; round < 400; round++) {
      const subscription = dex.subscribe(trades, { symbols: [SYMBOL] });
      await clock.pass(3000);
      subscription.close();
      await clock.pass(3000);
    }
    expect(network.dialled).toBe(1);
    expect(
      network.last.sent.filter((command) => (command as { method: string }).method === 'keepAlive').length,
    ).toBeGreaterThanOrEqual(3);
  });
});

describe('a socket that nobody wants', () => {
  test('it stays for a while, then it is closed in order, and the next subscription dials again', async () => {
    const { dex, network, clock } = memoryDex();
    const subscription = dex.subscribe(trades, { symbols: [SYMBOL] });
    await settled();
    subscription.close();
    await clock.pass(4999);
    expect(network.last.state).toBe('open');
    await clock.pass(1);
    await settled();
    expect(network.last.state).toBe('gone');
    expect(clock.pending).toBe(0);
    await dex.once(trades, { symbols: [SYMBOL], signal: AbortSignal.abort() }).catch(() => {});
    expect(network.dialled).toBe(1);
    take(dex);
    await settled();
    expect(network.dialled).toBe(2);
  });

  test('who subscribes while it closes gets a new one', async () => {
    const { dex, network, clock } = memoryDex();
    network.answersClose = false;
    const subscription = dex.subscribe(trades, { symbols: [SYMBOL] });
    await settled();
    subscription.close();
    await clock.pass(5000);
    expect(network.last.state).toBe('closing');
    const items = take(dex);
    await settled();
    expect(network.dialled).toBe(2);
    network.last.say(tradesText(7));
    expect(kinds(items)).toEqual(['events']);
    await clock.pass(5000);
    expect(network.sockets[0]?.state).toBe('gone');
    expect(network.last.state).toBe('open');
  });
});

describe('close', () => {
  const STATES: Record<string, (setting: MemoryDex) => Promise<void>> = {
    idle: async () => {},
    'just subscribed': async ({ dex }) => void dex.subscribe(trades, { symbols: [SYMBOL] }),
    dialing: async ({ dex, network }) => {
      network.answer = 'hang';
      dex.subscribe(trades, { symbols: [SYMBOL] });
      await settled();
    },
    open: async ({ dex }) => {
      dex.subscribe(trades, { symbols: [SYMBOL] });
      await settled();
    },
    lingering: async ({ dex }) => {
      const subscription = dex.subscribe(trades, { symbols: [SYMBOL] });
      await settled();
      subscription.close();
      await settled();
    },
    waiting: async ({ dex, network }) => {
      dex.subscribe(trades, { symbols: [SYMBOL] });
      await settled();
      network.last.drop();
    },
    'waiting for the first time': async ({ dex, network, clock }) => {
      network.answer = 'refuse';
      dex.subscribe(trades, { symbols: [SYMBOL] });
      await clock.pass(100);
    },
    closing: async ({ dex, clock }) => {
      const subscription = dex.subscribe(trades, { symbols: [SYMBOL] });
      await settled();
      subscription.close();
      await clock.pass(5000);
    },
    paced: async ({ dex }) => {
      for (let place = 0; place < 60; place++) {
        dex.subscribe(trades, { symbols: [`S${place}_BNB`] });
        await settled();
      }
    },
  };

  for (const [name, reach] of Object.entries(STATES)) {
    for (const answersClose of [true, false]) {
      test(`from ${name}, ${answersClose ? 'answered' : 'unanswered'}: it is awaited, bounded and final, and leaves nothing`, async () => {
        const setting = memoryDex();
        const { dex, network, clock } = setting;
        network.answersClose = answersClose;
        await reach(setting);
        let isClosed = false;
        const closing = dex.close().then(() => {
          isClosed = true;
        });
        await clock.pass(answersClose ? 0 : 5000);
        await settled();
        expect(isClosed).toBe(true);
        await closing;
        expect(clock.pending).toBe(0);
        expect(network.live).toEqual([]);
        const { dialled } = network;
        expect(() => dex.subscribe(trades, { symbols: [SYMBOL] })).toThrow(ClosedError);
        await expect(dex.once(trades, { symbols: [SYMBOL] })).rejects.toThrow(ClosedError);
        await expect(dex.ready()).rejects.toThrow(ClosedError);
        await clock.pass(3_600_000);
        expect(network.dialled).toBe(dialled);
      });
    }
  }

  test('everything that waits ends: iterators are done, once and ready reject', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    network.answer = 'hang';
    const next = dex
      .subscribe(trades, { symbols: [SYMBOL] })
      [Symbol.asyncIterator]()
      .next();
    const rejected = [dex.once(trades, { symbols: [SYMBOL] }), dex.ready(), dex.subscribe(blockheight).ready()].map(
      (wait) =>
        wait.then(
          () => undefined,
          (error: unknown) => error,
        ),
    );
    await settled();
    expect(await closed(setting)).toBe(0);
    expect(await next).toEqual({ done: true, value: undefined });
    for (const error of await Promise.all(rejected)) expect(error).toMatchObject({ code: 'CLOSED' });
  });

  test('nothing is delivered after it, not even what was waiting', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    const iterator = dex.subscribe(trades, { symbols: [SYMBOL] })[Symbol.asyncIterator]();
    const items = take(dex);
    await settled();
    const socket = network.last;
    socket.say(tradesText(1));
    const closing = dex.close();
    socket.say(tradesText(2));
    await closing;
    socket.say(tradesText(3));
    expect(kinds(items)).toEqual(['events']);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('twice is once, also as a disposal, and also out of a callback', async () => {
    const setting = memoryDex();
    const { dex, network } = setting;
    const seen: Promise<void>[] = [];
    dex.subscribe(trades, { symbols: [SYMBOL] }, () => seen.push(dex.close()));
    await settled();
    network.last.say(tradesText(1));
    expect(dex.close()).toBe(seen[0]);
    await Promise.all([dex.close(), dex[Symbol.asyncDispose]()]);
    expect(network.dialled).toBe(1);
    expect(setting.clock.pending).toBe(0);
  });

  test('a socket that the user closed does not come back', async () => {
    const setting = memoryDex();
    take(setting.dex);
    await settled();
    await closed(setting);
    setting.network.last.onClose?.(1000, '');
    await setting.clock.pass(3_600_000);
    expect(setting.network.dialled).toBe(1);
  });
});

describe('status', () => {
  test('it tells every state, first the one that is', async () => {
    const setting = memoryDex();
    const { dex, network, clock } = setting;
    const names: string[] = [];
    const told = (async () => {
      for await (const { name } of dex.status()) names.push(name);
    })();
    await settled();
    take(dex);
    await settled();
    network.last.drop(1006, 'gone');
    await clock.pass(2000);
    await closed(setting);
    await told;
    expect(names).toEqual(['idle', 'dialing', 'open', 'waiting', 'dialing', 'open', 'closing', 'closed', 'closed']);
  });

  test('a state carries what belongs to it', async () => {
    const { dex, network, clock } = memoryDex();
    dex.subscribe(orders, { address: ADDRESS }, () => {});
    await settled();
    const status = async (): Promise<unknown> => {
      for await (const found of dex.status()) return found;
      return undefined;
    };
    expect(await status()).toMatchObject({ name: 'open', generation: 1, url: URL_OF_NODE, address: ADDRESS });
    network.last.drop(1011, 'oh no');
    expect(await status()).toMatchObject({
      name: 'waiting',
      attempt: 1,
      cause: { code: 'SOCKET_CLOSED', message: 'SOCKET_CLOSED: 1011 oh no' },
    });
    network.answer = 'hang';
    await clock.pass(1000);
    expect(await status()).toMatchObject({ name: 'dialing', attempt: 1, generation: 2 });
  });

  test('its signal ends the wait, with its reason', async () => {
    const { dex } = memoryDex();
    const controller = new AbortController();
    const iterator = dex.status(controller.signal)[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    await setImmediate();
    controller.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  test('who does not read it finds the last hundred states', async () => {
    const { dex, network, clock } = memoryDex();
    const iterator = dex.status()[Symbol.asyncIterator]();
    await iterator.next();
    take(dex);
    await settled();
    network.answer = 'refuse';
    network.last.drop();
    await clock.pass(24 * 3_600_000);
    let count = 0;
    const done = dex.close();
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) count++;
    await done;
    expect(count).toBe(100);
  });

  test('after the end there is one state', async () => {
    const setting = memoryDex();
    await closed(setting);
    const states = [];
    for await (const state of setting.dex.status()) states.push(state);
    expect(states).toEqual([{ name: 'closed' }]);
  });
});

test('every wait rejects upon an abort, with the reason of its signal', async () => {
  const { dex, network } = memoryDex();
  network.answer = 'hang';
  const reason = new Error('enough');
  const waits: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => dex.ready(signal),
    (signal) => dex.once(trades, { symbols: [SYMBOL], signal }),
    (signal) => dex.once(orders, { address: ADDRESS, signal }),
    (signal) => dex.once(blockheight, { signal }),
    (signal) => dex.subscribe(blockheight).ready(signal),
    (signal) => dex.subscribe(blockheight, {}, () => {}).ready(signal),
  ];
  for (const wait of waits) {
    await expect(wait(AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = wait(controller.signal);
    await settled();
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  }
});

test('ten thousand reconnects leave no timer, no socket, no listener and no growing list behind', async () => {
  const network = new MemoryNetwork(2);
  const setting = memoryDex({ backoff: { first: 100, factor: 2, most: 1000 } }, network);
  const { dex, clock, errors } = setting;
  let gaps = 0;
  let ends = 0;
  dex.subscribe(trades, { symbols: [SYMBOL] }, (item) => {
    if (item.kind === 'gap') gaps++;
    if (item.kind === 'gapClosed') ends++;
  });
  const unread = dex.subscribe(blockheight);
  const hung = dex.subscribe(orders, { address: ADDRESS }, () => new Promise(() => {}));
  const status = dex.status()[Symbol.asyncIterator]();
  await status.next();
  await settled();
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  let before = 0;
  for (let times = 0; times < 10_000; times++) {
    if (times === 2000) before = heap();
    network.last.say(heightText(times));
    network.last.drop(times % 2 ? 1000 : 1006);
    expect(clock.pending).toBe(1);
    await clock.pass(1000);
  }
  network.last.say(heightText(10_000));
  expect(gaps).toBe(10_000);
  expect(ends).toBe(10_000);
  expect(network.last.sent).toHaveLength(3);
  expect(clock.pending).toBe(2); // the next keepAlive, and the next look at what is silent
  expect(unread.stats.waiting).toBe(1000);
  expect(hung.stats.waiting).toBe(0);
  expect(heap() - before).toBeLessThan(2_000_000);
  await status.return?.();
  expect(await closed(setting)).toBe(0);
  expect(errors).toEqual([]);
}, 60_000);

test('a closed client is kept alive by nothing, not even by a signal that lives on', async () => {
  const { signal } = new AbortController();
  const make = async (): Promise<WeakRef<object>[]> => {
    const setting = memoryDex();
    const subscription = setting.dex.subscribe(trades, { symbols: [SYMBOL], signal });
    const handle = setting.dex.subscribe(blockheight, { signal }, () => {});
    await subscription.ready(signal);
    setting.network.last.say(tradesText(1));
    await closed(setting);
    return [setting.dex, subscription, handle].map((one) => new WeakRef<object>(one));
  };
  const refs = await make();
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let times = 0; times < 5; times++) {
    await setImmediate();
    collect();
  }
  expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined]);
});

test('a gateway that only refuses commands keeps its connection', async () => {
  const { dex, network, errors } = memoryDex();
  take(dex);
  await settled();
  network.last.say(tradesText(1), refusalText('Invalid topic'));
  expect(errors).toMatchObject([{ code: 'COMMAND_REFUSED', message: 'subscribe: Invalid topic' }]);
  expect(network.last.state).toBe('open');
});

test('an option that is given as undefined is not given', async () => {
  const { dex, network } = memoryDex({ connectTimeout: undefined, random: undefined } as object);
  await dex.ready();
  expect(network.dialled).toBe(1);
  const subscription = dex.subscribe(trades, { symbols: [SYMBOL], queue: { limit: undefined } as object });
  await subscription.ready();
  for (let height = 1; height <= 10_001; height++) network.last.say(tradesText(height));
  expect(subscription.stats).toMatchObject({ waiting: 10_000, dropped: 1 });
});

test('unknown topics without end are counted, not kept', async () => {
  const { dex, network, errors } = memoryDex();
  await dex.ready();
  for (let topic = 0; topic < 1000; topic++) network.last.say(`{"stream":"unknown topic ${topic}","data":{}}`);
  expect(dex.stats.unwanted).toBe(1000);
  expect(errors.length).toBeLessThan(250);
});

describe('onEnd', () => {
  test('it is called once when a subscription is over, with what ended it, which then comes nowhere else', async () => {
    const { dex, network, clock, errors } = memoryDex();
    network.answer = 'refuse';
    const ends: unknown[] = [];
    dex.subscribe(trades, { symbols: [SYMBOL], onEnd: (error) => ends.push(error?.code) }, () => {});
    await clock.pass(10_000);
    expect(ends).toEqual(['CONNECT_FAILED']);
    const options = { onEnd: (error?: DexError) => ends.push(error) };
    const closedByHand = dex.subscribe(blockheight, options);
    closedByHand.close();
    closedByHand.close();
    dex.subscribe(blockheight, options, () => {});
    await dex.close();
    expect(ends).toEqual(['CONNECT_FAILED', undefined, undefined]);
    expect(errors).toEqual([]);
  });

  test('what it throws is reported, and harms nobody', async () => {
    const { dex, errors } = memoryDex();
    const thrown = new Error('thrown');
    const onEnd = (): void => {
      throw thrown;
    };
    dex.subscribe(blockheight, { onEnd }).close();
    expect(errors).toMatchObject([{ code: 'CONSUMER_THREW', cause: thrown }]);
    await dex.close();
  });
});
