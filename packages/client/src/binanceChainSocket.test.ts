import { decode, type Stream, streamForTopic, toJson, toWire } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { URL_OF_NODE } from '../../../tests/support/memoryDex.ts';
import { MemoryNetwork } from '../../../tests/support/memorySocket.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import {
  ADDRESS,
  accountsText,
  depthText,
  diffText,
  heightText,
  klineText,
  miniTickerText,
  ordersText,
  refusalText,
  SAMPLES,
  SYMBOL,
  tickerText,
  tradesText,
  transfersText,
} from '../../../tests/support/sampleFrames.ts';
import { settled, VirtualClock } from '../../../tests/support/virtualClock.ts';
import { BinanceChainSocket, type BinanceChainSocketOptions, type SocketHandle } from './binanceChainSocket.ts';
import { KLine } from './kLine.ts';

afterEach(expectNoUnhandledRejection);

const setUp = (options: BinanceChainSocketOptions = { url: URL_OF_NODE }) => {
  const network = new MemoryNetwork();
  const clock = new VirtualClock();
  const printed: string[] = [];
  const errors: unknown[] = [];
  const socket = new BinanceChainSocket({
    openSocket: network.openSocket,
    clock,
    print: (line) => printed.push(line),
    onError: (error) => errors.push(error),
    ...options,
  });
  return { network, clock, printed, errors, socket };
};

/** The frame of a text as the Python package gave it, but exact. */
const frameOf = (text: string): { stream: string; data: unknown } => {
  const stream = streamForTopic((JSON.parse(text) as { stream: string }).stream) as Stream;
  return { stream: stream.topic, data: toWire(stream, decode(stream, text)) };
};

type Long = { oneOff: false; callback?: (socket: SocketHandle, frame: unknown) => unknown };
const textOf = (topic: string): string => SAMPLES.find(({ stream }) => stream.topic === topic)?.text ?? '';

/** Each method: its name, the URL behind `/ws/`, a frame, and both ways to call it. */
const METHODS: readonly [
  title: string,
  name: string,
  text: string,
  first: (socket: BinanceChainSocket) => Promise<unknown>,
  every: (socket: BinanceChainSocket, long: Long) => SocketHandle,
][] = [
  [
    'fetchAccountUpdates: orders',
    ADDRESS,
    ordersText(1),
    (socket) => socket.fetchAccountUpdates({ userAddress: ADDRESS }),
    (socket, long) => socket.fetchAccountUpdates({ userAddress: ADDRESS, ...long }),
  ],
  [
    'fetchAccountUpdates: accounts',
    ADDRESS,
    accountsText(1),
    (socket) => socket.fetchAccountUpdates({ userAddress: ADDRESS }),
    (socket, long) => socket.fetchAccountUpdates({ userAddress: ADDRESS, ...long }),
  ],
  [
    'fetchAccountUpdates: transfers',
    ADDRESS,
    transfersText(1),
    (socket) => socket.fetchAccountUpdates({ userAddress: ADDRESS }),
    (socket, long) => socket.fetchAccountUpdates({ userAddress: ADDRESS, ...long }),
  ],
  [
    'fetchTradesUpdates',
    `${SYMBOL}@trades`,
    tradesText(1),
    (socket) => socket.fetchTradesUpdates({ tradingPair: SYMBOL }),
    (socket, long) => socket.fetchTradesUpdates({ tradingPair: SYMBOL, ...long }),
  ],
  [
    'fetchMarketDiffStream',
    `${SYMBOL}@marketDiff`,
    diffText(),
    (socket) => socket.fetchMarketDiffStream({ tradingPair: SYMBOL }),
    (socket, long) => socket.fetchMarketDiffStream({ tradingPair: SYMBOL, ...long }),
  ],
  [
    'fetchMarketDepthStream',
    `${SYMBOL}@marketDepth`,
    depthText(1),
    (socket) => socket.fetchMarketDepthStream({ tradingPair: SYMBOL }),
    (socket, long) => socket.fetchMarketDepthStream({ tradingPair: SYMBOL, ...long }),
  ],
  [
    'fetchKlineUpdates',
    `${SYMBOL}@kline_5m`,
    klineText('5m'),
    (socket) => socket.fetchKlineUpdates({ tradingPair: SYMBOL, interval: KLine.interval5min }),
    (socket, long) => socket.fetchKlineUpdates({ tradingPair: SYMBOL, interval: KLine.interval5min, ...long }),
  ],
  [
    'fetchTickerStreams of a pair, full',
    `${SYMBOL}@ticker`,
    tickerText(),
    (socket) => socket.fetchTickerStreams({ tradingPair: SYMBOL }),
    (socket, long) => socket.fetchTickerStreams({ tradingPair: SYMBOL, isFullData: true, ...long }),
  ],
  [
    'fetchTickerStreams of a pair, mini',
    `${SYMBOL}@miniTicker`,
    miniTickerText(),
    (socket) => socket.fetchTickerStreams({ tradingPair: SYMBOL, isFullData: false }),
    (socket, long) => socket.fetchTickerStreams({ tradingPair: SYMBOL, isFullData: false, ...long }),
  ],
  [
    'fetchTickerStreams of all, full',
    '$all@allTickers',
    textOf('allTickers'),
    (socket) => socket.fetchTickerStreams(),
    (socket, long) => socket.fetchTickerStreams(long),
  ],
  [
    'fetchTickerStreams of all, mini',
    '$all@allMiniTickers',
    textOf('allMiniTickers'),
    (socket) => socket.fetchTickerStreams({ isFullData: false }),
    (socket, long) => socket.fetchTickerStreams({ isFullData: false, ...long }),
  ],
  [
    'fetchBlockHeightUpdates',
    '$all@blockheight',
    heightText(8_699_895),
    (socket) => socket.fetchBlockHeightUpdates(),
    (socket, long) => socket.fetchBlockHeightUpdates(long),
  ],
];

