import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { isAddress } from './address.ts';
import { type Command, formatCommand, formatRefusal, parseCommand, type RefusalText } from './command.ts';
import { allTopics, streamForTopic } from './topics.ts';

const ADDRESS = 'bnb17d443engqprppdw3mv36gz6fdhe85nv37p2xq4';
const OTHER = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
const LISTED = ['BNB_BTCB-1DE', 'BNB_BTC', 'BNB_ETH', 'RUNE-B1A_BNB'];

const parse = (text: string) => parseCommand(text, (symbol) => LISTED.includes(symbol), isAddress);
const refused = (method: string, error: RefusalText) => ({ method, error });

test('every documented form of command is read and written, byte for byte', () => {
  for (const text of [
    `{"method":"subscribe","topic":"orders","address":"${ADDRESS}"}`,
    '{"method":"subscribe","topic":"marketDepth","symbols":["BNB_BTC","BNB_ETH"]}',
    '{"method":"subscribe","topic":"kline_1h","symbols":["BNB_BTCB-1DE"]}',
    '{"method":"subscribe","topic":"allTickers","symbols":["$all"]}',
    '{"method":"subscribe","topic":"blockheight","symbols":["$all"]}',
    '{"method":"unsubscribe","topic":"orders"}',
    '{"method":"unsubscribe","topic":"marketDepth","symbols":["BNB_BTC"]}',
    '{"method":"keepAlive"}',
    '{"method":"close"}',
  ]) {
    const command = parse(text);
    assert.ok(!('error' in command), text);
    assert.equal(formatCommand(command), text);
  }
});

test('the keys of a command are written in their documented order, and no others', () => {
  const command = { address: ADDRESS, symbols: ['BNB_BTC'], topic: 'trades', id: 7, method: 'subscribe' as const };
  assert.equal(
    formatCommand(command),
    `{"method":"subscribe","topic":"trades","symbols":["BNB_BTC"],"address":"${ADDRESS}"}`,
  );
});

test('a refusal is written as the venue wrote the recorded one', () => {
  assert.equal(
    formatRefusal({ method: 'subscribe', error: 'Invalid symbol(s)' }),
    '{"method":"subscribe","error":{"error":"Invalid symbol(s)"}}',
  );
  const hostile = formatRefusal({ method: '"},\n\ud800', error: 'Invalid method' });
  assert.deepEqual(JSON.parse(hostile), { method: '"},\n\ud800', error: { error: 'Invalid method' } });
});

test('keys are read in any case of letters, and unknown ones mean nothing', () => {
  assert.deepEqual(parse('{"Method":"keepAlive","id":1}'), { method: 'keepAlive' });
  assert.deepEqual(parse('{"METHOD":"subscribe","Topic":"trades","SYMBOLS":["BNB_BTC"],"x":{"y":[]}}'), {
    method: 'subscribe',
    topic: 'trades',
    symbols: ['BNB_BTC'],
  });
});

test('the values of method and topic are read to the letter', () => {
  assert.deepEqual(
    parse('{"method":"Subscribe","topic":"trades","symbols":["BNB_BTC"]}'),
    refused('Subscribe', 'Invalid method'),
  );
  assert.deepEqual(
    parse('{"method":"subscribe","topic":"Trades","symbols":["BNB_BTC"]}'),
    refused('subscribe', 'Invalid topic'),
  );
});

test('of two keys that differ in case only, the later counts', () => {
  assert.deepEqual(parse('{"method":"close","Method":"keepAlive"}'), { method: 'keepAlive' });
  assert.deepEqual(parse('{"method":"unsubscribe","topic":"trades","symbols":["BNB_BTC"],"Symbols":null}'), {
    method: 'unsubscribe',
    topic: 'trades',
  });
});

