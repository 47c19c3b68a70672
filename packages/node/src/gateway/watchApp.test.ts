import assert from 'node:assert/strict';
import { blockheight } from '@dexwire/protocol';
import { register } from 'prom-client';
import { test } from 'vitest';
import { RawClient } from '../../../../tests/support/rawClient.ts';
import { SpokenSource } from '../../../../tests/support/spokenSource.ts';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { GatewayCounts } from './counts.ts';
import { FanOut } from './fanOut.ts';
import { Health } from './health.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { Metrics } from './metrics.ts';
import { openGateway } from './server.ts';
import { watchApp } from './watchApp.ts';

/** The samples of a text in the format of Prometheus, by name with labels. */
const samples = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );

test('a node is well as long as blocks come, and not after 10 seconds without one, nor while it closes', async () => {
  const clock = new VirtualClock(1_000);
  const health = new Health(clock);
  const app = watchApp(health, new Metrics(new GatewayCounts()));
  const look = async (): Promise<[number, unknown]> => {
    const answer = await app.request('/healthz');
    return [answer.status, await answer.json()];
  };
  const sink = health.watch(new FanOut());
  assert.deepEqual(await look(), [200, { ok: true, height: 0, time: 1_000 }]);
  clock.advance(10_001);
  assert.deepEqual(await look(), [503, { ok: false, height: 0, time: 1_000 }]);
  sink.send({ height: 7, time: 2_000, frames: [] });
  assert.deepEqual(await look(), [200, { ok: true, height: 7, time: 2_000 }]);
  clock.advance(10_000);
  assert.equal((await look())[0], 200);
  // Turns of the second are no blocks.
  sink.send({ height: 7, time: 3_000, frames: [] });
  clock.advance(1);
  assert.deepEqual(await look(), [503, { ok: false, height: 7, time: 3_000 }]);
  sink.send({ height: 8, time: 4_000, frames: [] });
  assert.equal((await look())[0], 200);
  health.close();
  assert.deepEqual(await look(), [503, { ok: false, height: 8, time: 4_000 }]);
});

test('the metrics count what the gateway has done, to the frame, the byte and the request', async () => {
  const clock = new VirtualClock();
  const counts = new GatewayCounts();
  const fanOut = new FanOut(counts);
  const source = new SpokenSource();
  const metrics = new Metrics(counts, () => 42);
  const app = watchApp(new Health(clock), metrics);
  const gateway = await openGateway({
    ...{ host: '127.0.0.1', port: 0, clock, source, fanOut, counts, limits: DEFAULT_LIMITS },
    random: () => 0.5,
    fetch: app.fetch,
  });
  source.start(fanOut);
  const url = `ws://127.0.0.1:${gateway.port}/api`;
  const [first, second] = await Promise.all([
    RawClient.open(`${url}/stream?streams=BNB_BTC@trades/AAA_BNB@trades`),
    RawClient.open(`${url}/ws/BNB_BTC@trades`),
  ]);
  first.send({ method: 'subscribe', topic: 'trades', symbols: ['NO_SUCH'] }, { method: 'keepAlive' });
  assert.equal((await first.take()).length, 1);
  source.say({ stream: blockheight, subject: 'BNB_BTC', text: 'nobody' });
  const trades = { topic: 'trades' } as typeof blockheight;
  source.say(...['BNB_BTC', 'AAA_BNB'].map((subject) => ({ stream: trades, subject, text: 'x'.repeat(100) })));
  await Promise.all([first.take(), second.take()]);
  metrics.sealed({ height: 9, seconds: 0.002, ordersAccepted: 3, ordersRefused: 1, trades: 2 });
  metrics.sealed({ height: 10, seconds: 0.2, ordersAccepted: 4, ordersRefused: 0, trades: 0 });

  const http = `http://127.0.0.1:${gateway.port}`;
  for (const path of ['/healthz?x', '/healthz', '/nothing', '/no/such/path/either'])
    await (await fetch(`${http}${path}`)).text();
  const answer = await fetch(`${http}/metrics`);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const found = samples(await answer.text());
  const refusalBytes = 2 + '{"method":"subscribe","error":{"error":"Invalid symbol(s)"}}'.length;
  const expected: Record<string, number> = {
    dexwire_sessions: 2,
    dexwire_subscriptions: 3,
    dexwire_frames_out_total: 4,
    dexwire_bytes_out_total: 3 * 102 + refusalBytes,
    dexwire_commands_in_total: 2,
    dexwire_commands_refused_total: 1,
    dexwire_slow_readers_total: 0,
    'dexwire_http_requests_total{path="/healthz",status="2xx"}': 2,
    'dexwire_http_requests_total{path="other",status="4xx"}': 2,
    dexwire_block_height: 10,
    'dexwire_block_seal_seconds_bucket{le="0.0025"}': 1,
    'dexwire_block_seal_seconds_bucket{le="+Inf"}': 2,
    dexwire_block_seal_seconds_count: 2,
    dexwire_orders_accepted_total: 7,
    dexwire_orders_refused_total: 1,
    dexwire_trades_total: 2,
    dexwire_resting_orders: 42,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(found.get(name), value, name);
  // Reading changes nothing: what was counted once is still there once.
  const again = samples(await (await fetch(`${http}/metrics`)).text());
  assert.equal(again.get('dexwire_frames_out_total'), 4);
  assert.equal(again.get('dexwire_http_requests_total{path="/metrics",status="2xx"}'), 1);
  await Promise.all([first.end(), second.end()]);
  await gateway.close();
  const left = samples(await metrics.text());
  assert.deepEqual([left.get('dexwire_sessions'), left.get('dexwire_subscriptions')], [0, 0]);
});

test('two nodes of one process count apart, and nothing gets into the registry that all of it shares', async () => {
  const [first, second] = [new Metrics(new GatewayCounts()), new Metrics(new GatewayCounts())];
  first.sealed({ height: 5, seconds: 0, ordersAccepted: 1, ordersRefused: 0, trades: 0 });
  assert.equal(samples(await first.text()).get('dexwire_block_height'), 5);
  assert.equal(samples(await second.text()).get('dexwire_block_height'), 0);
  assert.equal(await register.metrics(), '\n');
});

test('whatever paths are asked for, only so many are told apart, and none that never succeeded', () => {
  const counts = new GatewayCounts();
  for (let place = 0; place < 1_000; place += 1) {
    counts.request(`/no/${place}`, 404);
    counts.request(`/yes/${place}/and/more?x=${place}`, 200);
  }
  counts.request('/yes/1', 404);
  const requests = counts.requests();
  const paths = new Set(requests.map(({ path }) => path));
  assert.ok(paths.size <= 65 && paths.has('other') && ![...paths].some((path) => path.startsWith('/no')));
  assert.equal(
    requests.reduce((sum, { count }) => sum + count, 0),
    2_001,
  );
});