describe.each(METHODS)('%s', (_title, name, text, first, every) => {
  test('one-off: resolves to the first frame, then closes its socket', async () => {
    const { network, clock, socket, printed } = setUp();
    const frame = first(socket);
    await settled();
    expect(network.sockets.map(({ url }) => url)).toEqual([`${URL_OF_NODE}/${name}`]);
    network.last.say(text, text);
    expect(await frame).toEqual(frameOf(text));
    await clock.pass(0);
    await settled();
    expect(network.live).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(printed).toEqual([]);
  });

  test('long-lived: each frame goes to the callback, with the handle that the call returned', async () => {
    const { network, clock, socket, printed } = setUp();
    const frames: unknown[] = [];
    const handles: unknown[] = [];
    const handle = every(socket, {
      oneOff: false,
      callback: (given, frame) => {
        handles.push(given);
        frames.push(frame);
      },
    });
    await settled();
    network.last.say(text, text);
    expect(frames).toEqual([frameOf(text), frameOf(text)]);
    expect(handles).toEqual([handle, handle]);
    network.last.drop();
    await clock.pass(2000);
    network.last.say(text);
    expect(frames).toHaveLength(3);
    handle.close();
    handle.close();
    network.last.say(text);
    await clock.pass(0);
    await settled();
    expect(frames).toHaveLength(3);
    expect(network.live).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(printed).toEqual([]);
  });

  test('long-lived without a callback: frames are printed, below a line that tells to pass one', async () => {
    const { network, socket, printed } = setUp();
    every(socket, { oneOff: false });
    await settled();
    network.last.say(text, text);
    const line = toJson(frameOf(text));
    expect(printed).toEqual([expect.stringContaining('callback'), line, line]);
    expect(JSON.parse(line)).toEqual(JSON.parse(text));
  });
});

test('each frame has the wire’s own keys, its int64 exact as bigint', async () => {
  const { network, socket } = setUp();
  const frame = socket.fetchTradesUpdates({ tradingPair: SYMBOL });
  await settled();
  network.last.say(tradesText(7_549_438));
  expect((await frame).data[0]).toEqual({
    e: 'trade',
    E: 7_549_438,
    s: SYMBOL,
    t: '7549438-0',
    p: '3333.00000000',
    q: '0.02611100',
    b: '1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-11',
    a: 'EA1AE716501D1DB0B9F295A30891D9E562828678-12',
    T: 1_554_964_166_437_515_341n,
    sa: 'tbnb1agdww9jsr5wmpw0jjk3s3yweu43g9pnc4p5kg7',
    ba: 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw',
  });
});

test.each([
  [{}, 'wss://dex.binance.org/api/ws/$all@blockheight'],
  [{ isTestNet: false }, 'wss://dex.binance.org/api/ws/$all@blockheight'],
  [{ isTestNet: true }, 'wss://testnet-dex.binance.org/api/ws/$all@blockheight'],
  [{ url: 'local' }, 'ws://127.0.0.1:27100/api/ws/$all@blockheight'],
])('with %o it dials %s', async (options, url) => {
  const { network, socket, clock } = setUp(options);
  network.answer = 'refuse';
  const failed = socket.fetchBlockHeightUpdates().catch((error: unknown) => error);
  await clock.pass(10_000);
  expect(network.last.url).toBe(url);
  expect(await failed).toMatchObject({ code: 'CONNECT_FAILED' });
});

