import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { blockheight, encode, marketDepth, type Stream, trades } from '@dexwire/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient, refusedUpgrade } from '../../../../tests/support/rawClient.ts';
import { SPOKEN_ADDRESS, SpokenSource } from '../../../../tests/support/spokenSource.ts';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import type { NodeError } from '../errors.ts';
import { type Served, serveSource } from '../serve.ts';
import type { GatewayLimits } from './limits.ts';
import type { Frame } from './source.ts';

let clock: VirtualClock;
let source: SpokenSource;
let node: Served;
let clients: RawClient[];

const start = async (limits: Partial<GatewayLimits> = {}): Promise<void> => {
  node = await serveSource(source, { port: 0, clock, limits, random: () => 0.5 });
};

const open = async (path = '/ws', options = {}): Promise<RawClient> => {
  const client = await RawClient.open(`ws://127.0.0.1:${node.port}/api${path}`, options);
  clients.push(client);
  return client;
};

const text = (subject: string, content: string, stream: Stream = trades): Frame => ({ stream, subject, text: content });
const refusal = (method: string, error: string): string => JSON.stringify({ method, error: { error } });
const subscribe = (topic: string, ...symbols: string[]) => ({ method: 'subscribe', topic, symbols });

beforeEach(() => {
  clock = new VirtualClock();
  source = new SpokenSource();
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await node.close();
  expect(clock.pending).toBe(0);
});

test('every form of URL brings what it names, and nothing else', async () => {
  await start();
  const forms: [string, string[]][] = [
    ['/ws', []],
    ['/ws/', []],
    ['/ws/BNB_BTC@trades', ['BNB_BTC trades']],
    ['/ws/bnb_btc@trades', ['BNB_BTC trades']],
    ['/ws/$all@blockheight', ['height']],
    ['/ws/%24all%40blockheight?apikey=secret', ['height']],
    [`/ws/${SPOKEN_ADDRESS}`, ['orders', 'accounts', 'transfers']],
    ['/stream?streams=BNB_BTC@trades/$all@blockheight', ['BNB_BTC trades', 'height']],
    ['/stream?apikey=secret&streams=AAA_BNB%40trades%2FBNB_BTC@trades', ['BNB_BTC trades', 'AAA_BNB trades']],
    [`/stream?streams=${SPOKEN_ADDRESS}/AAA_BNB@trades`, ['AAA_BNB trades', 'orders', 'accounts', 'transfers']],
  ];
  const opened = await Promise.all(forms.map(([path]) => open(path)));
  const orders = { topic: 'orders' } as Stream;
  source.say(
    text('BNB_BTC', 'BNB_BTC trades'),
    text('AAA_BNB', 'AAA_BNB trades'),
    text('$all', 'height', blockheight),
    text(SPOKEN_ADDRESS, 'orders', orders),
    text(SPOKEN_ADDRESS, 'accounts', { ...orders, topic: 'accounts' }),
    text(SPOKEN_ADDRESS, 'transfers', { ...orders, topic: 'transfers' }),
  );
  for (const [place, [path, expected]] of forms.entries()) expect(await opened[place]!.take(), path).toEqual(expected);
});

test('a bad path is answered with 404 before the upgrade', async () => {
  await start();
  for (const path of ['/', '/ws', '/api', '/api/wss', '/api/ws/a/b', '/api/ws/%zz', '/api/v1/time'])
    expect(await refusedUpgrade(`ws://127.0.0.1:${node.port}${path}`), path).toBe(404);
});

test('a bad stream name is upgraded, told what is wrong, and closed with 1008', async () => {
  await start();
  const cases: [string, string][] = [
    ['/ws/BNB_BTC@nothing', 'Invalid topic'],
    ['/ws/NO_SUCH@trades', 'Invalid symbol(s)'],
    ['/ws/tbnb1nothing', 'Invalid address'],
    ['/stream?streams=BNB_BTC@trades/NO_SUCH@trades', 'Invalid symbol(s)'],
    ['/stream', 'Invalid topic'],
  ];
  for (const [path, error] of cases) {
    const client = await open(path);
    expect(await client.closing, path).toEqual({ code: 1008, reason: error });
    expect(client.texts).toEqual([refusal('subscribe', error)]);
  }
});

