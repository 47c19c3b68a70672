import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Node, openRecording, type Recording, RecordingWriter, recordedSockets, startReplay } from '@dexwire/node';
import { startTestDex } from '@dexwire/node/testing';
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
import { recordSockets } from '../../packages/cli/src/recording/recordSockets.ts';
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
