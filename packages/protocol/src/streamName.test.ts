import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { encodeAddress } from './address.ts';
import { formatStreamName, parseStreamName } from './streamName.ts';
import { accounts } from './streams/accounts.ts';
import { allMiniTickers } from './streams/allMiniTickers.ts';
import { allTickers } from './streams/allTickers.ts';
import { blockheight } from './streams/blockheight.ts';
import { KLINE_INTERVALS, kline } from './streams/kline.ts';
import { DEPTH_LEVELS, marketDepth } from './streams/marketDepth.ts';
import { orders } from './streams/orders.ts';
import { trades } from './streams/trades.ts';
import { transfers } from './streams/transfers.ts';
import { allTopics, streamForTopic } from './topics.ts';

const INVALID = { name: 'ValueError', code: 'STREAM_NAME_INVALID' };
const ADDRESS = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';

const parse = (name: string) => parseStreamName(name);

test('a symbol and a topic name the very stream that programs import', () => {
  assert.deepEqual(parseStreamName('BNB_BTCB-1DE@trades'), { stream: trades, subject: 'BNB_BTCB-1DE' });
  assert.equal(parseStreamName('BNB_BTCB-1DE@kline_1h').stream, kline('1h'));
  assert.equal(parseStreamName('BNB_BTCB-1DE@marketDepth').stream, marketDepth());
  for (const interval of KLINE_INTERVALS)
    assert.equal(parseStreamName(`A_B@kline_${interval}`).stream, kline(interval));
  for (const levels of DEPTH_LEVELS)
    assert.deepEqual(parse(formatStreamName(marketDepth(levels), 'A_B')), {
      stream: marketDepth(levels),
      subject: 'A_B',
    });
});

test('the streams for everybody are named with $all, letter for letter', () => {
  assert.deepEqual(parseStreamName('$all@allTickers'), { stream: allTickers, subject: '$all' });
  assert.deepEqual(parseStreamName('$all@allMiniTickers'), { stream: allMiniTickers, subject: '$all' });
  assert.deepEqual(parseStreamName('$all@blockheight'), { stream: blockheight, subject: '$all' });
  assert.equal(formatStreamName(blockheight), '$all@blockheight');
});

test('an address of either network names its three personal streams', () => {
  const streams = [orders, accounts, transfers];
  assert.deepEqual(parseStreamName(ADDRESS), { streams, address: ADDRESS });
  assert.deepEqual(parse(ADDRESS.toUpperCase()), { streams, address: ADDRESS });
  const mainnet = 'bnb17d443engqprppdw3mv36gz6fdhe85nv37p2xq4';
  assert.deepEqual(parseStreamName(mainnet), { streams, address: mainnet });
  for (const stream of streams) assert.equal(formatStreamName(stream, ADDRESS), ADDRESS);
});

test('lower-case symbols are read as upper case, topics to the letter', () => {
  assert.deepEqual(parseStreamName('bnb_btcb-1de@trades'), { stream: trades, subject: 'BNB_BTCB-1DE' });
  assert.notEqual(parseStreamName('A_B@kline_1m').stream, parseStreamName('A_B@kline_1M').stream);
  assert.throws(() => parse('A_B@TRADES'), INVALID);
  assert.throws(() => parse('$ALL@blockheight'), INVALID);
});

test('a name with another topic, subject or form is a typed error', () => {
  const noTopic = ['', '@', 'A_B', 'A_B@', '@trades', 'A_B@trade', 'A_B@kline_4m', 'A_B@kline_', 'A_B@marketDepth20'];
  const noSubject = [
    '$all@trades',
    'A_B@allTickers',
    'A_B@blockheight',
    'A_B@orders',
    `${ADDRESS}@orders`,
    '@blockheight',
  ];
  const noForm = [
    'A_B@trades@trades',
    'A/B@trades',
    'A B@trades',
    'A_B@trades ',
    '%24all@blockheight',
    'A_B@trades/C_D@trades',
  ];
  const objects = ['A_B@__proto__', 'A_B@constructor', 'A_B@toString', '__proto__@trades'];
  const addresses = ['bnb1', ADDRESS.slice(1, -1), `${ADDRESS}q`, ADDRESS.replace('r', 'b'), ADDRESS.replace('r', 'R')];
  const alphabets = [
    'ſ_B@trades',
    'ß@trades',
    'А_B@trades',
    ADDRESS.toUpperCase().replace('K', '\u212a'),
    'x'.repeat(1_000_000),
  ];
  for (const name of [...noTopic, ...noSubject, ...noForm, ...objects, ...addresses, ...alphabets])
    assert.throws(() => parse(name), INVALID, name.slice(0, 60));
});

test('every stream and subject survives the name', () => {
  const part = fc.stringMatching(/^[A-Z\d]{1,8}(\.B)?(-[\dA-F]{3}M?)?$/);
  const symbol = fc.tuple(part, part).map(([base, quote]) => `${base}_${quote}`);
  const bytes = fc.uint8Array({ minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(fc.constantFrom(...allTopics()), symbol, bytes, (topic, symbol, bytes) => {
      const stream = streamForTopic(topic)!;
      const address = encodeAddress('bnb', bytes);
      const subject = { symbol, all: '$all', address }[stream.scope];
      const named = parse(formatStreamName(stream, subject));
      if ('streams' in named)
        assert.deepEqual([named.address, named.streams.some((s) => s === stream)], [subject, true]);
      else assert.deepEqual(named, { stream, subject });
    }),
  );
});

test('any text at all is a name that is written back as it was read, or a typed error', () => {
  const near = fc.tuple(
    fc.constantFrom('$all', 'a_B', 'A.B-1_C', '', '@', ADDRESS),
    fc.constantFrom('', '@'),
    fc.constantFrom(...allTopics(), '', 'x'),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        near.map((parts) => parts.join('')),
      ),
      (name) => {
        let named: ReturnType<typeof parse>;
        try {
          named = parse(name);
        } catch (error) {
          assert.equal((error as { code?: unknown }).code, INVALID.code);
          return;
        }
        if ('streams' in named) {
          assert.equal(named.address, name.toLowerCase());
        } else {
          const at = name.indexOf('@');
          const subject = named.subject === '$all' ? '$all' : name.slice(0, at).toUpperCase();
          assert.equal(formatStreamName(named.stream, named.subject), subject + name.slice(at));
        }
      },
    ),
  );
});
