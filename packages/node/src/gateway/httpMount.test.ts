import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { setImmediate as nextRound } from 'node:timers/promises';
import { blockheight } from '@dexwire/protocol';
import { afterEach, beforeEach, test } from 'vitest';
import { RawClient } from '../../../../tests/support/rawClient.ts';
import { SpokenSource } from '../../../../tests/support/spokenSource.ts';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { GatewayCounts } from './counts.ts';
import { FanOut } from './fanOut.ts';
import type { Fetch } from './httpMount.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './limits.ts';
import { type Gateway, openGateway } from './server.ts';

/** As they were before any gateway was opened. */
const OWN = [globalThis.Request, globalThis.Response];

let clock: VirtualClock;
let counts: GatewayCounts;
let source: SpokenSource;
let gateway: Gateway;
let errors: unknown[];
let sockets: Socket[];

const start = async (fetch: Fetch, limits: Partial<GatewayLimits> = {}): Promise<void> => {
  const fanOut = new FanOut(counts);
  gateway = await openGateway({
    ...{ host: '127.0.0.1', port: 0, clock, source, fanOut, counts, fetch },
    limits: { ...DEFAULT_LIMITS, ...limits },
    random: () => 0.5,
    onError: (error) => errors.push(error),
  });
  source.start(fanOut);
};

const url = (path: string): string => `http://127.0.0.1:${gateway.port}${path}`;

const post = (body: string | ReadableStream, path = '/api/v1/broadcast'): Promise<Response> =>
  fetch(url(path), { method: 'POST', body, duplex: 'half' } as RequestInit);

/** A connection that has sent this much. */
const tcp = async (text: string): Promise<Socket> => {
  const socket = connectTcp(gateway.port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
};

const head = (line: string, ...headers: string[]): string => [line, 'Host: x', ...headers, '', ''].join('\r\n');

/** An answer that waits until it is let go. */
const held = () => {
  let asked = 0;
  const waiting: (() => void)[] = [];
  const fetch: Fetch = async () => {
    asked += 1;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return new Response('at last');
  };
  return {
    fetch,
    letGo: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
    /** Until so many requests have come as far as this. */
    has: async (count: number): Promise<void> => {
      while (asked < count) await nextRound();
    },
  };
};

beforeEach(() => {
  clock = new VirtualClock();
  counts = new GatewayCounts();
  source = new SpokenSource();
  errors = [];
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await gateway.close();
  assert.equal(clock.pending, 0);
});

test('everything that is no WebSocket goes to one function, with its method, path, body and sender', async () => {
  await start(async (request, { remote }) => {
    const body = await request.text();
    return Response.json([request.method, new URL(request.url).pathname, body, remote]);
  });
  assert.deepEqual(await (await fetch(url('/api/v1/time?x=1'))).json(), ['GET', '/api/v1/time', '', '127.0.0.1']);
  assert.deepEqual(await (await post('tx')).json(), ['POST', '/api/v1/broadcast', 'tx', '127.0.0.1']);
  assert.match(await (await fetch(url('/'))).text(), /\/api\/stream\?streams=/);
  assert.equal((await fetch(url('/api/ws'))).status, 426);
  assert.equal((await fetch(url('/api/ws/BNB_BTC@trades'))).status, 426);
});

test('a process that embeds the gateway keeps its own Request and Response', async () => {
  await start(() => new Response());
  assert.deepEqual([globalThis.Request, globalThis.Response], OWN);
});

test('a client that would rather speak HTTP/2 is answered in HTTP/1.1', async () => {
  await start(async (request) => new Response(`${request.method} ${await request.text()}`));
  const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAARAAAAA' };
  const request = httpRequest(url('/api/v1/broadcast'), { method: 'POST', headers, agent: false });
  request.end('tx');
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 200);
  assert.equal(await textOf(response), 'POST tx');
});

test('a body up to the limit arrives whole, and one byte more is refused with 413, announced or not', async () => {
  const lengths: number[] = [];
  await start(
    async (request) => {
      lengths.push((await request.arrayBuffer()).byteLength);
      return new Response('taken');
    },
    { bodyBytes: 1_000 },
  );
  const chunked = (length: number): ReadableStream => new Blob(['x'.repeat(length)]).stream();
  for (const body of ['x'.repeat(1_000), chunked(1_000)]) assert.equal(await (await post(body)).text(), 'taken');
  for (const body of ['x'.repeat(1_001), chunked(1_001), chunked(300_000)]) {
    const refused = await post(body);
    assert.equal(refused.status, 413);
    assert.deepEqual(await refused.json(), {
      code: 413,
      message: 'Content Too Large; a body has at most 1000 bytes',
    });
  }
  assert.deepEqual(lengths, [1_000, 1_000]);
});