test('plain HTTP tells what this is, that a socket is wanted, or that there is nothing', async () => {
  await start();
  const get = (path: string) => fetch(`http://127.0.0.1:${node.port}${path}`);
  const about = await get('/');
  expect([about.status, about.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await about.text()).toContain('/api/stream?streams=');
  expect((await get('/api/ws')).status).toBe(426);
  expect((await get('/nothing')).status).toBe(404);
});

test('commands come as text and as binary, and go on after a refusal; success is silent', async () => {
  await start();
  const client = await open();
  client.send(
    subscribe('trades', 'BNB_BTC'),
    Buffer.from('{"Method":"subscribe","Topic":"trades","Symbols":["aaa_bnb"]}'),
    subscribe('trades', 'NO_SUCH'),
    Buffer.from([0xff, 0x00]),
    'no JSON',
    { method: 'keepAlive' },
    { Method: 'subscribe', topic: 'orders', userAddress: SPOKEN_ADDRESS, symbols: null },
  );
  expect(await client.take()).toEqual([
    refusal('subscribe', 'Invalid symbol(s)'),
    refusal('', 'Invalid message'),
    refusal('', 'Invalid message'),
  ]);
  source.say(
    text('BNB_BTC', 'one'),
    text('AAA_BNB', 'two'),
    text(SPOKEN_ADDRESS, 'three', { ...trades, topic: 'orders' }),
  );
  expect(await client.take()).toEqual(['one', 'two', 'three']);
  client.send({ method: 'unsubscribe', topic: 'trades', symbols: ['AAA_BNB'] });
  client.send({ method: 'unsubscribe', topic: 'orders' });
  await client.sync();
  source.say(
    text('BNB_BTC', 'one'),
    text('AAA_BNB', 'two'),
    text(SPOKEN_ADDRESS, 'three', { ...trades, topic: 'orders' }),
  );
  expect(await client.take()).toEqual(['one']);
});

test('a subscription to a book begins with the book, once', async () => {
  await start();
  const client = await open();
  const book = encode(marketDepth(), { lastUpdateId: 5, symbol: 'BNB_BTC', bids: [], asks: [] });
  client.send(subscribe('marketDepth', 'BNB_BTC'), subscribe('marketDepth', 'BNB_BTC'));
  expect(await client.take()).toEqual([book]);
  client.send(subscribe('trades', 'BNB_BTC'), { method: 'unsubscribe', topic: 'marketDepth' });
  expect(await client.take()).toEqual([]);
  expect(await (await open('/ws/BNB_BTC@marketDepth')).take()).toEqual([book]);
});

test('frames of every length arrive whole, small and large, joined and alone', async () => {
  await start();
  const plain = await open('/ws/BNB_BTC@trades');
  const compressed = await open('/ws/BNB_BTC@trades', { perMessageDeflate: true });
  const texts = [0, 1, 125, 126, 1_023, 1_024, 16_384, 65_535, 65_536, 300_000].map((length) => 'x'.repeat(length));
  texts.push('\u00e9'.repeat(63), '\u{1f600}'.repeat(40_000));
  source.say(...texts.map((content) => text('BNB_BTC', content)));
  for (const content of texts) source.say(text('BNB_BTC', content));
  for (const client of [plain, compressed]) {
    await client.has(2 * texts.length);
    expect(client.texts).toEqual([...texts, ...texts]);
  }
});

test('compression is agreed on where it is asked for, and marketDepth1000 demands it', async () => {
  await start();
  const plain = await open();
  const compressed = await open('/ws', { perMessageDeflate: true });
  expect(plain.ws.extensions).toBe('');
  expect(compressed.ws.extensions).toBe('permessage-deflate');
  for (const client of [plain, compressed]) client.send(subscribe('marketDepth1000', 'BNB_BTC'));
  expect(await plain.take()).toEqual([refusal('subscribe', 'Compression required')]);
  expect(await compressed.take()).toEqual([]);
  source.say(text('BNB_BTC', 'y'.repeat(5_000), marketDepth(1000)));
  await compressed.has(1);
  expect(compressed.texts).toEqual(['y'.repeat(5_000)]);
  expect((await (await open('/ws/BNB_BTC@marketDepth1000')).closing).code).toBe(1008);
});

test('pings come each half minute, and who does not answer is closed with 1001', async () => {
  await start();
  const alive = await open('/ws/$all@blockheight');
  const mute = await open('/ws/$all@blockheight', { autoPong: false });
  for (let second = 0; second < 59; second += 1) {
    clock.advance(1_000);
    if (second % 15 === 14) await alive.sync();
  }
  await mute.sync();
  expect([alive.pings, mute.pings]).toEqual([1, 1]);
  clock.advance(1_000);
  expect(await mute.closing).toEqual({ code: 1001, reason: 'no pong' });
  expect(alive.ws.readyState).toBe(alive.ws.OPEN);
});

test('the ends of a session have their codes: no subscription, expired, closed on request', async () => {
  // Hours go by at once here, so nobody can be in time with a pong or with the answer to a close.
  await start({ pongWithin: Number.POSITIVE_INFINITY, closeWithin: Number.POSITIVE_INFINITY });
  const idle = await open();
  const busy = await open('/ws/$all@blockheight');
  const kept = await open('/ws/$all@blockheight');
  clock.advance(60_000);
  expect(await idle.closing).toEqual({ code: 1000, reason: 'no subscription' });
  clock.advance(28 * 60_000);
  kept.send({ method: 'keepAlive' });
  await kept.sync();
  clock.advance(30 * 60_000);
  expect(await busy.closing).toEqual({ code: 1000, reason: 'expired' });
  await kept.sync();
  kept.send({ method: 'close' });
  expect(await kept.closing).toEqual({ code: 1000, reason: 'closed on request' });
});

test('too large a message is closed with 1009, too many with 1008', async () => {
  await start();
  const large = await open();
  large.send('x'.repeat(1_048_577));
  expect((await large.closing).code).toBe(1009);
  const bomb = await open('/ws', { perMessageDeflate: { threshold: 0 } });
  bomb.send(' '.repeat(3_000_000));
  expect((await bomb.closing).code).toBe(1009);
  const many = await open();
  for (let sent = 0; sent < 101; sent += 1) many.send({ method: 'keepAlive' });
  expect(await many.closing).toEqual({ code: 1008, reason: 'too many messages' });
});

test('sockets of one remote address are counted, but for this machine only on demand', async () => {
  await start({ sessionsPerRemote: 2, countLoopback: true });
  const [first] = await Promise.all([open('/ws/BNB_BTC@trades'), open()]);
  expect(await refusedUpgrade(`ws://127.0.0.1:${node.port}/api/ws`)).toBe(429);
  await first.end();
  while (source.sink?.wants(trades, 'BNB_BTC')) await nextRound();
  await open();
  await node.close();
  await start({ sessionsPerRemote: 1 });
  await Promise.all([open(), open(), open()]);
});

test('a session that does not read is closed with 1013 at its budget, and the others never notice', async () => {
  await start({ unsentBytes: 1_000_000 });
  const slow = await open('/ws/BNB_BTC@trades');
  const slowToo = await open('/ws/BNB_BTC@trades', { perMessageDeflate: true });
  const quick = await open('/ws/BNB_BTC@trades');
  slow.ws.pause();
  slowToo.ws.pause();
  // Random letters, so that compression does not make them few.
  const content = Array.from({ length: 250_000 }, (_, place) => ((place * 7_919 * place) % 36).toString(36)).join('');
  let turns = 0;
  while (source.sink?.wants(trades, 'BNB_BTC') && turns < 100) {
    source.say(text('BNB_BTC', content));
    turns += 1;
    expect(await quick.take()).toEqual([content]);
  }
  expect(quick.ws.readyState).toBe(quick.ws.OPEN);
  slow.ws.resume();
  expect(await slow.closing).toEqual({ code: 1013, reason: 'too slow a reader' });
  expect(slow.texts.length).toBeLessThan(turns);
  slowToo.ws.resume();
  expect((await slowToo.closing).code).toBe(1013);
});

test('a session that is closed but does not answer is cut', async () => {
  await start({ unsentBytes: 1_000_000, closeWithin: 3_000 });
  const slow = await open('/ws/BNB_BTC@trades');
  slow.ws.pause();
  for (let turn = 0; turn < 40; turn += 1) source.say(text('BNB_BTC', 'x'.repeat(500_000)));
  expect(source.sink?.wants(trades, 'BNB_BTC')).toBe(false);
  clock.advance(3_000);
  slow.ws.resume();
  expect((await slow.closing).code).toBe(1006);
});

test('broken WebSocket frames end their own session only', async () => {
  await start();
  const good = await open('/ws/$all@blockheight');
  const upgrade = async (): Promise<Socket> => {
    const socket = connectTcp(node.port, '127.0.0.1');
    socket.write(
      'GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await once(socket, 'data');
    return socket;
  };
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), async (bytes) => {
      const socket = await upgrade();
      socket.on('error', () => {});
      const closed = once(socket, 'close');
      socket.resume();
      socket.end(bytes);
      await good.sync();
      socket.destroy();
      await closed;
    }),
    { numRuns: 60 },
  );
  source.say(text('$all', 'still here', blockheight));
  expect(await good.take()).toEqual(['still here']);
});

