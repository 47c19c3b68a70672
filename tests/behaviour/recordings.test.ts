import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import {
  type Node,
  openRecording,
  type Recording,
  RecordingWriter,
  recordedSockets,
  startNode,
  startReplay,
} from '@dexwire/node';
import { startTestDex } from '@dexwire/node/testing';
import { peekTopic } from '@dexwire/protocol';
import {
  accounts,
  allMiniTickers,
  allTickers,
  blockheight,
  connect,
  type Dex,
  type DexError,
  type Item,
  kline,
  marketDepth,
  marketDiff,
  miniTicker,
  orders,
  ticker,
  toJson,
  trades,
  transfers,
} from 'dexwire';
import { afterAll, beforeAll, test } from 'vitest';
import { recordGaps } from '../../packages/cli/src/recording/recordGaps.ts';
import { recordSockets } from '../../packages/cli/src/recording/recordSockets.ts';
import { RawClient } from '../support/rawClient.ts';
import { settled, VirtualClock } from '../support/virtualClock.ts';

const folder = mkdtempSync(join(tmpdir(), 'dexwire-replay-'));

/** By stream name, the JSON of each event, in order; gaps among them. */
type Log = Map<string, string[]>;

/** Subscribes to everything of two symbols and one address, and writes down what comes. */
const follow = (dex: Dex, node: Pick<Node, 'symbols' | 'accounts'>): Log => {
  const log: Log = new Map();
  const symbols = node.symbols.slice(0, 2);
  const { address } = node.accounts[0]!;
  const note = (name: string) => {
    log.set(name, []);
    return (item: Item<unknown>): void => {
      log.get(name)!.push(item.kind === 'events' ? toJson(item.events) : `${item.kind} ${item.id}`);
    };
  };
  for (const stream of [trades, marketDiff, marketDepth(), marketDepth(1000), kline('1m'), ticker, miniTicker])
    for (const symbol of symbols)
      dex.subscribe(stream as typeof trades, { symbols: [symbol] }, note(`${symbol}@${stream.topic}`));
  for (const stream of [orders, accounts, transfers])
    dex.subscribe(stream as typeof orders, { address }, note(`${address}@${stream.topic}`));
  for (const stream of [allTickers, allMiniTickers, blockheight])
    dex.subscribe(stream as typeof allTickers, {}, note(`$all@${stream.topic}`));
  return log;
};

const sizeOf = (log: Log): number => [...log.values()].reduce((sum, { length }) => sum + length, 0);

/** Every stream has the same events in the same order; says which has not, rather than all that there was. */
const assertSame = (log: Log, expected: Log): void => {
  const counts = (of: Log): string[] => [...of].map(([name, items]) => `${name}: ${items.length}`);
  assert.deepEqual(counts(log), counts(expected));
  for (const [name, items] of expected)
    for (const [place, item] of items.entries()) assert.equal(log.get(name)?.[place], item, `${name}, item ${place}`);
};

let live: Log;
let recording: Recording;
let node: Pick<Node, 'symbols' | 'accounts'>;

beforeAll(async () => {
  const path = join(folder, 'market.ndjson.gz');
  let writer: RecordingWriter | undefined;
  const market = await startTestDex(
    (target, options) => {
      const openSocket: NonNullable<Parameters<typeof connect>[1]>['openSocket'] = (...dial) => {
        tap ??= recordSockets(writer!);
        return tap(...dial);
      };
      let tap: ReturnType<typeof recordSockets> | undefined;
      return connect(target, { ...options, openSocket });
    },
    { seed: 7, traders: 20 },
  );
  writer = await RecordingWriter.open({ path, clock: market.clock });
  node = { symbols: market.node.symbols.slice(0, 2), accounts: market.node.accounts.slice(0, 1) };
  live = follow(market.dex, node);
  await market.dex.ready();
  for (let block = 0; block < 40; block += 1) await market.advance();
  // Large books are compressed, and so come after the rest.
  const books = (symbol: string, levels: string): number => live.get(`${symbol}@marketDepth${levels}`)!.length;
  while (node.symbols.some((symbol) => books(symbol, '1000') < books(symbol, ''))) await settled();
  await writer.close();
  await market.close();
  recording = openRecording(path);
});
afterAll(() => {
  recording.close();
  rmSync(folder, { recursive: true });
});