test('frames are printed with console.log unless another printer is given', async () => {
  const { log } = console;
  const printed: unknown[] = [];
  console.log = (line: unknown) => printed.push(line);
  try {
    const network = new MemoryNetwork();
    const clock = new VirtualClock();
    new BinanceChainSocket({ url: URL_OF_NODE, openSocket: network.openSocket, clock }).fetchBlockHeightUpdates({
      oneOff: false,
    });
    await settled();
    network.last.say(heightText(5));
  } finally {
    console.log = log;
  }
  expect(printed).toEqual([expect.stringContaining('callback'), heightText(5)]);
});

test('a callback that throws is reported, and frames go on', async () => {
  const { network, socket, errors } = setUp();
  let calls = 0;
  socket.fetchBlockHeightUpdates({
    oneOff: false,
    callback: () => {
      calls++;
      throw new Error('mine');
    },
  });
  await settled();
  network.last.say(heightText(1), heightText(2));
  expect(calls).toBe(2);
  expect(errors).toMatchObject([{ code: 'CONSUMER_THREW' }, { code: 'CONSUMER_THREW' }]);
});

test('a callback may close its handle', async () => {
  const { network, socket } = setUp();
  let calls = 0;
  socket.fetchBlockHeightUpdates({
    oneOff: false,
    callback: (handle) => {
      calls++;
      handle.close();
    },
  });
  await settled();
  network.last.say(heightText(1), heightText(2));
  expect(calls).toBe(1);
});

test('a one-off that the gateway refuses rejects with its words', async () => {
  const { network, socket } = setUp();
  const failed = socket.fetchTradesUpdates({ tradingPair: 'NO_SUCH' }).catch((error: unknown) => error);
  await settled();
  network.last.say(refusalText());
  network.last.drop(1008, 'Invalid symbol(s)');
  expect(await failed).toMatchObject({ code: 'COMMAND_REFUSED' });
});

test('a signal gives up a one-off with its reason, and closes a handle', async () => {
  const { network, socket, clock } = setUp();
  const controller = new AbortController();
  const { signal } = controller;
  const failed = [
    socket.fetchAccountUpdates({ userAddress: ADDRESS, signal }),
    socket.fetchBlockHeightUpdates({ signal }),
  ].map((wait) => wait.catch((error: unknown) => error));
  let calls = 0;
  socket.fetchTradesUpdates({ tradingPair: SYMBOL, oneOff: false, signal, callback: () => calls++ });
  await settled();
  const reason = new Error('enough');
  controller.abort(reason);
  expect(await Promise.all(failed)).toEqual([reason, reason]);
  for (const one of network.sockets) one.say(tradesText(1));
  expect(calls).toBe(0);
  await clock.pass(0);
  await settled();
  expect(network.live).toEqual([]);
});

test('a one-off ends its part in a signal that outlives it, and a signal that is over gives it up at once', async () => {
  const { network, socket } = setUp();
  const { signal } = new AbortController();
  const added: unknown[] = [];
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener, options?: AddEventListenerOptions) => {
    added.push(listener);
    add(type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    added.splice(added.indexOf(listener), 1);
    remove(type, listener);
  };
  const first = socket.fetchAccountUpdates({ userAddress: ADDRESS, signal });
  expect(added).toHaveLength(1);
  await settled();
  network.last.say(accountsText(1));
  await first;
  expect(added).toEqual([]);
  const reason = new Error('over');
  await expect(socket.fetchBlockHeightUpdates({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('close ends everything', async () => {
  const { network, socket, clock } = setUp();
  const failed = socket.fetchAccountUpdates({ userAddress: ADDRESS }).catch((error: unknown) => error);
  socket.fetchBlockHeightUpdates({ oneOff: false });
  await settled();
  await socket.close();
  await socket[Symbol.asyncDispose]();
  expect(await failed).toMatchObject({ code: 'CLOSED' });
  expect(network.live).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('the fifteen intervals have the names of the Python package, five minutes among them', () => {
  expect(KLine).toEqual({
    interval1min: '1m',
    interval3min: '3m',
    interval5min: '5m',
    interval15min: '15m',
    interval30min: '30m',
    interval1hour: '1h',
    interval2hour: '2h',
    interval4hour: '4h',
    interval6hour: '6h',
    interval8hour: '8h',
    interval12hour: '12h',
    interval1day: '1d',
    interval3day: '3d',
    interval1week: '1w',
    interval1month: '1M',
  });
});