test('whatever clients say, the gateway goes on', async () => {
  await start({ messageBurst: 100_000 });
  const client = await open('/ws/$all@blockheight');
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.uint8Array()), async (message) => {
      client.send(message);
      await client.sync();
    }),
    { numRuns: 300 },
  );
  client.texts.splice(0);
  source.say(text('$all', 'still here', blockheight));
  expect(await client.take()).toEqual(['still here']);
});

test('closing the node closes every session with 1001 and frees the port, however often it is asked to', async () => {
  await start();
  const opened = await Promise.all([open(), open('/ws/BNB_BTC@trades'), open('/ws', { perMessageDeflate: true })]);
  const { port } = node;
  await Promise.all([node.close(), node.close()]);
  for (const client of opened) expect(await client.closing).toEqual({ code: 1001, reason: 'going away' });
  await node.close();
  node = await serveSource(source, { port, clock });
});

test('closing the node waits no longer than it said for who does not answer', async () => {
  await start({ closeWithin: 2_000 });
  const deaf = await open('/ws/BNB_BTC@trades');
  deaf.ws.pause();
  const closed = node.close();
  clock.advance(2_000);
  await closed;
  deaf.ws.resume();
  await deaf.closing;
});

test('a port that is taken is an error that says so, with its cause', async () => {
  await start();
  const failure: NodeError = await serveSource(source, { port: node.port, clock }).then(
    () => expect.fail('it started'),
    (error) => error,
  );
  expect(failure).toMatchObject({ name: 'NodeError', code: 'LISTEN_FAILED', cause: { code: 'EADDRINUSE' } });
  expect(failure.message).toContain(`127.0.0.1:${node.port}`);
});

