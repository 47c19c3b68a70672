import assert from 'node:assert/strict';
import { startTestDex, type TestDex, type TestOptions } from '@dexwire/node/testing';
import {
  blockheight,
  connect,
  type Dex,
  type DexOptions,
  type Item,
  lagHistogram,
  marketDiff,
  type Status,
  ticker,
  trades,
} from 'dexwire';
import { afterEach, test } from 'vitest';
import { expectNoUnhandledRejection } from '../support/rejections.ts';

let market: TestDex<Dex>;
afterEach(async () => {
  await market.close();
  assert.equal(market.clock.pending, 0);
  await expectNoUnhandledRejection();
});

const start = async (options: DexOptions = {}, ofNode: TestOptions = {}): Promise<void> => {
  market = await startTestDex((target, given) => connect(target, { ...given, ...options }), ofNode);
};

/** Moves the clock until a promise settles, or for a minute; how long it took, and the reason if it was rejected. */
const settles = async (promise: Promise<unknown>): Promise<{ ms: number; reason?: unknown }> => {
  const { clock } = market;
  const since = clock.now();
  let end: { ms: number; reason?: unknown } | undefined;
  promise.then(
    () => {
      end = { ms: clock.now() - since };
    },
    (reason: unknown) => {
      end = { ms: clock.now() - since, reason };
    },
  );
  while (!end) {
    assert.ok(clock.now() - since < 60_000, 'it has no end');
    await clock.pass(500);
  }
  return end;
};

test('a handshake that hangs rejects `ready` after the time for connecting, with the cause', async () => {
  await start();
  market.node.control.admit({ mode: 'hang' });
  const { ms, reason } = await settles(market.dex.ready());
  assert.equal(ms, 10_000);
  assert.ok(reason instanceof Error);
  assert.deepEqual(
    [Reflect.get(reason, 'code'), Reflect.get(Object(reason.cause), 'code')],
    ['CONNECT_FAILED', 'CONNECT_TIMEOUT'],
  );
});

test('a handshake that is refused rejects `ready` with the status of the refusal', async () => {
  await start();
  market.node.control.admit({ mode: 'refuse', status: 503 });
  const { reason } = await settles(market.dex.ready());
  assert.ok(reason instanceof Error);
  assert.equal(Reflect.get(reason, 'code'), 'CONNECT_FAILED');
  assert.match(reason.message, /503/);
});

test('a handshake that hangs behind a lost socket is given up, and the next one serves', async () => {
  await start();
  const { dex, node, clock } = market;
  const items: Item<unknown>[] = [];
  dex.subscribe(blockheight, {}, (item) => {
    items.push(item);
  });
  await dex.ready();
  await market.advance();
  node.control.admit({ mode: 'hang' });
  node.control.drop();
  while (items.at(-1)?.kind !== 'gap') await market.advance();
  await clock.pass(1000);
  const states: Status['name'][] = [];
  const watching = (async () => {
    for await (const { name } of dex.status()) {
      states.push(name);
      if (name === 'open') break;
    }
  })();
  await market.advance();
  node.control.admit({ mode: 'open' });
  await settles(watching);
  assert.deepEqual(states, ['dialing', 'waiting', 'dialing', 'open']);
  await market.advance(2);
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['events', 'gap', 'gapClosed', 'events', 'events'],
  );
});

test('a close that the gateway does not answer is over after the time for closing, with streams in full flow', async () => {
  await start({}, { traders: 3, seed: 7 });
  const { dex, node } = market;
  for (const stream of [trades, marketDiff, ticker])
    dex.subscribe(stream, { symbols: node.symbols }, () => new Promise(() => {}));
  await dex.ready();
  await market.advance(5);
  node.control.halfOpen();
  await market.advance(5);
  const { ms } = await settles(dex.close());
  assert.equal(ms, 5000);
});

test('keepAlive keeps a socket that is never quiet: six hours of blocks by one session, without a gap', async () => {
  await start({ staleAfter: 60_000 }, { blockTime: 20_000 });
  const { dex, node } = market;
  const gaps: Item<unknown>[] = [];
  let heights = 0;
  dex.subscribe(blockheight, {}, (item) => {
    if (item.kind === 'events') heights += 1;
    else gaps.push(item);
  });
  await dex.ready();
  await market.advance(1080);
  assert.deepEqual([heights, gaps], [1080, []]);
  assert.deepEqual(
    node.control.sessions().map(({ id }) => id),
    [1],
  );
});

test('a client too slow for the gateway is dropped by it, says so as a gap, and comes back', async () => {
  // Silence would be noticed long before: here it is the gateway that has enough.
  const patient = { staleAfter: Number.POSITIVE_INFINITY, backoff: { first: 1, factor: 1, most: 1 } };
  await start(patient, { limits: { unsentBytes: 2000 } });
  const { dex, node } = market;
  const items: Item<unknown>[] = [];
  dex.subscribe(blockheight, {}, (item) => {
    items.push(item);
  });
  await dex.ready();
  await market.advance();
  node.control.stall({ id: 1 });
  while (!items.some(({ kind }) => kind === 'gapClosed')) await market.advance();
  await market.advance();
  const [gap, closed, ...after] = items.slice(items.findIndex(({ kind }) => kind === 'gap'));
  assert.ok(gap?.kind === 'gap' && closed?.kind === 'gapClosed');
  assert.deepEqual([gap.cause, closed.lost], ['disconnect', 'none']);
  assert.equal(after.at(-1)?.kind, 'events');
});

test('a client that falls behind is warned before the gateway has enough of it', async () => {
  const told: string[] = [];
  const metrics = lagHistogram({ onLag: ({ kind, topic }) => told.push(`${topic} ${kind}`) });
  const patient = { staleAfter: Number.POSITIVE_INFINITY, backoff: { first: 1, factor: 1, most: 1 } };
  await start({ ...patient, metrics }, { traders: 3, seed: 7, limits: { unsentBytes: 150_000 } });
  const { dex, node } = market;
  dex.subscribe(trades, { symbols: node.symbols }, ({ kind }) => {
    if (kind !== 'events') told.push(kind);
  });
  await dex.ready();
  while (!metrics.lags.length) await market.advance(); // what is punctual is known from then on
  node.control.stall({ id: 1 }, 4000);
  while (!told.includes('trades caughtUp')) await market.advance();
  assert.deepEqual(told, ['trades behind', 'trades caughtUp']);
  node.control.stall({ id: 1 });
  while (!told.includes('gapClosed')) await market.advance();
  assert.deepEqual(told.slice(2, 4), ['gap', 'gapClosed']);
});
