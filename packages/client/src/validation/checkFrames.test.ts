import assert from 'node:assert/strict';
import { accounts, FrameError, ticker, trades } from '@dexwire/protocol';
import fc from 'fast-check';
import { test, vi } from 'vitest';
import { seededRandom } from '../../../../tests/support/random.ts';
import { accountsText, SAMPLES, tickerText, tradesText } from '../../../../tests/support/sampleFrames.ts';
import { checkFrames, type DriftEntry } from './checkFrames.ts';

const TRADES = tradesText(100);
const DRIFTED = TRADES.replace('"s":', '"Z":[1,{"a":"b"}],"s":');
const NUMBERED = TRADES.replace(/"t":"[^"]*"/, '"t":7');

const NEW_KEY: DriftEntry = {
  kind: 'newKey',
  topic: 'trades',
  path: 'data[].Z',
  expected: 'no such key',
  found: 'list',
  seen: '[1,{"a":"b"}]',
  count: 1,
};

test('strict takes the frames of all twelve streams', () => {
  const check = checkFrames('strict');
  for (const { stream, text } of SAMPLES) check(stream, text);
  assert.deepEqual(check.drift, []);
  assert.equal(check.stats.checked, 12);
});

test('strict throws an error with code and place for what the reader would take, and reports all of it', () => {
  const news: DriftEntry[] = [];
  const check = checkFrames('strict', { onDrift: (entry) => news.push(entry) });
  assert.throws(() => check(trades, DRIFTED), { name: 'FrameError', code: 'FRAME_BAD_FIELD', path: 'data[0].Z' });
  assert.throws(() => check(trades, NUMBERED), {
    code: 'FRAME_BAD_FIELD',
    path: 'data[0].t',
    message: /found 7, expected text/,
  });
  assert.throws(() => check(trades, DRIFTED), FrameError);
  assert.deepEqual(check.drift, [
    { ...NEW_KEY, count: 2 },
    { kind: 'changedType', topic: 'trades', path: 'data[].t', expected: 'text', found: 'number', seen: '7', count: 1 },
  ]);
  assert.deepEqual(news, [NEW_KEY, { ...check.drift[1] }]);
  assert.deepEqual(check.stats, { checked: 3, drifted: 3, reordered: 0, unreadable: 0, unlisted: 0 });
});

test('strict throws for a missing key', () => {
  const check = checkFrames('strict');
  assert.throws(() => check(trades, TRADES.replace(/"sa":"[^"]*",/, '')), { path: 'data[0].sa' });
  const [{ kind, found, seen }] = check.drift as [DriftEntry];
  assert.deepEqual([kind, found, seen], ['missingKey', 'nothing', '']);
});

test('keys in another order are counted, and are no drift', () => {
  const check = checkFrames('strict');
  const text = accountsText(1).replace(/("data":\{)("e":"[^"]*"),("E":\d+)/, '$1$3,$2');
  check(accounts, text);
  assert.deepEqual(check.drift, []);
  assert.equal(check.stats.reordered, 1);
});

test('sample looks at the first frame of each topic, and at each hundredth from there', () => {
  const check = checkFrames('sample');
  for (let frame = 0; frame < 201; frame++) {
    check(trades, DRIFTED);
    check(ticker, tickerText());
  }
  assert.equal(check.stats.checked, 6);
  assert.deepEqual(check.drift, [{ ...NEW_KEY, count: 3 }]);
});

test('sample draws frames, if it is given chance', () => {
  const check = checkFrames('sample', { every: 10, random: seededRandom(7) });
  for (let frame = 0; frame < 10_000; frame++) check(trades, TRADES);
  assert.ok(Math.abs(check.stats.checked - 1000) < 100, String(check.stats.checked));
});

test('sample never throws, whatever comes', () => {
  const check = checkFrames('sample', { every: 1 });
  check(trades, 'no JSON');
  check(trades, tickerText());
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => check(trades, `{"stream":"trades","data":${text}}`)),
  );
  assert.ok(check.stats.unreadable >= 2);
});

test('strict throws what the reader throws for a text that is no frame', () => {
  const check = checkFrames('strict');
  assert.throws(() => check(trades, 'no JSON'), { code: 'FRAME_NOT_JSON' });
  assert.throws(() => check(trades, tickerText()), { code: 'FRAME_UNKNOWN_TOPIC' });
  assert.equal(check.stats.unreadable, 2);
});

test('off looks at nothing', () => {
  const check = checkFrames('off');
  check(trades, DRIFTED);
  assert.deepEqual([check.drift, check.stats.checked], [[], 0]);
});

test('the report is bounded: in entries, in what a path and a value take, and in depth', () => {
  const check = checkFrames('sample', { every: 1, limit: 3 });
  const keyed = (key: string, value: string): string => TRADES.replace('"s":', `${JSON.stringify(key)}:${value},"s":`);
  check(trades, keyed('k'.repeat(1000), `"${'v'.repeat(1000)}"`));
  check(trades, keyed('deep', `${'['.repeat(50_000)}${']'.repeat(50_000)}`));
  check(trades, keyed('wide', `[${'1,'.repeat(50_000)}1]`));
  for (let key = 0; key < 100; key++) check(trades, keyed(`made up ${key}`, '1'));
  assert.equal(check.drift.length, 3);
  for (const { path, seen } of check.drift) assert.ok(path.length <= 80 && seen.length <= 80);
  assert.equal(check.drift[1]!.seen, '[[...]]');
  assert.equal(check.stats.unlisted, 100);
});

test('what is handed out is data of its own', () => {
  const check = checkFrames('sample', {
    every: 1,
    onDrift: (entry) => {
      Object.assign(entry, { path: '' });
    },
  });
  check(trades, DRIFTED);
  Object.assign(check.drift[0]!, { count: 99 });
  assert.deepEqual(check.drift, [NEW_KEY]);
});

test('what onDrift throws is printed, and harms nothing', () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
  const thrown = new Error('no');
  const check = checkFrames('sample', {
    onDrift: () => {
      throw thrown;
    },
  });
  check(trades, DRIFTED);
  assert.deepEqual(printed.mock.calls, [[thrown]]);
  assert.equal(check.drift.length, 1);
  printed.mockRestore();
});

test('options that make no sense are refused', () => {
  for (const options of [{ every: 0 }, { every: Number.NaN }, { limit: 0 }])
    assert.throws(() => checkFrames('sample', options), RangeError);
});
