import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingWriter } from '@dexwire/node';
import {
  allTopics,
  type Decimal,
  encode,
  formatDecimal,
  rescaleDecimal,
  type Stream,
  streamForTopic,
} from '@dexwire/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeWorld } from '../support/fakeWorld.ts';
import { ADDRESS, heightText } from '../support/sampleFrames.ts';
import { type Duck, openDuck, type Row } from './duck.ts';

type Node = Stream['data']['node'];

const INT64 = 2n ** 63n - 1n;

/** Up to 38 digits, eight of them behind the point, as the venue writes them; often at the edges of int64. */
const decimals = fc
  .oneof(
    fc.bigInt(-INT64, INT64),
    fc.constantFrom(0n, 1n, -1n, INT64, -INT64),
    fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n),
  )
  .map((units) => formatDecimal(units, 8));

/** Any event of a table. */
const valuesOf = (node: Node): fc.Arbitrary<unknown> => {
  switch (node.kind) {
    case 'decimal':
      return decimals;
    case 'integer':
      return fc.oneof(fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER));
    case 'int64':
      return fc.oneof(fc.bigInt(0n, INT64 - 1n), fc.constant(1_555_425_469_123_456_789n));
    case 'boolean':
      return fc.boolean();
    case 'word':
    case 'code':
      return fc.constantFrom(...node.words.filter((word) => word !== undefined));
    case 'levels':
      return fc.array(fc.tuple(decimals, decimals), { maxLength: 5 });
    case 'list':
      return fc.array(valuesOf(node.of), { maxLength: 4 });
    case 'record':
      return fc.record(Object.fromEntries(node.fields.map(({ name, shape }) => [name, valuesOf(shape.node)])), {
        requiredKeys: node.fields.flatMap(({ name, optional }) => (optional ? [] : [name])),
      });
    default:
      return fc.string({ unit: 'grapheme', maxLength: 20 });
  }
};

/** What DuckDB has to say of a value, as its reader hands out JSON: every number as text. */
const said = (node: Node, value: unknown): unknown => {
  if (value === undefined) return null;
  const one = value as Readonly<Record<string, unknown>>;
  switch (node.kind) {
    case 'decimal':
      return rescaleDecimal(value as Decimal, 8);
    case 'integer':
      return String(value);
    case 'int64':
      return String(value);
    case 'list':
      return (value as readonly unknown[]).map((element) => said(node.of, element));
    case 'levels':
      return (value as readonly (readonly [Decimal, Decimal])[]).map(([price, quantity]) => ({ price, quantity }));
    case 'record':
      return Object.fromEntries(node.fields.map(({ name, shape }) => [name, said(shape.node, one[name])]));
    default:
      return value;
  }
};

const folder = mkdtempSync(join(tmpdir(), 'dexwire-parquet-'));
let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => {
  duck.close();
  rmSync(folder, { recursive: true });
});

const rowsOf = (sql: string): Promise<Row[]> => duck.rows(sql);

let recordings = 0;

/** Writes texts as they would come, converts them, and tells where the tables are. */
const converted = async (write: (writer: RecordingWriter) => void): Promise<string> => {
  recordings += 1;
  const path = join(folder, `${recordings}.ndjson.gz`);
  const out = join(folder, String(recordings));
  const writer = await RecordingWriter.open({ path });
  write(writer);
  await writer.close();
  const { run, stderr } = fakeWorld();
  assert.equal(await run('convert', path, '--out', out, '--json'), 0, stderr.text);
  return out;
};

test('DuckDB reads the very digits of every topic, whatever they are', async () => {
  const streams = allTopics().map((topic) => streamForTopic(topic)!);
  const events = new Map(
    streams.map((stream) => {
      const { node } = stream.data;
      const [event, seed] = [valuesOf(node.kind === 'list' ? node.of : node), stream.topic.length];
      return [stream, fc.sample(event, { numRuns: 60, seed })];
    }),
  );
  const out = await converted((writer) => {
    for (const [stream, some] of events)
      for (const event of some)
        writer.frame(1, encode(stream, stream.data.node.kind === 'list' ? [event] : event), ADDRESS);
  });
  for (const [stream, some] of events) {
    const { node } = stream.data;
    const record = node.kind === 'list' ? node.of : node;
    assert.ok(record.kind === 'record');
    const times = record.fields.filter(({ shape }) => shape.node.kind === 'int64').map(({ name }) => name);
    const replaced = times.map((name) => `epoch_ns("${name}")::VARCHAR AS "${name}"`).join(', ');
    const rows = await rowsOf(
      `SELECT * EXCLUDE (frame, receivedAt, socket${stream.scope === 'address' ? ', address' : ''}) ${replaced && `REPLACE (${replaced})`}
       FROM '${out}/${stream.topic}.parquet' ORDER BY frame`,
    );
    // Two that are the same to the letter stay two: they came by one socket.
    assert.equal(rows.length, some.length, stream.topic);
    for (const [place, event] of some.entries())
      assert.deepEqual(rows[place], said(record, event), `${stream.topic}, row ${place}`);
  }
});