test('userAddress is an old word for address, and address wins whatever the order', () => {
  const subscribed = { method: 'subscribe', topic: 'orders', address: ADDRESS };
  assert.deepEqual(parse(`{"method":"subscribe","topic":"orders","userAddress":"${ADDRESS}"}`), subscribed);
  assert.deepEqual(
    parse(`{"method":"subscribe","topic":"orders","Address":"${ADDRESS}","userAddress":"${OTHER}"}`),
    subscribed,
  );
  assert.deepEqual(
    parse(`{"method":"subscribe","topic":"orders","userAddress":"${OTHER}","address":"${ADDRESS}"}`),
    subscribed,
  );
  assert.deepEqual(
    parse(`{"method":"subscribe","topic":"orders","address":null,"userAddress":"${ADDRESS}"}`),
    subscribed,
  );
});

test('addresses are folded to lower case, symbols to upper, by ASCII letters only', () => {
  assert.deepEqual(parse(`{"method":"subscribe","topic":"orders","address":"${ADDRESS.toUpperCase()}"}`), {
    method: 'subscribe',
    topic: 'orders',
    address: ADDRESS,
  });
  assert.deepEqual(parse('{"method":"subscribe","topic":"trades","symbols":["bnb_Btc"]}'), {
    method: 'subscribe',
    topic: 'trades',
    symbols: ['BNB_BTC'],
  });
  const known = (symbol: string) => ['S_B', 'SS_B'].includes(symbol);
  for (const symbol of ['ſ_b', 'ß_b'])
    assert.deepEqual(
      parseCommand(JSON.stringify({ method: 'subscribe', topic: 'trades', symbols: [symbol] }), known, isAddress),
      refused('subscribe', 'Invalid symbol(s)'),
    );
});

test('a subscription without what its topic needs is refused', () => {
  const cases: [string, RefusalText][] = [
    ['{"method":"subscribe"}', 'Invalid topic'],
    ['{"method":"subscribe","topic":null,"symbols":["BNB_BTC"]}', 'Invalid topic'],
    ['{"method":"subscribe","topic":["trades"],"symbols":["BNB_BTC"]}', 'Invalid topic'],
    ['{"method":"subscribe","topic":"kline_4m","symbols":["BNB_BTC"]}', 'Invalid topic'],
    ['{"method":"subscribe","topic":"__proto__","symbols":["BNB_BTC"]}', 'Invalid topic'],
    ['{"method":"subscribe","topic":"trades"}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":null}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":[]}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":"BNB_BTC"}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":{"0":"BNB_BTC","length":1}}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":["BNB_BTC",1]}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":["BNB_BTC","NONE_BNB"]}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":["$all"]}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"allTickers"}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"allTickers","symbols":["BNB_BTC"]}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"blockheight","symbols":["$ALL"]}', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"orders"}', 'Invalid address'],
    ['{"method":"subscribe","topic":"orders","address":""}', 'Invalid address'],
    ['{"method":"subscribe","topic":"orders","address":7}', 'Invalid address'],
    ['{"method":"subscribe","topic":"orders","symbols":["BNB_BTC"]}', 'Invalid address'],
    [`{"method":"subscribe","topic":"orders","address":"${ADDRESS.slice(0, -1)}y"}`, 'Invalid address'],
  ];
  for (const [text, error] of cases) assert.deepEqual(parse(text), refused('subscribe', error), text);
});

test('the address of the documentation is refused: its checksum is wrong', () => {
  const text = '{"method":"subscribe","topic":"orders","address":"bnb17zw3mqjx64x4dxtwqjqz5tssql6qp2m0cgv06x"}';
  assert.deepEqual(parse(text), refused('subscribe', 'Invalid address'));
});

test('a command carries only what means something for its topic', () => {
  assert.deepEqual(parse(`{"method":"subscribe","topic":"orders","address":"${ADDRESS}","symbols":["x"]}`), {
    method: 'subscribe',
    topic: 'orders',
    address: ADDRESS,
  });
  assert.deepEqual(parse('{"method":"subscribe","topic":"trades","symbols":["BNB_BTC"],"address":"x"}'), {
    method: 'subscribe',
    topic: 'trades',
    symbols: ['BNB_BTC'],
  });
});

