import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'vitest';
import { accounts, decode, decodeData, orders, peekTopic, streamForTopic, toWire, trades } from './index.ts';

const folder = new URL('../fixtures/', import.meta.url);
const recordings = readdirSync(folder).filter((file) => file.endsWith('.ndjson') && file !== 'errors.ndjson');
const linesOf = (file: string): string[] => readFileSync(new URL(file, folder), 'utf8').split('\n').filter(Boolean);

const TRADES = linesOf('trades.ndjson')[0]!;
const wireTrades = (): Record<string, unknown>[] => toWire(trades, decode(trades, TRADES)) as Record<string, unknown>[];

test.each(recordings)('data of %s with bigints, or with digits in text, is read like its frame', (file) => {
  for (const text of linesOf(file)) {
    const stream = streamForTopic(peekTopic(text)!)!;
    const events = decode(stream, text);
    const wire = toWire(stream, events);
    assert.deepEqual(decodeData(stream, wire), events);
    const json = JSON.stringify(wire, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    assert.deepEqual(decodeData(stream, JSON.parse(json)), events);
  }
});

test('an int64 that was rounded on the way is refused, and never passed on', () => {
  const [trade] = JSON.parse(TRADES).data;
  assert.throws(() => decodeData(trades, [trade]), { code: 'FRAME_BAD_FIELD', path: '[0].T' });
  assert.throws(() => decodeData(trades, [trade], 'data'), { path: 'data[0].T' });
});

test('digits are taken only where an int64 is due, and only if they are one', () => {
  for (const [key, value] of [
    ['E', '47515444'],
    ['T', '9223372036854775808'],
    ['T', 2n ** 63n],
    ['T', '1e18'],
    ['T', '-0'],
    ['T', '007'],
    ['s', 5n],
  ] as const) {
    assert.throws(() => decodeData(trades, [{ ...wireTrades()[0], [key]: value }]), { path: `[0].${key}` }, key);
  }
});

test('it is as tolerant as the reader of text', () => {
  const { data } = JSON.parse(linesOf('accounts.ndjson')[0]!);
  assert.deepEqual(decodeData(accounts, [{ ...data, B: null, Z: 1 }]).balances, []);
  const [order] = toWire(orders, decode(orders, linesOf('orders.ndjson')[0]!)) as Record<string, unknown>[];
  const [report] = decodeData(orders, [{ ...order, S: 'BUY', i: 90071992547409931n }]);
  assert.deepEqual([report!.side, report!.orderId], ['buy', '90071992547409931']);
});

test('data of any depth is refused, not followed', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  assert.throws(() => decodeData(accounts, deep), { code: 'FRAME_BAD_FIELD', path: '' });
});