test('who sends all of a body before it reads gets to read that it was too large, and one without end is cut', async () => {
  let asked = 0;
  await start(() => new Response(String(++asked)), { bodyBytes: 100_000 });
  const announced = head('POST /x HTTP/1.1', 'Content-Length: 1500000', 'Connection: close');
  const chunked = head('POST /x HTTP/1.1', 'Transfer-Encoding: chunked', 'Connection: close');
  const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`;
  for (const whole of [announced + 'x'.repeat(1_500_000), `${chunked}${chunk.repeat(1_500)}0\r\n\r\n`]) {
    const socket = await tcp('');
    await new Promise((resolve) => socket.write(whole, resolve));
    assert.match(await textOf(socket), /^HTTP\/1\.1 413 .*"code":413/s);
  }
  const endless = await tcp(chunked);
  const gone = new Promise((resolve) => endless.resume().once('close', resolve));
  let sent = 0;
  const more = (): void => {
    sent += chunk.length;
    if (!endless.destroyed) endless.write(chunk, more);
  };
  more();
  await gone;
  assert.ok(sent < 100_000_000);
  assert.equal(asked, 0);
});

test('headers over the limit are refused with 431', async () => {
  await start(() => new Response(), { headerBytes: 2_000 });
  assert.equal((await fetch(url('/x'), { headers: { a: 'x'.repeat(1_000) } })).status, 200);
  assert.equal((await fetch(url('/x'), { headers: { a: 'x'.repeat(2_000) } })).status, 431);
});

test('who sends headers or a body too slowly gets 408 and is let go, and is never heard', async () => {
  let asked = 0;
  await start(() => new Response(String(++asked)), { requestWithin: 100 });
  const client = await RawClient.open(`ws://127.0.0.1:${gateway.port}/api/ws/$all@blockheight`);
  const slow = await Promise.all([
    tcp('GET /api/v1/time HT'),
    tcp('GET /api/v1/time HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    tcp(`${head('POST /api/v1/broadcast HTTP/1.1', 'Content-Length: 10')}half`),
    tcp(`${head('POST /api/v1/broadcast HTTP/1.1', 'Transfer-Encoding: chunked')}4\r\nhalf\r\n`),
  ]);
  for (const answer of await Promise.all(slow.map((socket) => textOf(socket))))
    assert.match(answer, /^HTTP\/1\.1 408 Request Timeout/);
  assert.equal(asked, 0);
  source.say({ stream: blockheight, subject: '$all', text: 'still here' });
  assert.deepEqual(await client.take(), ['still here']);
  await client.end();
});

test('an upload that breaks off is never heard, and leaves its place to others', async () => {
  const bodies: string[] = [];
  await start(
    async (request) => {
      bodies.push(await request.text());
      return new Response();
    },
    { concurrentRequests: 1 },
  );
  const broken = await tcp(`${head('POST /api/v1/broadcast HTTP/1.1', 'Content-Length: 10')}half`);
  let busy = await post('whole');
  while (busy.status === 200) busy = await post('whole'); // until the broken one has come in
  assert.equal(busy.status, 503);
  bodies.splice(0);
  broken.resetAndDestroy();
  let free = await post('whole');
  while (free.status === 503) free = await post('whole');
  assert.equal(free.status, 200);
  assert.deepEqual(bodies, ['whole']);
});

test('only so many requests are answered at once, the next is told to come again', async () => {
  const { fetch: hold, has, letGo } = held();
  await start(hold, { concurrentRequests: 3 });
  const first = [1, 2, 3].map((place) => fetch(url(`/${place}`)));
  await has(3);
  const refused = await fetch(url('/4'));
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.deepEqual(await refused.json(), { code: 503, message: 'Service Unavailable' });
  letGo();
  for (const response of await Promise.all(first)) assert.equal(await response.text(), 'at last');
  const next = fetch(url('/5'));
  await has(4);
  letGo();
  assert.equal((await next).status, 200);
});

test('a remote address may ask so often a second, handshakes count, and this machine only on demand', async () => {
  const limits = { requestsPerSecond: 2, requestBurst: 4 };
  await start(() => new Response(), { ...limits, countLoopback: true });
  const statuses = async (count: number): Promise<number[]> => {
    const found: number[] = [];
    for (let asked = 0; asked < count; asked += 1) found.push((await fetch(url('/x'))).status);
    return found;
  };
  const client = await RawClient.open(`ws://127.0.0.1:${gateway.port}/api/ws`);
  assert.deepEqual(await statuses(5), [200, 200, 200, 429, 429]);
  // Pages of other origins are to learn that they ask too often.
  assert.equal((await fetch(url('/x'))).headers.get('access-control-allow-origin'), '*');
  clock.advance(1_000);
  assert.deepEqual(await statuses(3), [200, 200, 429]);
  await client.end();
  await gateway.close();
  await start(() => new Response(), limits);
  assert.deepEqual(new Set(await statuses(20)), new Set([200]));
});

test('a function that throws or rejects costs its own request a 500, and is reported once', async () => {
  const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
  await start((request) => {
    if (request.url.endsWith('/throw')) throw thrown;
    return request.url.endsWith('/reject') ? Promise.reject(rejected) : new Response('fine');
  });
  for (const path of ['/throw', '/reject']) {
    const failed = await fetch(url(path));
    assert.equal(failed.status, 500);
    assert.deepEqual(await failed.json(), { code: 500, message: 'Internal Server Error' });
  }
  assert.equal(await (await fetch(url('/'))).status, 200);
  assert.equal(await (await fetch(url('/fine'))).text(), 'fine');
  assert.deepEqual(errors, [thrown, rejected]);
});

test('requests that cannot be read are refused, and nobody is asked', async () => {
  let asked = 0;
  await start(() => new Response(String(++asked)));
  for (const bytes of [
    'no HTTP\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    head('GET /x HTTP/1.1', 'Host: y', 'Content-Length: x'),
  ]) {
    const socket = await tcp(bytes);
    assert.match(await textOf(socket), /^HTTP\/1\.1 400 /);
  }
  const badHost = await tcp('GET /x HTTP/1.1\r\nHost: a b/@\r\nConnection: close\r\n\r\n');
  assert.match(await textOf(badHost), /^HTTP\/1\.1 400 /);
  assert.deepEqual([asked, errors], [0, []]);
});

test('who does not read its answer is cut after as long as a request may take', async () => {
  await start(() => new Response('x'.repeat(30_000_000)), { requestWithin: 10_000 });
  const deaf = await tcp(head('GET /large HTTP/1.1'));
  deaf.pause();
  // Until the answer is on its way, then until as much of it is gone as the system takes.
  while (deaf.bytesRead === 0 && deaf.readableLength === 0) {
    deaf.resume();
    await nextRound();
    deaf.pause();
  }
  const closed = once(deaf, 'close');
  for (let second = 0; second < 12; second += 1) clock.advance(1_000);
  deaf.resume();
  await closed;
  assert.ok(deaf.bytesRead < 30_000_000);
  assert.equal((await fetch(url('/'))).status, 200);
});

test('requests that are being answered when the gateway closes are answered, later ones find no port', async () => {
  const { fetch: hold, has, letGo } = held();
  await start(hold);
  const asked = fetch(url('/slow'));
  await has(1);
  const closed = gateway.close();
  await assert.rejects(fetch(url('/late')));
  letGo();
  const answer = await asked;
  assert.equal(answer.headers.get('connection'), 'close');
  assert.equal(await answer.text(), 'at last');
  await closed;
});

test('a request that nobody answers keeps the gateway from closing no longer than a session may', async () => {
  const { fetch: hold, has } = held();
  await start(hold, { closeWithin: 2_000 });
  const asked = fetch(url('/never'));
  const failed = assert.rejects(asked);
  await has(1);
  const closed = gateway.close();
  clock.advance(2_000);
  await closed;
  await failed;
});

test('hundreds of sockets that have said half of something do not keep the gateway from closing', async () => {
  await start(() => new Response());
  const halves = [
    '',
    'GET /api/v1/ti',
    'GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: webso',
    `${head('POST /api/v1/broadcast HTTP/1.1', 'Content-Length: 1000')}half`,
    head('GET /api/v1/time HTTP/1.1'),
  ];
  const open = await Promise.all(Array.from({ length: 300 }, (_, place) => tcp(halves[place % halves.length]!)));
  const ends = open.map((socket) => once(socket.resume(), 'close'));
  // All of them have been accepted once one that came later has been answered.
  await fetch(url('/x'));
  await gateway.close();
  await Promise.all(ends);
});
