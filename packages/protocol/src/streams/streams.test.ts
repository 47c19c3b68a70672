import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'vitest';
import { decode, decodeFast, decodeTolerant, peekTopic } from '../frame.ts';
import { check, encode, type Stream, streamForTopic, toJson, toWire } from '../index.ts';
import type { Node } from '../schema.ts';

const folder = new URL('../../fixtures/', import.meta.url);
const recorded = readdirSync(folder)
  .filter((file) => file.endsWith('.ndjson') && file !== 'errors.ndjson')
  .flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((text, index): [title: string, text: string] => [`${file} ${index + 1}`, text]),
  );

const streamOf = (text: string): Stream => {
  const stream = streamForTopic(peekTopic(text) ?? '');
  assert.ok(stream, `no stream for ${text.slice(0, 40)}`);
  return stream;
};

test('there are recorded frames of every stream but kline', () => {
  assert.equal(new Set(recorded.map(([, text]) => peekTopic(text))).size, 11);
});

test.each(recorded)(
  'recorded %s: both readers give one event, and it is written back byte for byte',
  (_title, text) => {
    const stream = streamOf(text);
    const event = decodeFast(stream, text);
    assert.notEqual(event, undefined, 'the fast reader takes every recorded frame');
    assert.deepEqual(decodeTolerant(stream, text), event);
    assert.equal(encode(stream, event), text);
    assert.equal(check(stream, event), event);
  },
);

test.each(recorded)('recorded %s: the wire form has the wire keys and every digit', (_title, text) => {
  const stream = streamOf(text);
  assert.equal(`{"stream":"${stream.topic}","data":${toJson(toWire(stream, decode(stream, text)))}}`, text);
});

/** Data in which every value of a table differs from every other one. */
const distinct = (): ((node: Node) => unknown) => {
  let next = 1;
  const value = (node: Node): unknown => {
    const number = next++;
    switch (node.kind) {
      case 'text':
        return `text ${number}`;
      case 'decimal':
        return `${number}.00000000`;
      case 'integer':
        return number;
      case 'int64':
        return 1_573_417_196_130_225_000n + BigInt(number);
      case 'boolean':
        return true;
      case 'word':
      case 'code':
        return node.words.findLast((word) => word !== undefined);
      case 'list':
        return [value(node.of), value(node.of)];
      case 'levels':
        return [
          [`${number}.00000000`, '1.00000000'],
          [`${number}.50000000`, '0.00000000'],
        ];
      case 'record':
        return Object.fromEntries(node.fields.map(({ name, shape }) => [name, value(shape.node)]));
    }
  };
  return value;
};

const topics = [
  'orders',
  'accounts',
  'transfers',
  'trades',
  'marketDiff',
  'marketDepth',
  'marketDepth100',
  'marketDepth500',
  'marketDepth1000',
  ...'1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M'.split(' ').map((interval) => `kline_${interval}`),
  'ticker',
  'allTickers',
  'miniTicker',
  'allMiniTickers',
  'blockheight',
];

test.each(topics)('table and literal of %s agree: every field arrives under its own name', (topic) => {
  const stream = streamForTopic(topic);
  assert.ok(stream);
  const data = distinct()(stream.data.node);
  const text = encode(stream, data);
  assert.deepEqual(decodeFast(stream, text), data);
  assert.deepEqual(decodeTolerant(stream, text), data);
});