test('unsubscribe takes a topic, symbols of a topic, or symbols of every topic', () => {
  const cases: [string, Command][] = [
    ['{"topic":"trades"}', { method: 'unsubscribe', topic: 'trades' }],
    ['{"topic":"trades","symbols":["BNB_BTC"]}', { method: 'unsubscribe', topic: 'trades', symbols: ['BNB_BTC'] }],
    ['{"symbols":["BNB_BTC"]}', { method: 'unsubscribe', symbols: ['BNB_BTC'] }],
    ['{"topic":null,"symbols":["bnb_btc"]}', { method: 'unsubscribe', symbols: ['BNB_BTC'] }],
    ['{"topic":"blockheight"}', { method: 'unsubscribe', topic: 'blockheight' }],
    ['{"topic":"blockheight","symbols":["$all"]}', { method: 'unsubscribe', topic: 'blockheight', symbols: ['$all'] }],
    ['{"topic":"orders","address":"nonsense"}', { method: 'unsubscribe', topic: 'orders' }],
  ];
  for (const [keys, command] of cases)
    assert.deepEqual(parse(`{"method":"unsubscribe",${keys.slice(1)}`), command, keys);
});

test('unsubscribe is refused where it names nothing, or nothing known', () => {
  const cases: [string, RefusalText][] = [
    ['{"method":"unsubscribe"}', 'Invalid topic'],
    ['{"method":"unsubscribe","topic":"trade"}', 'Invalid topic'],
    ['{"method":"unsubscribe","topic":"trades","symbols":[]}', 'Invalid symbol(s)'],
    ['{"method":"unsubscribe","topic":"trades","symbols":["NONE_BNB"]}', 'Invalid symbol(s)'],
    ['{"method":"unsubscribe","topic":"blockheight","symbols":["BNB_BTC"]}', 'Invalid symbol(s)'],
    ['{"method":"unsubscribe","symbols":["NONE_BNB"]}', 'Invalid symbol(s)'],
  ];
  for (const [text, error] of cases) assert.deepEqual(parse(text), refused('unsubscribe', error), text);
});

test('an unknown method is echoed; one that cannot be read, or is too long, is empty', () => {
  assert.deepEqual(parse('{"method":"list"}'), refused('list', 'Invalid method'));
  assert.deepEqual(parse('{"method":""}'), refused('', 'Invalid method'));
  for (const method of ['null', '5', '{}', '["subscribe"]', `"${'x'.repeat(101)}"`])
    assert.deepEqual(parse(`{"method":${method}}`), refused('', 'Invalid method'));
  assert.deepEqual(parse('{}'), refused('', 'Invalid method'));
});

test('what is no JSON object is an invalid message', () => {
  for (const text of [
    '',
    ' ',
    'subscribe',
    'null',
    '[]',
    '"subscribe"',
    '7',
    '{',
    '{"method":"close"',
    "{'method':'close'}",
    '\ufeff{}',
  ])
    assert.deepEqual(parse(text), refused('', 'Invalid message'), text);
});

test('deep, wide and strange messages are answered like any other', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  assert.deepEqual(parse(deep), refused('', 'Invalid message'));
  assert.deepEqual(parse(`{"method":"keepAlive","x":${deep}}`), { method: 'keepAlive' });
  assert.deepEqual(
    parse(`{"method":"subscribe","topic":"trades","symbols":${deep}}`),
    refused('subscribe', 'Invalid symbol(s)'),
  );
  const wide = Array.from({ length: 50_000 }, (_, place) => `"k${place}":0`).join();
  assert.deepEqual(parse(`{${wide},"method":"close"}`), { method: 'close' });
  assert.deepEqual(parse('{"__proto__":{"method":"close"},"constructor":1}'), refused('', 'Invalid method'));
});

test('the listing is asked until it denies a symbol, and never about what is no text', () => {
  const asked: string[] = [];
  const known = (symbol: string) => asked.push(symbol) < 2;
  parseCommand('{"method":"subscribe","topic":"trades","symbols":["a","b","c"]}', known, isAddress);
  assert.deepEqual(asked, ['A', 'B']);
  parseCommand('{"method":"subscribe","topic":"trades","symbols":[null,"d"]}', known, isAddress);
  assert.deepEqual(asked, ['A', 'B']);
});

