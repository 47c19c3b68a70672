import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { blockheight } from '@dexwire/protocol';
import { afterEach, beforeEach, test } from 'vitest';
import { RawClient } from '../../../../tests/support/rawClient.ts';
import { SpokenSource } from '../../../../tests/support/spokenSource.ts';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { openControl } from '../control/control.ts';
import { makeCertificate } from './certificate.ts';
import { FanOut } from './fanOut.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './limits.ts';
import { type Gateway, openGateway } from './server.ts';

const certificate = await makeCertificate([], Date.now());
const { ca } = certificate;

/** The beginning of a client's first words in TLS. */
const BROKEN_OFF = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);

let clock: VirtualClock;
let source: SpokenSource;
let gateway: Gateway;
let clients: RawClient[];
let sockets: Socket[];

const control = openControl({ gateway: () => gateway });

const start = async (limits: Partial<GatewayLimits> = {}): Promise<void> => {
  const fanOut = new FanOut();
  gateway = await openGateway({
    ...{ host: '127.0.0.1', port: 0, tls: certificate, clock, source, fanOut },
    limits: { ...DEFAULT_LIMITS, ...limits },
    random: () => 0.5,
    fetch: () => new Response('rest'),
  });
  source.start(fanOut);
};

const url = (): string => `wss://127.0.0.1:${gateway.port}/api/ws/$all@blockheight`;

const open = async (options = {}): Promise<RawClient> => {
  const client = await RawClient.open(url(), { ca, ...options });
  clients.push(client);
  return client;
};

/** A socket that is there, and when it is gone. */
const tracked = async <S extends Socket>(socket: S, isThere: string): Promise<{ socket: S; gone: Promise<void> }> => {
  sockets.push(socket);
  await once(socket, isThere);
  socket.on('error', () => {});
  return { socket, gone: new Promise((resolve) => socket.resume().once('close', () => resolve())) };
};

const tcp = () => tracked(connectTcp(gateway.port, '127.0.0.1'), 'connect');
const tls = () => tracked<TLSSocket>(connectTls({ port: gateway.port, host: '127.0.0.1', ca }), 'secureConnect');

const say = (text: string): void => source.say({ stream: blockheight, subject: '$all', text });

beforeEach(() => {
  clock = new VirtualClock();
  source = new SpokenSource();
  clients = [];
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(clients.map((client) => client.end()));
  await gateway.close();
  assert.equal(clock.pending, 0);
});

for (const perMessageDeflate of [false, true]) {
  const kind = perMessageDeflate ? 'compressed' : 'plain';
  test(`frames of every length arrive whole over TLS, ${kind}`, async () => {
    await start();
    const client = await open({ perMessageDeflate });
    const texts = [0, 1, 125, 126, 16_384, 16_385, 65_536, 300_000].map((length) => 'x'.repeat(length));
    for (const text of texts) say(text);
    await client.has(texts.length);
    assert.deepEqual(client.texts, texts);
  });

  test(`stalled and half-open sockets, ${kind}, are that over TLS too`, async () => {
    await start();
    const [stalled, dead, alive] = [await open({ perMessageDeflate }), await open({ perMessageDeflate }), await open()];
    control.stall({ id: 1 });
    control.halfOpen({ id: 2 });
    say('frame');
    assert.deepEqual(await alive.take(), ['frame']);
    assert.deepEqual([stalled.texts, dead.texts], [[], []]);
    control.resume({ id: 1 });
    assert.deepEqual(await stalled.take(), ['frame']);
    dead.ws.terminate();
    clock.advance(DEFAULT_LIMITS.pongWithin);
    while (control.sessions().some(({ id }) => id === 2)) await nextRound();
  });

  test(`a session that does not read is closed at its budget over TLS, ${kind}`, async () => {
    await start({ unsentBytes: 1_000_000 });
    const slow = await open({ perMessageDeflate });
    const quick = await open();
    slow.ws.pause();
    const content = Array.from({ length: 250_000 }, (_, place) => ((place * 7_919 * place) % 36).toString(36)).join('');
    while (control.sessions()[0]?.subscriptions.length) {
      say(content);
      assert.deepEqual(await quick.take(), [content]);
    }
    slow.ws.resume();
    assert.deepEqual(await slow.closing, { code: 1013, reason: 'too slow a reader' });
  });
}