test('types are exact: decimals, nanoseconds and whole numbers are none of them floating', async () => {
  const trade = (price: string): string =>
    `{"stream":"trades","data":[{"e":"trade","E":7,"s":"A_B","t":"7-0","p":"${price}","q":"1.00000000","b":"x-1","a":"y-1","T":1555425469123456789,"sa":"x","ba":"y"}]}`;
  const out = await converted((writer) => writer.frame(3, trade('3333.00000000')));
  const columns = await rowsOf(`DESCRIBE SELECT * FROM '${out}/trades.parquet'`);
  const types = Object.fromEntries(columns.map(({ column_name: name, column_type: type }) => [String(name), type]));
  assert.deepEqual(
    [types.price, types.time, types.height, types.receivedAt, types.tick],
    ['DECIMAL(38,8)', 'TIMESTAMP_NS', 'BIGINT', 'TIMESTAMP', 'VARCHAR'],
  );
  const [row] = await rowsOf(
    `SELECT time::VARCHAR AS time, price * 3 AS price, tick, socket FROM '${out}/trades.parquet'`,
  );
  assert.deepEqual(row, { time: '2019-04-16 14:37:49.123456789', price: '9999.00000000', tick: null, socket: '3' });
});

test('a decimal that no DECIMAL(38,8) holds stands beside its column as text, and only there', async () => {
  const depth = (price: string): string =>
    `{"stream":"marketDepth","data":{"lastUpdateId":7,"symbol":"A_B","bids":[["${price}","1.00000000"]],"asks":[]}}`;
  const odd = ['0.123456789', `${'9'.repeat(31)}.00000000`];
  const out = await converted((writer) => {
    for (const price of ['1.50000000', ...odd]) writer.frame(1, depth(price));
  });
  const rows = await rowsOf(`SELECT bids FROM '${out}/marketDepth.parquet' ORDER BY frame`);
  assert.deepEqual(
    rows.map(({ bids }) => bids),
    [
      [{ price: '1.50000000', priceText: null, quantity: '1.00000000' }],
      ...odd.map((price) => [{ price: null, priceText: price, quantity: '1.00000000' }]),
    ],
  );
});

test('gaps and texts that nobody can read have tables of their own; copies of a frame are one row', async () => {
  const out = await converted((writer) => {
    writer.frame(1, heightText(1));
    writer.frame(2, heightText(1));
    writer.write({ kind: 'gap', cause: 'disconnect', streams: ['$all@blockheight'], from: 1 });
    writer.frame(1, heightText(9));
    writer.write({ kind: 'gapClosed', streams: ['$all@blockheight'], lost: 'none', from: 1, to: 8 });
    writer.frame(1, '{"stream":"blockheight","data":{"h":"no"}}');
    writer.frame(1, 'hello');
  });
  assert.deepEqual(readdirSync(out).sort(), ['blockheight.parquet', 'gaps.parquet', 'unread.parquet']);
  const heights = await rowsOf(`SELECT frame, height FROM '${out}/blockheight.parquet'`);
  assert.deepEqual(heights, [
    { frame: '1', height: '1' },
    { frame: '3', height: '9' },
  ]);
  const gaps = await rowsOf(`SELECT * EXCLUDE ("at") FROM '${out}/gaps.parquet'`);
  const none = { cause: null, lost: null, to: null, dropped: null };
  assert.deepEqual(gaps, [
    { ...none, frame: '2', kind: 'gap', cause: 'disconnect', streams: '$all@blockheight', from: '1' },
    { ...none, frame: '3', kind: 'gapClosed', streams: '$all@blockheight', from: '1', to: '8', lost: 'none' },
  ]);
  const unread = await rowsOf(`SELECT frame, text, problem FROM '${out}/unread.parquet'`);
  assert.deepEqual(
    unread.map(({ frame, text }) => [frame, text]),
    [
      ['4', '{"stream":"blockheight","data":{"h":"no"}}'],
      ['5', 'hello'],
    ],
  );
  assert.match(String(unread[0]!.problem), /FRAME_BAD_FIELD/);
});

test('a recording itself is read by DuckDB as well', async () => {
  recordings += 1;
  const path = join(folder, `${recordings}.ndjson.gz`);
  const writer = await RecordingWriter.open({ path });
  for (let height = 1; height <= 50; height += 1) {
    writer.frame(1, heightText(height));
    if (height % 10 === 0) await writer.flushed();
  }
  await writer.close();
  const [row] = await rowsOf(
    `SELECT count(*) AS frames, max((text->'data'->>'h')::BIGINT) AS height
     FROM read_json('${path}', format = 'newline_delimited') WHERE kind = 'frame'`,
  );
  assert.deepEqual(row, { frames: '50', height: '50' });
});

test('what cannot be converted ends with a code, and leaves no half a table', async () => {
  const { run, stderr } = fakeWorld();
  assert.equal(await run('convert', join(folder, 'nowhere'), '--out', join(folder, 'none')), 1);
  expect(stderr.text).toContain('RECORDING_INVALID');
});
