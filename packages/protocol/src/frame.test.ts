import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accounts,
  allTickers,
  allTopics,
  blockheight,
  type Decimal,
  decode,
  decodeFast,
  decodeTolerant,
  encode,
  FrameError,
  kline,
  klineTime,
  type Level,
  marketDepth,
  marketDiff,
  miniTicker,
  orders,
  peekTopic,
  readReply,
  type Stream,
  streamForTopic,
  type Ticker,
  toJson,
  trades,
  transfers,
} from './index.ts';
import type { Node } from './schema.ts';

const TRADE =
  '{"stream":"trades","data":[{"e":"trade","E":47515444,"s":"CBM-4B2_BNB","t":"47515444-0","p":"0.00000722","q":"24000.00000000","b":"F36B58E668004610B5D1DB23A40B496DF27A4D91-91340","a":"E9F71B7AFD3325590624A692B7DF5B449AA9BA19-91463","T":1573417196130225520,"sa":"bnb1a8m3k7haxvj4jp3y56ft0h6mgjd2nwsel6xsx8","ba":"bnb17d443engqprppdw3mv36gz6fdhe85nv37p2xq4","tt":1}]}';

/** What a reader makes of a text: its event, or its error's code and place. */
const outcome = (read: () => unknown): string => {
  try {
    return toJson(read());
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return `${error.code} ${error.path}`;
  }
};

const agrees = (stream: Stream, text: string): void => {
  assert.equal(
    outcome(() => decode(stream, text)),
    outcome(() => decodeTolerant(stream, text)),
    text,
  );
};

const INT64_EDGES = [0n, 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 10n ** 18n, 2n ** 63n - 1n, -1n, -(2n ** 63n)];
const decimalText = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 2n ** 80n }), fc.integer({ min: 0, max: 10 }))
  .map(([minus, units, scale]) => {
    const digits = String(units).padStart(scale + 1, '0');
    const whole = digits.slice(0, digits.length - scale);
    return `${minus ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}` as Decimal;
  });
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('BNB_BTCB-1DE', '', '<&>', '"}', '},{', '\\'),
);

const dataOf = (node: Node): fc.Arbitrary<unknown> => {
  switch (node.kind) {
    case 'text':
      return anyText;
    case 'decimal':
      return decimalText;
    case 'integer':
      return fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 53 - 1, 1e15, 999_999_999_999_999));
    case 'int64':
      return fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(...INT64_EDGES));
    case 'boolean':
      return fc.boolean();
    case 'word':
    case 'code':
      return fc.constantFrom(...node.words.filter((word) => word !== undefined));
    case 'list':
      return fc.array(dataOf(node.of), { maxLength: 12 });
    case 'levels':
      return fc.array(fc.tuple(decimalText, decimalText), { maxLength: 80 });
    case 'record':
      return fc
        .record(Object.fromEntries(node.fields.map(({ name, shape }) => [name, dataOf(shape.node)])), {
          requiredKeys: node.fields.filter(({ optional }) => !optional).map(({ name }) => name),
        })
        .map((event) => ({ ...event }));
  }
};

const streamOf = (topic: string): Stream => streamForTopic(topic)!;
const topicAndData = fc
  .constantFrom(...allTopics())
  .chain((topic) => dataOf(streamOf(topic).data.node).map((data) => [topic, data] as const));
const topicAndFrame = topicAndData.map(([topic, data]) => [topic, encode(streamOf(topic), data)] as const);

test('any data survives writing and reading, digit for digit', () => {
  fc.assert(
    fc.property(topicAndData, ([topic, data]) => {
      const one = streamOf(topic);
      const text = encode(one, data);
      expect(decode(one, text)).toEqual(data);
      expect(encode(one, decode(one, text))).toBe(text);
      agrees(one, text);
    }),
    { numRuns: 400 },
  );
});

