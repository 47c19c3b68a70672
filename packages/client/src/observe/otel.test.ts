import assert from 'node:assert/strict';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { orders } from 'dexwire';
import { expect, test, vi } from 'vitest';
import { closed, memoryDex } from '../../../../tests/support/memoryDex.ts';
import { ADDRESS, heightText, ordersText } from '../../../../tests/support/sampleFrames.ts';
import { settled } from '../../../../tests/support/virtualClock.ts';
import type { Counter, Measure, Metrics } from '../metrics.ts';
import { otelMetrics } from './otel.ts';

/** What an exporter was given of the figures that `run` made, by name. */
const exported = async (run: (metrics: Metrics) => void | Promise<void>): Promise<Map<string, MetricData>> => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const provider = new MeterProvider({ readers: [reader] });
  await run(otelMetrics(provider.getMeter('dexwire')));
  await provider.forceFlush();
  const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  await provider.shutdown();
  return new Map(scopes.flatMap(({ metrics }) => metrics).map((metric) => [metric.descriptor.name, metric]));
};

const COUNTERS: readonly Counter[] = [
  'frames',
  'unwanted',
  'unreadable',
  'unknownKeys',
  'dials',
  'opens',
  'losses',
  'gaps',
  'repaired',
  'dropped',
  'conflated',
  'renewals',
  'stale',
  'threw',
];
const MEASURES: readonly Measure[] = ['arrival', 'lag', 'connect', 'gap', 'repair'];

test('an exporter sees sums with a unit, by topic', async () => {
  const metrics = await exported(({ count }) => {
    count('frames', 2, { topic: 'trades' });
    count('frames', 3, { topic: 'trades' });
    count('frames', 1, { topic: 'ticker' });
    count('gaps', 1, { cause: 'disconnect' });
  });
  const frames = metrics.get('dexwire.frames')!;
  assert.equal(frames.descriptor.unit, '{frame}');
  assert.deepEqual(
    frames.dataPoints.map(({ attributes, value }) => [attributes, value]),
    [
      [{ 'dexwire.topic': 'trades' }, 5],
      [{ 'dexwire.topic': 'ticker' }, 1],
    ],
  );
  assert.deepEqual(metrics.get('dexwire.gaps')!.dataPoints[0]!.attributes, { 'dexwire.cause': 'disconnect' });
});

test('an exporter sees times in seconds, in buckets that fit them, and none below zero', async () => {
  const metrics = await exported(({ measure }) => {
    measure('lag', 15, { topic: 'trades' });
    measure('lag', -400, { topic: 'trades' });
    measure('lag', Number.NaN, { topic: 'trades' });
    measure('connect', 1500, {});
  });
  const lag = metrics.get('dexwire.event.lag')!;
  assert.equal(lag.descriptor.unit, 's');
  assert.ok(lag.dataPointType === DataPointType.HISTOGRAM);
  const { value } = lag.dataPoints[0]!;
  assert.deepEqual([value.count, value.sum, value.min, value.max], [3, 0.015, 0, 0.015]);
  assert.deepEqual(value.buckets.boundaries.slice(0, 5), [0.001, 0.002, 0.005, 0.01, 0.02]);
  assert.equal(value.buckets.counts[4], 1);
});

test('what a connection counts and measures of an address names neither it nor a URL', async () => {
  const metrics = await exported(async (figures) => {
    const setting = memoryDex({ metrics: figures, ask: 'combined' });
    const { dex, network, clock } = setting;
    dex.subscribe(orders, { address: ADDRESS }, () => {
      throw new Error(ADDRESS);
    });
    await settled();
    expect(network.last.url).toContain(ADDRESS);
    network.last.say(heightText(1), ordersText(1), `{"stream":"${ADDRESS}","data":{}}`, ADDRESS);
    network.last.drop();
    await clock.pass(1000);
    network.last.say(heightText(2));
    await closed(setting);
  });
  const points = [...metrics.values()].flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes));
  const names = new Set(points.flatMap((attributes) => Object.keys(attributes)));
  assert.deepEqual(names, new Set(['dexwire.topic', 'dexwire.cause']));
  for (const value of points.flatMap((attributes) => Object.values(attributes)))
    assert.doesNotMatch(String(value), /bnb1|:\/\//);
});

test('all names are of the form that the conventions ask for, and none is the beginning of another', async () => {
  const metrics = await exported(({ count, measure }) => {
    for (const name of COUNTERS) count(name, 1, {});
    for (const name of MEASURES) measure(name, 1, {});
  });
  assert.equal(metrics.size, COUNTERS.length + MEASURES.length);
  for (const [name, { descriptor }] of metrics) {
    expect(name).toMatch(/^dexwire(\.[a-z]+(_[a-z]+)*)+$/);
    assert.ok(descriptor.description.endsWith('.'));
    assert.ok(descriptor.unit === 's' || /^\{[a-z]+\}$/.test(descriptor.unit));
    assert.ok(![...metrics.keys()].some((other) => other.startsWith(`${name}.`)), name);
  }
});

test('an instrument is made once, with its first figure', async () => {
  const provider = new MeterProvider();
  const meter = provider.getMeter('dexwire');
  const made = vi.spyOn(meter, 'createCounter');
  const metrics = otelMetrics(meter);
  assert.equal(made.mock.calls.length, 0);
  for (let round = 0; round < 3; round++) metrics.count('frames', 1, {});
  assert.equal(made.mock.calls.length, 1);
  await provider.shutdown();
});