test('a client that breaks off its handshake harms nobody', async () => {
  await start();
  const socket = connectTcp(node.port, '127.0.0.1');
  socket.write('GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  await once(socket, 'data');
  socket.resetAndDestroy();
  const partial = connectTcp(node.port, '127.0.0.1');
  partial.write('GET /api/ws HTT');
  await once(partial, 'connect');
  partial.on('error', () => {});
  expect(await (await open('/ws/BNB_BTC@trades')).take()).toEqual([]);
  await node.close();
});

test('a symbol can be subscribed to as soon as it is listed; when it goes, its subscribers hear the last of it and are dropped silently', async () => {
  await start();
  const client = await open('/ws/BNB_BTC@trades');
  client.send(subscribe('trades', 'NEW_BNB'));
  expect(await client.take()).toEqual([refusal('subscribe', 'Invalid symbol(s)')]);
  source.symbols = [...source.symbols, 'NEW_BNB'];
  client.send(subscribe('trades', 'NEW_BNB'), subscribe('ticker', 'NEW_BNB'));
  expect(await client.take()).toEqual([]);
  expect(source.sink?.wants(trades, 'NEW_BNB')).toBe(true);
  source.symbols = ['BNB_BTC', 'AAA_BNB'];
  client.send(subscribe('miniTicker', 'NEW_BNB'));
  expect(await client.take()).toEqual([refusal('subscribe', 'Invalid symbol(s)')]);
  clock.advance(1_000);
  source.say(text('NEW_BNB', 'the last of it'));
  expect(await client.take()).toEqual(['the last of it']);
  clock.advance(1_000);
  expect(source.sink?.wants(trades, 'NEW_BNB')).toBe(false);
  source.say(text('NEW_BNB', 'gone'), text('BNB_BTC', 'stays'));
  expect(await client.take()).toEqual(['stays']);
});

test('a flood of sockets of one remote address gets 429, and of all 503, while sessions that are open go on', async () => {
  await start({ sessionsPerRemote: 5, countLoopback: true, requestBurst: 10_000 });
  const flood = async (): Promise<(number | undefined)[]> =>
    Promise.all(Array.from({ length: 300 }, () => refusedUpgrade(`ws://127.0.0.1:${node.port}/api/ws`)));
  const kept = await Promise.all([1, 2, 3, 4, 5].map(() => open('/ws/$all@blockheight')));
  expect(new Set(await flood())).toEqual(new Set([429]));
  source.say(text('$all', 'still here', blockheight));
  for (const client of kept) expect(await client.take()).toEqual(['still here']);
  await node.close();
  await start({ sessions: 5 });
  const others = await Promise.all([1, 2, 3, 4, 5].map(() => open('/ws/$all@blockheight')));
  expect(new Set(await flood())).toEqual(new Set([503]));
  source.say(text('$all', 'still here', blockheight));
  for (const client of others) expect(await client.take()).toEqual(['still here']);
});

test('a text message that is no UTF-8 is closed with 1007, and a frame that is broken with 1002', async () => {
  await start();
  const noText = await open();
  noText.ws.send(Buffer.from([0x7b, 0xff, 0xfe]), { binary: false });
  expect((await noText.closing).code).toBe(1007);
  const broken = connectTcp(node.port, '127.0.0.1');
  broken.write(
    'GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await once(broken, 'data');
  broken.write(Buffer.from([0x81, 0x02, 0x7b, 0x7d])); // without the mask that clients have to use
  const [close] = await once(broken, 'data');
  expect([...close.subarray(0, 4)]).toEqual([0x88, 0x02, 0x03, 0xea]);
  broken.destroy();
});

test('many sessions that never read are all closed at their budget, and readers get every frame meanwhile', async () => {
  await start({ unsentBytes: 200_000 });
  const deaf = await Promise.all(Array.from({ length: 15 }, () => open('/ws/BNB_BTC@trades')));
  for (const { ws } of deaf) ws.pause();
  const reader = await open('/ws/AAA_BNB@trades');
  const content = 'x'.repeat(250_000);
  let turns = 0;
  while (source.sink?.wants(trades, 'BNB_BTC') && turns < 100) {
    source.say(text('BNB_BTC', content), text('AAA_BNB', `turn ${turns}`));
    expect(await reader.take()).toEqual([`turn ${turns}`]);
    turns += 1;
  }
  expect(turns).toBeLessThan(100);
  for (const { ws } of deaf) ws.resume();
  const codes = await Promise.all(deaf.map(async ({ closing }) => (await closing).code));
  expect(new Set(codes)).toEqual(new Set([1013]));
});

test('a flood of commands from many sockets ends each with 1008, and others are served in between', async () => {
  await start();
  const good = await open('/ws/BNB_BTC@trades');
  const bad = await Promise.all(Array.from({ length: 20 }, () => open()));
  for (const client of bad) for (let sent = 0; sent < 500; sent += 1) client.send({ method: 'nonsense' });
  source.say(text('BNB_BTC', 'served'));
  expect(await good.take()).toEqual(['served']);
  for (const client of bad) {
    expect((await client.closing).code).toBe(1008);
    expect(client.texts.length).toBeLessThanOrEqual(100);
  }
});