test('what was recorded of a node comes from its replay event by event, through the gateway', async () => {
  const replay = await startReplay(recording, { port: 0, speed: 'max' });
  const errors: DexError[] = [];
  const dex = connect(replay.ws, { onError: (error) => errors.push(error) });
  try {
    const log = follow(dex, node);
    await replay.ended;
    // What was written last is still on its way.
    while (sizeOf(log) < sizeOf(live)) await settled();
    assertSame(log, live);
    assert.deepEqual(errors, []);
    for (const [name, events] of live) assert.ok(events.length > 0, `${name} had news`);
  } finally {
    await dex.close();
    await replay.close();
  }
});

test('and in process, by the same code, in virtual time and in its own pace', async () => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const openSocket = recordedSockets(recording, { clock, speed: 10 });
  const dex = connect('local', { openSocket, clock, onError: (error) => assert.fail(error) });
  const log = follow(dex, node);
  const began = clock.now();
  while (openSocket.status.state !== 'ended') await clock.pass(10);
  const took = clock.now() - began;
  await openSocket.ended;
  await settled();
  assertSame(log, live);
  const lasted = (recording.to - recording.from) / 1_000;
  assert.ok(Math.abs(took - lasted / 10) < 500, `${took} ms of ${lasted}`);
  const closing = dex.close();
  await clock.pass(10);
  await closing;
  openSocket.close();
  assert.equal(clock.pending, 0);
});

/** The texts of one stream name, with the places of their frames. */
const heightsOf = (): {
  readonly frame: number;
  readonly height: number;
  readonly at: number;
  readonly text: string;
}[] =>
  [...recording.lines()].flatMap(({ line, frame, height }) =>
    line.kind === 'frame' && peekTopic(line.text) === 'blockheight' && line.socket === 1
      ? [{ frame, height, at: line.at, text: line.text }]
      : [],
  );

test('a frame, a block and a millisecond are played from exactly, for clients that know nothing of dexwire', async () => {
  const replay = await startReplay(recording, { port: 0, speed: 'step' });
  try {
    const heights = heightsOf();
    const { frame, at, height } = heights[20]!;
    const cases = [
      [{ frame }, 20],
      // The clock of the recorder stood still while several came.
      [{ time: at / 1_000 }, heights.findIndex((one) => one.at === at)],
      [{ height }, 20],
    ] as const;
    for (const [place, first] of cases) {
      const listening = await RawClient.open(`${replay.ws}/$all@blockheight`);
      await listening.sync();
      replay.step();
      replay.seek(place);
      assert.deepEqual(await listening.closing, { code: 1012, reason: 'dropped' }, 'what lies between, nobody got');
      const client = await RawClient.open(`${replay.ws}/$all@blockheight`);
      await client.sync();
      await replay.advance({ height: heights[first + 1]!.height });
      const expected = heights.slice(first, first + 2).map(({ text }) => text);
      assert.deepEqual(await client.take(), expected, JSON.stringify(place));
      await client.end();
    }
  } finally {
    await replay.close();
  }
});

test('programs seek, pause and step over HTTP; pages from elsewhere do not', async () => {
  const replay = await startReplay(recording, { port: 0 });
  const ask = async (body: unknown, headers = {}): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await fetch(`http://127.0.0.1:${replay.port}/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  try {
    assert.equal((await ask({})).body.state, 'waiting');
    const { body } = await ask({ pause: true, seek: { height: 20 }, step: 2 });
    assert.deepEqual([body.frame, body.height], [recording.frameAt({ height: 20 }) + 1, 20]);
    assert.equal((await ask({ advance: { height: 22 } })).body.height, 22);
    assert.equal((await ask({ play: 10 })).body.speed, 10);
    assert.equal((await ask({ seek: { height: 2 }, step: 1 })).body.height, 2);
    const bad: unknown[] = [
      ...[{ seek: {} }, { seek: { height: 9_999 } }, { seek: { time: 9e15 } }, { seek: { height: 2, frame: 3 } }],
      ...[{ step: 0 }, { play: 'fast' }, { play: '10' }, { play: [10] }, { pause: false }, { jump: 1 }, []],
    ];
    for (const one of bad) assert.equal((await ask(one)).status, 400, JSON.stringify(one));
    assert.equal((await ask({})).body.speed, 10);
    assert.equal((await ask({}, { origin: 'https://elsewhere.example' })).status, 403);
    const health = await fetch(`http://127.0.0.1:${replay.port}/healthz`);
    assert.equal(health.status, 200, 'it is well wherever it stands');
  } finally {
    await replay.close();
  }
});