/** Rewrites JSON text value by value, keys shuffled or joined, blanks strewn in; digits stay as they are. */
const rewritten = (text: string, random: () => number, junk: string | undefined): string => {
  const raw: unknown = JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?\d+/g, (token) => (token.startsWith('"') ? token : `"#${token}"`)),
  );
  const blank = (): string => [' ', '\n', '\t', '', '', ''][Math.floor(random() * 6)]!;
  const write = (value: unknown): string => {
    if (typeof value === 'string') {
      if (/^#-?\d+$/.test(value)) return value.slice(1);
      const quoted = JSON.stringify(value);
      return random() < 0.2 && !quoted.includes('\\')
        ? quoted.replace(/[a-z]/i, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
        : quoted;
    }
    if (Array.isArray(value)) return `[${value.map((element) => blank() + write(element) + blank()).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const entries = Object.entries(value).map(
      ([key, inner]) => `${blank()}${JSON.stringify(key)}${blank()}:${blank()}${write(inner)}`,
    );
    if (junk !== undefined) entries.push(`"unknown":${junk}`);
    for (let at = entries.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      [entries[at], entries[other]] = [entries[other]!, entries[at]!];
    }
    return `{${entries.join(`${blank()},`)}${blank()}}`;
  };
  return write(raw);
};

test('shuffled keys, blanks, escapes and unknown keys change nothing', () => {
  const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  fc.assert(
    fc.property(
      topicAndData,
      numbers,
      fc.option(fc.json({ maxDepth: 4 }), { nil: undefined }),
      ([topic, data], random, junk) => {
        const one = streamOf(topic);
        // Texts that look like the marks of `rewritten` would be taken for numbers there.
        const text = encode(one, data);
        fc.pre(!text.includes('"#'));
        expect(
          decode(
            one,
            rewritten(text, () => random.next().value, junk),
          ),
        ).toEqual(data);
      },
    ),
    { numRuns: 200 },
  );
});

const SURPRISES = [
  'null',
  '"7"',
  '-1',
  '-0',
  '1e3',
  '1.5',
  '007',
  '+1',
  '',
  '{}',
  '[]',
  '[[]]',
  'true',
  '"NaN"',
  '"1e-7"',
  '".5"',
  '"5."',
  '"0x10"',
  '"٣"',
  '"Infinity"',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775809',
  '"\\u0031.00000000"',
  '"},{"',
  '['.repeat(50) + ']'.repeat(50),
];

test('one value replaced by anything: both readers give the same event or the same error at the same place', () => {
  fc.assert(
    fc.property(
      topicAndFrame,
      fc.nat(),
      fc.oneof(fc.constantFrom(...SURPRISES), fc.json()),
      ([topic, text], where, surprise) => {
        const one = streamOf(topic);
        const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+|true|false|\[|\{/g)];
        const { index, 0: token } = tokens[where % tokens.length]!;
        agrees(one, text.slice(0, index) + surprise + text.slice(index + token.length));
      },
    ),
    { numRuns: 1500 },
  );
});

test('a frame cut short, joined or with a character changed is read by both readers alike', () => {
  fc.assert(
    fc.property(
      topicAndFrame,
      fc.nat(),
      fc.constantFrom('', '}', ' ', 'x', '"', ',', '\\', '0', ']', '\u0000', 'é'),
      ([topic, text], where, sign) => {
        const one = streamOf(topic);
        const at = where % (text.length + 1);
        agrees(one, text.slice(0, at));
        agrees(one, text.slice(0, at) + sign + text.slice(at));
        agrees(one, text.slice(0, at) + sign + text.slice(at + 1));
        agrees(one, text + sign);
      },
    ),
    { numRuns: 800 },
  );
});

test('text that is no frame at all is a typed error', () => {
  for (const text of ['', '{', 'null', '[]', '7', '"trades"', '\u0000', '{"stream":7,"data":[]}', '{"data":[]}']) {
    assert.throws(() => decode(trades, text), FrameError, text);
  }
  assert.throws(() => decode(trades, '{"stream":"trades"'), { code: 'FRAME_NOT_JSON', path: '' });
  assert.throws(() => decode(trades, '{"stream":"orders","data":[]}'), { code: 'FRAME_UNKNOWN_TOPIC', path: 'stream' });
  assert.throws(() => decode(trades, '{"stream":"trades","data":{}}'), { code: 'FRAME_BAD_FIELD', path: 'data' });
  assert.throws(() => decode(trades, TRADE.replace('0.00000722', '0,00000722')), {
    code: 'FRAME_BAD_FIELD',
    path: 'data[0].p',
  });
});

test('nested junk of any depth is an error, not a crash', () => {
  const deep = `{"stream":"trades","data":[{"e":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`;
  assert.throws(() => decode(trades, deep), { code: 'FRAME_BAD_FIELD', path: 'data[0].e' });
  assert.throws(() => decode(trades, '['.repeat(1_000_000)), { code: 'FRAME_NOT_JSON' });
  assert.throws(() => decode(trades, `{"stream":"${'"\\"'.repeat(300_000)}`), { code: 'FRAME_NOT_JSON' });
});

test('valid JSON is never called anything else, however long its strings and numbers are', () => {
  const escapes = '\\n\\"\\\\'.repeat(1_700_000);
  const digits = '7'.repeat(10_000_000);
  const expected = decode(trades, TRADE);
  for (const junk of [`"${escapes}"`, digits, `["${escapes}",1234567890123456789]`]) {
    assert.deepEqual(
      decode(
        trades,
        TRADE.replace('"e":"trade"', () => `"Z":${junk},"e":"trade"`),
      ),
      expected,
    );
  }
  for (const [key, old] of [
    ['E', '47515444'],
    ['T', '1573417196130225520'],
  ]) {
    for (const value of [digits, `-${digits}`, `"${escapes}"`]) {
      assert.throws(
        () =>
          decode(
            trades,
            TRADE.replace(`"${key}":${old}`, () => `"${key}":${value}`),
          ),
        {
          code: 'FRAME_BAD_FIELD',
          path: `data[0].${key}`,
        },
      );
    }
  }
});

test('digits in a string stay text, whatever quotes and backslashes stand before them', () => {
  const sent = (memo: string): string =>
    `{"stream":"transfers","data":{"x":1234567890123456789,"e":"outboundTransferInfo","E":1,"H":"0","M":${JSON.stringify(memo)},"f":"a","t":[]}}`;
  for (const memo of [
    '1234567890123456',
    '\\',
    '\\\\',
    '"',
    '\\"',
    '\\\\"',
    '":1234567890123456,"',
    '\\":-1234567890123456,"\\',
  ]) {
    assert.equal(decode(transfers, sent(memo)).memo, memo);
  }
});

test('int64 stays exact to its edges, and one past them is an error', () => {
  for (const time of INT64_EDGES) {
    const [trade] = decode(trades, TRADE.replace('1573417196130225520', String(time)));
    assert.equal(trade?.time, time);
  }
  for (const time of [
    '9223372036854775808',
    '-9223372036854775809',
    '99999999999999999999',
    '1.5',
    '"1573417196130225520"',
    '1e18',
  ]) {
    assert.throws(
      () => decode(trades, TRADE.replace('1573417196130225520', time)),
      { code: 'FRAME_BAD_FIELD', path: 'data[0].T' },
      time,
    );
  }
});

test('heights past 2^53 are an error, never rounded', () => {
  assert.deepEqual(decode(blockheight, '{"stream":"blockheight","data":{"h":9007199254740991}}'), {
    height: 9007199254740991,
  });
  assert.throws(() => decode(blockheight, '{"stream":"blockheight","data":{"h":9007199254740993}}'), {
    path: 'data.h',
  });
});

test('unknown keys are told with their place and kept out of the event', () => {
  const places: string[] = [];
  const text = TRADE.replace('"e":"trade"', '"Z":{"e":1},"e":"trade"');
  assert.deepEqual(
    decode(trades, text, (path) => places.push(path)),
    decode(trades, TRADE),
  );
  assert.deepEqual(places, ['data[0].Z']);
});

test('a list of one account is read as the account, and written as the object', () => {
  const text =
    '{"stream":"accounts","data":{"e":"outboundAccountInfo","E":7,"B":[{"a":"BNB","f":"1.00000000","r":"2.00000000","l":"3.00000000"}]}}';
  const boxed = text.replace('"data":{', '"data":[{').replace(/\}$/, ']}');
  assert.deepEqual(decode(accounts, boxed), decode(accounts, text));
  assert.equal(encode(accounts, decode(accounts, boxed)), text);
  assert.throws(() => decode(accounts, '{"stream":"accounts","data":[]}'), { code: 'FRAME_BAD_FIELD', path: 'data' });
  assert.throws(() => decode(marketDiff, '{"stream":"marketDiff","data":[{}]}'), { path: 'data' });
});

test('null lists are read as empty ones', () => {
  const { bids, asks } = decode(
    marketDiff,
    '{"stream":"marketDiff","data":{"e":"depthUpdate","E":1,"s":"A_B","b":null,"a":null}}',
  );
  assert.deepEqual([bids, asks], [[], []]);
  assert.deepEqual(decode(trades, '{"stream":"trades","data":null}'), []);
});

test('old words of side, type and time in force are read, only codes are written', () => {
  const modern =
    '{"stream":"orders","data":[{"e":"executionReport","E":7,"s":"A_B","S":2,"o":2,"f":1,"q":"1.00000000","p":"1.00000000","x":"NEW","X":"IocExpire","i":"4293154","l":"0.00000000","L":"0.00000000","z":"0.00000000","n":"10000BNB","T":1,"t":"","O":1}]}';
  const old = modern.replace('"S":2,"o":2,"f":1', '"S":"SELL","o":"LIMIT","f":"GTC"').replace('"4293154"', '4293154');
  assert.deepEqual(decode(orders, old), decode(orders, modern));
  assert.equal(encode(orders, decode(orders, old)), modern);
  const cancelFailed = modern.replace('"S":2,"o":2,"f":1', '"S":0,"o":0,"f":0');
  assert.equal(decode(orders, cancelFailed)[0]?.timeInForce, 'unknown');
  assert.equal(encode(orders, decode(orders, cancelFailed)), cancelFailed);
  assert.throws(() => decode(orders, modern.replace('"S":2', '"S":3')), { path: 'data[0].S' });
  assert.throws(() => decode(orders, modern.replace('"S":2', '"S":"toString"')), { path: 'data[0].S' });
});

test('an order id longer than 2^53 that came as a number keeps its digits', () => {
  const [trade] = decode(trades, TRADE.replace('"47515444-0"', '12345678901234567890'));
  assert.equal(trade?.tradeId, '12345678901234567890');
});

test('both event types of mini tickers are read and kept', () => {
  const text =
    '{"stream":"miniTicker","data":{"e":"24hrTicker","E":1,"s":"A_B","c":"1.00000000","o":"1.00000000","h":"1.00000000","l":"1.00000000","v":"1.00000000","q":"1.00000000"}}';
  for (const frame of [text, text.replace('24hrTicker', '24hrMiniTicker')]) {
    assert.equal(encode(miniTicker, decode(miniTicker, frame)), frame);
  }
});

test('what came later stays absent: no tick, no memo', () => {
  const [trade] = decode(trades, TRADE.replace(',"tt":1', ''));
  assert.equal(Object.hasOwn(trade ?? {}, 'tick'), false);
  const sent = '{"stream":"transfers","data":{"e":"outboundTransferInfo","E":1,"H":"0","f":"a","t":[]}}';
  assert.equal(Object.hasOwn(decode(transfers, sent), 'memo'), false);
  assert.equal(decode(transfers, sent.replace('"f"', '"M":"","f"')).memo, '');
});

test('a memo is written as the gateway wrote it: signs of HTML escaped, everything else as it is', () => {
  const text =
    '{"stream":"transfers","data":{"e":"outboundTransferInfo","E":1,"H":"0","M":"\\u003cb\\u003e \\u0026 é \\\\b \\"\\n\\u0008\\u2028","f":"a","t":[]}}';
  const transfer = decode(transfers, text);
  assert.equal(transfer.memo, '<b> & é \\b "\n\b\u2028');
  assert.equal(encode(transfers, transfer), text);
});

test('deep books are also read from frames that name the plain topic', () => {
  const text = '{"stream":"marketDepth","data":{"lastUpdateId":1,"symbol":"A_B","bids":[],"asks":[]}}';
  assert.deepEqual(decode(marketDepth(500), text), decode(marketDepth(), text));
  assert.throws(() => decode(marketDepth(), text.replace('marketDepth', 'marketDepth100')), {
    code: 'FRAME_UNKNOWN_TOPIC',
  });
});

test('a level has two decimals, no more', () => {
  const book = (level: string): string =>
    `{"stream":"marketDepth","data":{"lastUpdateId":1,"symbol":"A_B","bids":[${level}],"asks":[]}}`;
  for (const level of ['["1"]', '["1","2",[]]', '["1",2]', '[]', '{}']) {
    assert.throws(() => decode(marketDepth(), book(level)), { code: 'FRAME_BAD_FIELD' }, level);
  }
});

test('the topic is peeked from the head alone', () => {
  assert.equal(peekTopic(TRADE), 'trades');
  assert.equal(peekTopic('{"stream":"kline_1m","data":garbage'), 'kline_1m');
  assert.equal(peekTopic('{"stream":"unclosed'), undefined);
  assert.equal(peekTopic('{ "stream":"trades"}'), undefined);
});

test('a topic that is spelled with escapes is not peeked, but read', () => {
  for (const [written, topic] of [
    ['tr\\u0061des', 'trades'],
    ['\\"trades', '"trades'],
    ['trades\\\\', 'trades\\'],
  ]) {
    const text = `{"stream":"${written}","data":[]}`;
    assert.equal(peekTopic(text), undefined);
    assert.deepEqual(readReply(text), { kind: 'frame', topic });
  }
  assert.deepEqual(decode(trades, '{"stream":"tr\\u0061des","data":[]}'), []);
});

test('a text without a topic at its head is told apart: a frame, a refusal, or neither', () => {
  assert.deepEqual(readReply('{"data":[], "stream" : "trades"}'), { kind: 'frame', topic: 'trades' });
  assert.deepEqual(readReply('{"method":"subscribe","error":{"error":"Invalid symbol(s)"}}'), {
    kind: 'refusal',
    method: 'subscribe',
    reason: 'Invalid symbol(s)',
  });
  assert.deepEqual(readReply('{"error":"Invalid message"}'), {
    kind: 'refusal',
    method: '',
    reason: 'Invalid message',
  });
  assert.throws(() => readReply('{}'), { code: 'FRAME_UNKNOWN_TOPIC' });
  assert.throws(() => readReply('nonsense'), { code: 'FRAME_NOT_JSON' });
});

test('the time of a kline is told by its size: seconds, or milliseconds from 1e11 on', () => {
  const text = encode(kline('1m'), {
    eventType: 'kline',
    eventTime: 1_555_425_469,
    symbol: 'A_B',
    kline: {
      symbol: 'A_B',
      openTime: 0,
      closeTime: 59_999,
      interval: '1m',
      firstTradeId: '',
      lastTradeId: '',
      open: '1' as Decimal,
      close: '1' as Decimal,
      high: '1' as Decimal,
      low: '1' as Decimal,
      volume: '0' as Decimal,
      quoteVolume: '0' as Decimal,
      tradeCount: 0,
      isClosed: false,
    },
  });
  assert.equal(klineTime(decode(kline('1m'), text)), 1_555_425_469_000);
  assert.equal(klineTime(decode(kline('1m'), text.replace('1555425469', '1555425469123'))), 1_555_425_469_123);
});

test('a kept event does not keep a large frame alive', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const ticker = decode(
    allTickers,
    `{"stream":"allTickers","data":[{"e":"24hrTicker","E":1555426679,"s":"83SHUIHU-AC4_BNB","p":"0.00000000","P":"0.00000000","w":"0.07995000","x":"0.07995000","c":"0.07995000","Q":"30000.00000000","b":"0.00000000","B":"0.00000000","a":"0.00000000","A":"0.00000000","o":"0.07995000","h":"0.07995000","l":"0.07995000","v":"0.00000000","q":"0.00000000","O":1555340275037,"C":1555426675037,"F":"3036396-1","L":"3036396-1","n":0}]}`,
  )[0] as Ticker;
  const level: Level = ['90000000000.00000000' as Decimal, '40.05079290' as Decimal];
  const frames = 200;
  /** What the values that `keep` takes out of one frame each keep alive, in bytes a frame. */
  const heldBy = (frame: (index: number) => string, keep: (text: string) => unknown): number => {
    // Compiled code and caches are not what is measured: they are there before.
    for (let index = 0; index < 20; index++) keep(frame(-1));
    const kept: unknown[] = [];
    collect();
    const before = process.memoryUsage().heapUsed;
    // Texts of their own, as a socket gives them, of which nobody else keeps a part.
    for (let index = 0; index < frames; index++) kept.push(keep(Buffer.from(frame(index)).toString()));
    collect();
    return (process.memoryUsage().heapUsed - before) / kept.length;
  };
  const tickers = (index: number): string =>
    encode(
      allTickers,
      Array.from({ length: 200 }, () => ({ ...ticker, symbol: `A-${index}_SYMBOL_OF_MORE_THAN_12` })),
    );
  const books = (index: number): string =>
    encode(marketDepth(1000), {
      lastUpdateId: 1,
      symbol: `A-${index}_SYMBOL_OF_MORE_THAN_12`,
      bids: Array.from({ length: 1000 }, () => level),
      asks: [],
    });
  const all = (index: number): string =>
    encode(
      trades,
      Array.from({ length: 100 }, (_, place) => ({ ...decode(trades, TRADE)[0]!, tradeId: `${index}-${place}` })),
    );

  const text = tickers(0).length / 200;
  assert.ok(heldBy(tickers, (frame) => decode(allTickers, frame)[77]) < 4 * text);
  assert.ok(heldBy(tickers, (frame) => decode(allTickers, frame)[77]?.symbol) < 1024);
  assert.ok(heldBy(all, (frame) => decode(trades, frame)[50]) < 4 * (all(0).length / 100));
  assert.ok(heldBy(books, (frame) => decode(marketDepth(1000), frame).bids[500]) < 1024);
  assert.ok(heldBy(books, (frame) => decode(marketDepth(1000), frame).symbol) < 1024);
  // The measure sees what it is there for: a view of a frame keeps all of it.
  assert.ok(heldBy(tickers, (frame) => frame.slice(100, 150)) > 50_000);
});

test('the fast reader leaves what is not of recorded form', () => {
  assert.notEqual(decodeFast(trades, TRADE), undefined);
  for (const text of [
    ` ${TRADE}`,
    `${TRADE} `,
    TRADE.replace('"E":47515444,', ''),
    TRADE.replace('0.00000722', '0.722'),
    TRADE.replace('CBM', 'CBé'),
  ]) {
    assert.equal(decodeFast(trades, text), undefined);
  }
});