const symbols = fc.array(fc.constantFrom(...LISTED), { minLength: 1, maxLength: 20 });
const topic = fc.constantFrom(...allTopics());
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(topic, symbols, fc.constantFrom(ADDRESS, OTHER)).map(([topic, symbols, address]): Command => {
    const scope = streamForTopic(topic)?.scope;
    if (scope === 'address') return { method: 'subscribe', topic, address };
    return { method: 'subscribe', topic, symbols: scope === 'all' ? ['$all'] : symbols };
  }),
  topic.map((topic): Command => ({ method: 'unsubscribe', topic })),
  symbols.map((symbols): Command => ({ method: 'unsubscribe', symbols })),
  symbols.map((symbols): Command => ({ method: 'unsubscribe', topic: 'ticker', symbols })),
  fc.constantFrom<Command>({ method: 'keepAlive' }, { method: 'close' }),
);

test('every command survives its text', () => {
  fc.assert(fc.property(command, (command) => assert.deepEqual(parse(formatCommand(command)), command)));
});

test('a command means the same with its keys shuffled, recased, padded and among unknown ones', () => {
  const recased = (key: string, seed: number) =>
    [...key].map((letter, place) => ((seed >> place) & 1 ? letter.toUpperCase() : letter)).join('');
  fc.assert(
    fc.property(command, fc.nat(), fc.nat({ max: 3 }), (command, seed, shift) => {
      const entries: [string, unknown][] = [...Object.entries(command), ['id', seed], ['symbolsx', [1]]];
      const turned = [...entries.slice(shift), ...entries.slice(0, shift)];
      const text = JSON.stringify(
        Object.fromEntries(turned.map(([key, value]) => [recased(key, seed), value])),
        null,
        2,
      );
      assert.deepEqual(parse(text), command);
    }),
  );
});

test('any text at all is a command of known things, or a refusal with one of the five texts', () => {
  const key = fc.constantFrom('method', 'Topic', 'symbols', 'ADDRESS', 'userAddress', '__proto__', 'x');
  const word = fc.constantFrom(
    'subscribe',
    'unsubscribe',
    'trades',
    'orders',
    'blockheight',
    '$all',
    'BNB_BTC',
    ADDRESS,
    '',
  );
  const value = fc.oneof(word, fc.array(word, { maxLength: 3 }), fc.jsonValue());
  const near = fc
    .array(fc.tuple(key, value), { maxLength: 6 })
    .map((entries) => JSON.stringify(Object.fromEntries(entries)));
  const cut = fc.tuple(near, fc.nat({ max: 80 })).map(([text, length]) => text.slice(0, length));
  fc.assert(
    fc.property(fc.oneof(near, cut, fc.string(), fc.json()), (text) => {
      const read = parse(text);
      if ('error' in read) {
        assert.ok(/^Invalid (message|method|topic|symbol\(s\)|address)$/.test(read.error));
        assert.deepEqual(JSON.parse(formatRefusal(read)), { method: read.method, error: { error: read.error } });
      } else assert.deepEqual(parse(formatCommand(read)), read);
    }),
    { numRuns: 300 },
  );
});

test('a list longer than the server takes is refused before any of its symbols is looked at', () => {
  const asked: string[] = [];
  const read = (command: object, most?: number) =>
    parseCommand(JSON.stringify(command), (symbol) => asked.push(symbol) > 0, isAddress, most);
  const symbols = ['BNB_BTC', 'BNB_ETH', 'NO_SUCH'];
  for (const command of [
    { method: 'subscribe', topic: 'trades', symbols },
    { method: 'unsubscribe', topic: 'trades', symbols },
    { method: 'unsubscribe', symbols },
  ]) {
    assert.deepEqual(read(command, 2), refused(command.method, 'Too many symbols'));
    assert.deepEqual(asked, []);
    assert.deepEqual(read(command, 3), command);
    assert.deepEqual(read(command), command);
    assert.deepEqual(asked.splice(0), [...symbols, ...symbols]);
  }
});