test('a consumer that waits makes the recording wait: nothing overflows however fast it is played', async () => {
  const openSocket = recordedSockets(recording, { speed: 'max' });
  const dex = connect('local', { openSocket, staleAfter: Number.POSITIVE_INFINITY });
  const symbols = [...node.symbols];
  const seen: string[] = [];
  const expected = symbols.reduce((sum, symbol) => sum + live.get(`${symbol}@trades`)!.length, 0);
  for await (const item of dex.subscribe(trades, { symbols, queue: { policy: 'pause', limit: 2 } })) {
    seen.push(item.kind);
    await settled();
    if (seen.length === expected) break;
  }
  assert.deepEqual(new Set(seen), new Set(['events']));
  await dex.close();
  openSocket.close();
});

/** A turn of the event loop that is none of those that `setImmediate` asks for. */
const turned = async (): Promise<void> => {
  const { port1, port2 } = new MessageChannel();
  const arrived = once(port1, 'message');
  port2.postMessage('');
  await arrived;
  port1.close();
};

test('while a consumer waits, nothing turns round and round', async () => {
  const isBusy = (): boolean => process.getActiveResourcesInfo().includes('Immediate');
  const openSocket = recordedSockets(recording, { speed: 'max' });
  const dex = connect('local', { openSocket, staleAfter: Number.POSITIVE_INFINITY });
  const items = dex.subscribe(trades, { symbols: [...node.symbols], queue: { policy: 'pause', limit: 2 } });
  await items[Symbol.asyncIterator]().next();
  for (let rounds = 0; openSocket.status.state !== 'playing' || rounds < 50; rounds += 1) await settled();
  const { frame } = openSocket.status;
  let busy = 0;
  for (let rounds = 0; rounds < 20; rounds += 1) {
    await turned();
    if (isBusy()) busy += 1;
  }
  assert.equal(busy, 0);
  assert.equal(openSocket.status.frame, frame);
  await dex.close();
  openSocket.close();
});

test('where the recorder lost its socket, clients of the replay see a gap, and go on behind it', async () => {
  const path = join(folder, 'gap.ndjson.gz');
  const first = await startNode({ port: 0, blockTime: 20, traders: false });
  const writer = await RecordingWriter.open({ path });
  const backoff = { first: 100, factor: 1, most: 100 };
  const dex = connect(first.ws, { openSocket: recordSockets(writer), backoff });
  const heights: number[] = [];
  const note = recordGaps(writer);
  let gaps = 0;
  dex.subscribe(blockheight, {}, (item) => {
    note(item);
    if (item.kind === 'events') heights.push(item.events[0]!.height);
    if (item.kind === 'gapClosed') gaps += 1;
  });
  while (heights.length < 10) await settled();
  first.control.drop();
  while (gaps < 1) await settled();
  const before = heights.length;
  while (heights.length < before + 10) await settled();
  await dex.close();
  await writer.close();
  await first.close();

  const broken = openRecording(path);
  const recorded = [...broken.lines()].flatMap(({ line, height }) => (line.kind === 'frame' ? height : []));
  assert.deepEqual(recorded.slice(0, heights.length), heights);
  const replay = await startReplay(broken, { port: 0, speed: 'max' });
  const again = connect(replay.ws, { backoff: { first: 10, factor: 1, most: 10 } });
  const seen: (number | string)[] = [];
  again.subscribe(blockheight, {}, (item) => {
    seen.push(item.kind === 'events' ? item.events[0]!.height : item.kind === 'gap' ? item.cause : item.kind);
  });
  await replay.ended;
  while (!seen.includes(recorded.at(-1)!)) await settled();
  await again.close();
  await replay.close();
  broken.close();
  const [lost, found] = [seen.indexOf('disconnect'), seen.indexOf('gapClosed')];
  assert.ok(lost > 0 && found === lost + 1);
  assert.deepEqual(
    seen.filter((one) => typeof one === 'number'),
    recorded,
  );
});
