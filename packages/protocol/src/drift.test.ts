import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { test } from 'vitest';
import {
  accounts,
  type Drift,
  decode,
  decodeFast,
  findDrift,
  jsonSchema,
  marketDepth,
  orders,
  peekTopic,
  type Stream,
  streamForTopic,
  toJson,
  trades,
  transfers,
} from './index.ts';

const folder = new URL('../fixtures/', import.meta.url);
const recordings = readdirSync(folder).filter((file) => file.endsWith('.ndjson') && file !== 'errors.ndjson');
const linesOf = (file: string): string[] => readFileSync(new URL(file, folder), 'utf8').split('\n').filter(Boolean);

const TRADE = linesOf('trades.ndjson').find((line) => line.includes('"tt"'))!;
const ORDER = linesOf('orders.ndjson')[0]!;

const driftOf = (stream: Stream, text: string): Drift[] => {
  const drift: Drift[] = [];
  findDrift(stream, text, (one) => drift.push(one));
  return drift;
};

/** The published schema, with no keys allowed besides. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  return { ...Object.fromEntries(members), ...('properties' in schema && { additionalProperties: false }) };
};

test.each(recordings)('no recorded frame of %s has drifted', (file) => {
  for (const text of linesOf(file)) assert.deepEqual(driftOf(streamForTopic(peekTopic(text)!)!, text), []);
});

test('a new key is found with its value, exact, at any depth', () => {
  const text = TRADE.replace('"s":', '"Z":1573417196130225521,"s":');
  assert.deepEqual(driftOf(trades, text), [
    { kind: 'newKey', path: 'data[0].Z', expected: 'no such key', found: 1573417196130225521n },
  ]);
  assert.deepEqual(driftOf(trades, TRADE.replace(/}$/, ',"id":null}')), [
    { kind: 'newKey', path: 'id', expected: 'no such key', found: null },
  ]);
});

test('a missing key is found, unless the venue may leave it out', () => {
  assert.deepEqual(driftOf(trades, TRADE.replace(/,"tt":\d/g, '')), []);
  assert.deepEqual(driftOf(orders, ORDER.replace(/"n":"[^"]*",/, '')), [
    { kind: 'missingKey', path: 'data[0].n', expected: 'text', found: undefined },
  ]);
  assert.deepEqual(driftOf(orders, '{"stream":"orders"}'), [
    { kind: 'missingKey', path: 'data', expected: 'a list', found: undefined },
  ]);
});

test('what the tolerant reader takes silently is found: old words, numbers for ids, lists of one, null for no list', () => {
  const account = linesOf('accounts.ndjson')[0]!;
  const depth = linesOf('marketDepth.ndjson')[0]!;
  const cases: [stream: Stream, text: string, path: string, expected: string, found: unknown][] = [
    [orders, ORDER.replace(/"S":\d/, '"S":"BUY"'), 'data[0].S', 'the code of unknown, buy, sell', 'BUY'],
    [orders, ORDER.replace(/"i":"[^"]*"/, '"i":90071992547409931'), 'data[0].i', 'text', 90071992547409931n],
    [accounts, account.replace(/"data":(.*)}$/, '"data":[$1]}'), 'data', 'an object', [JSON.parse(account).data]],
    [accounts, account.replace(/"B":\[.*\]/, '"B":null'), 'data.B', 'a list', null],
    [marketDepth(), depth.replace(/"bids":\[.*?\]\]/, '"bids":null'), 'data.bids', 'a list', null],
  ];
  for (const [stream, text, path, expected, found] of cases) {
    assert.doesNotThrow(() => decode(stream, text));
    assert.deepEqual(driftOf(stream, text), [{ kind: 'changedType', path, expected, found }], text);
  }
});

test('what the tolerant reader refuses is found too', () => {
  const depth =
    '{"stream":"marketDepth","data":{"lastUpdateId":1.5,"symbol":"A_B","bids":[["1","2"],["1",2]],"asks":[]}}';
  assert.deepEqual(
    driftOf(marketDepth(), depth).map(({ path, found }) => [path, found]),
    [
      ['data.lastUpdateId', 1.5],
      ['data.bids[1]', ['1', 2]],
    ],
  );
});

test('another order of keys is told as such, and is the only thing that is', () => {
  const text = '{"data":{"asks":[],"bids":[],"symbol":"A_B","lastUpdateId":1},"stream":"marketDepth"}';
  assert.deepEqual(driftOf(marketDepth(), text), [
    {
      kind: 'keyOrder',
      path: 'data',
      expected: 'lastUpdateId,symbol,bids,asks',
      found: 'asks,bids,symbol,lastUpdateId',
    },
  ]);
});

test('what is no JSON, or a frame of another stream, throws as in the reader; an alias is no other stream', () => {
  assert.throws(() => driftOf(trades, TRADE.slice(1)), { code: 'FRAME_NOT_JSON' });
  assert.throws(() => driftOf(orders, TRADE), { code: 'FRAME_UNKNOWN_TOPIC', path: 'stream' });
  assert.deepEqual(driftOf(marketDepth(100), linesOf('marketDepth.ndjson')[0]!), []);
});

test('exactly those frames have drifted that the published schema, closed to further keys, does not allow', () => {
  const validator = new Ajv2020({ strict: false, validateFormats: false });
  const texts = recordings.flatMap((file) => linesOf(file).slice(0, 2));
  const value = fc.constantFrom(null, 0, 1, 7, -1, 1.5, '', 'x', '1.5', '1.', true, [], {}, [null], [['1', '2']], {
    Z: 1,
  });
  type Change = readonly [place: number, how: 'set' | 'delete' | 'add', value: unknown];
  const change: fc.Arbitrary<Change> = fc.tuple(fc.nat(), fc.constantFrom('set', 'delete', 'add'), value);

  /** Every object and list in a value. */
  const holders = (held: unknown): Record<string, unknown>[] =>
    typeof held === 'object' && held !== null
      ? [held as Record<string, unknown>, ...Object.values(held).flatMap(holders)]
      : [];
  const changed = (data: unknown, [place, how, to]: Change): void => {
    const all = holders(data);
    const holder = all[place % all.length];
    if (!holder) return;
    const keys = Object.keys(holder);
    const key = keys[place % keys.length];
    if (how === 'add' && !Array.isArray(holder)) holder.Z = structuredClone(to);
    else if (key === undefined) return;
    else if (how === 'set') holder[key] = structuredClone(to);
    else if (!Array.isArray(holder)) delete holder[key];
  };
  const schemas = new Map<string, ReturnType<typeof validator.compile>>();

  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(change, { maxLength: 2 }), (text, changes) => {
      const topic = peekTopic(text)!;
      const stream = streamForTopic(topic)!;
      const frame = JSON.parse(text);
      for (const one of changes) changed(frame.data, one);
      let schema = schemas.get(topic);
      if (!schema) {
        schema = validator.compile(closed(jsonSchema(stream)) as object);
        schemas.set(topic, schema);
      }
      const drift = driftOf(stream, JSON.stringify(frame)).filter(({ kind }) => kind !== 'keyOrder');
      assert.equal(drift.length === 0, schema(frame), toJson([drift, frame]));
    }),
    { numRuns: 500 },
  );
});

test('what the fast reader takes has not drifted by the walk either', () => {
  for (const text of recordings.flatMap(linesOf)) {
    const stream = streamForTopic(peekTopic(text)!)!;
    if (decodeFast(stream, text) === undefined) continue;
    // A blank sends the frame past the fast reader.
    assert.deepEqual(driftOf(stream, `${text} `), []);
  }
  assert.deepEqual(driftOf(transfers, `${linesOf('transfers.ndjson')[0]} `), []);
});