test('a reset over TLS is one, of a session and of a handshake', async () => {
  await start();
  const { socket } = await tls();
  socket.write(
    'GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await once(socket, 'data');
  const failed = once(socket, 'error');
  assert.equal(control.reset(), 1);
  assert.equal((await failed)[0].code, 'ECONNRESET');
  control.admit({ mode: 'reset' });
  const [error] = await once(new RawClient(url(), { ca }).ws, 'error');
  assert.equal(error.code, 'ECONNRESET');
});

test('handshakes are refused, counted and kept waiting over TLS as they are without', async () => {
  await start({ sessionsPerRemote: 1, countLoopback: true });
  const statusOf = async (): Promise<unknown> => {
    const { ws } = new RawClient(url(), { ca });
    const [, { statusCode }] = await once(ws, 'unexpected-response');
    ws.terminate();
    return statusCode;
  };
  control.admit({ mode: 'refuse', status: 418 });
  assert.equal(await statusOf(), 418);
  control.admit({ mode: 'open' });
  await open();
  assert.equal(await statusOf(), 429);
});

test('what cannot be a TLS handshake costs its socket and nothing else', async () => {
  await start();
  const plain = await tcp();
  plain.socket.write('GET /api/v1/time HTTP/1.1\r\nHost: x\r\n\r\n');
  const noise = await tcp();
  noise.socket.write(Buffer.alloc(20_000, 0x16));
  const broken = await tcp();
  broken.socket.write(BROKEN_OFF);
  broken.socket.resetAndDestroy();
  await Promise.all([plain.gone, noise.gone, broken.gone]);
  const client = await open();
  say('still here');
  assert.deepEqual(await client.take(), ['still here']);
});

test('who does not finish the TLS handshake, or never begins it, is let go when a request would have to be there', async () => {
  await start({ requestWithin: 50 });
  const [silent, begun] = [await tcp(), await tcp()];
  begun.socket.write(BROKEN_OFF);
  await Promise.all([silent.gone, begun.gone]);
});

test('a request that is not sent to its end is answered with 408 over TLS too', async () => {
  await start({ requestWithin: 1_000 });
  const { socket, gone } = await tls();
  const [answer] = await Promise.all([once(socket, 'data'), socket.write('GET /api/v1/time HTTP/1.1\r\n')]);
  assert.match(String(answer), /^HTTP\/1\.1 408 /);
  await gone;
});

test('a gateway that closes waits for no TLS handshake, nor for a socket that asked nothing', async () => {
  await start({ requestWithin: 3_600_000 });
  const waiting = await Promise.all([tcp(), tls(), tcp()]);
  waiting[2].socket.write(BROKEN_OFF);
  await gateway.close();
  await Promise.all(waiting.map(({ gone }) => gone));
});

test('a gateway that closes says goodbye to its sessions over TLS: they are through, and owed that', async () => {
  await start();
  const [client, busy] = [await open(), await open({ perMessageDeflate: true })];
  const text = 'x'.repeat(300_000);
  say(text); // is being compressed when the close comes
  await gateway.close();
  for (const { closing } of [client, busy]) assert.equal((await closing).code, 1001);
  assert.deepEqual(busy.texts, [text]);
});

test('a gateway takes its port again behind a restart, with the same certificate', async () => {
  await start({ requestWithin: 3_600_000 });
  const [silent, client] = [await tcp(), await open()];
  await control.restart();
  await silent.gone;
  assert.equal((await client.closing).code, 1006);
  say('nobody hears it');
  const again = await open();
  say('back');
  assert.deepEqual(await again.take(), ['back']);
});
