import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { blockheight, trades } from '@dexwire/protocol';
import { afterEach, beforeEach, test } from 'vitest';
import { RawClient, refusedUpgrade } from '../../../../tests/support/rawClient.ts';
import { SPOKEN_ADDRESS, SpokenSource } from '../../../../tests/support/spokenSource.ts';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { FanOut } from '../gateway/fanOut.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from '../gateway/limits.ts';
import { type Gateway, openGateway } from '../gateway/server.ts';
import { type Control, openControl, type TimeControl } from './control.ts';

let clock: VirtualClock;
let source: SpokenSource;
let gateway: Gateway;
let control: Control;
let clients: RawClient[];

const start = async (limits: Partial<GatewayLimits> = {}, port = 0): Promise<void> => {
  const fanOut = new FanOut();
  gateway = await openGateway({
    ...{ host: '127.0.0.1', port, clock, source, fanOut },
    limits: { ...DEFAULT_LIMITS, ...limits },
    random: () => 0.5,
    fetch: () => new Response('rest'),
  });
  source.start(fanOut);
  control = openControl({ gateway: () => gateway });
};

const url = (path: string): string => `ws://127.0.0.1:${gateway.port}/api/ws${path}`;

const open = async (path = '/$all@blockheight', options = {}): Promise<RawClient> => {
  const client = await RawClient.open(url(path), options);
  clients.push(client);
  return client;
};

const say = (...texts: string[]): void =>
  source.say(...texts.map((text) => ({ stream: blockheight, subject: '$all', text })));

/** Until so many sessions are left. */
const left = async (count: number): Promise<void> => {
  while (control.sessions().length !== count) await nextRound();
};

beforeEach(() => {
  clock = new VirtualClock();
  source = new SpokenSource();
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await gateway.close();
  assert.equal(clock.pending, 0);
});

test('sessions are listed with who they are and what they want, ids in the order in which they came', async () => {
  await start();
  await open();
  await open(`/${SPOKEN_ADDRESS}`);
  const client = await open('/BNB_BTC@trades');
  client.send({ method: 'subscribe', topic: 'ticker', symbols: ['AAA_BNB'] });
  await client.sync();
  const listed = control.sessions();
  assert.deepEqual(
    listed.map(({ id, address, subscriptions }) => [id, address, subscriptions]),
    [
      [1, undefined, ['$all@blockheight']],
      [2, SPOKEN_ADDRESS, ['orders', 'accounts', 'transfers'].map((topic) => `${SPOKEN_ADDRESS}@${topic}`)],
      [3, undefined, ['BNB_BTC@trades', 'AAA_BNB@ticker']],
    ],
  );
  for (const { remote, unsentBytes, isHalfOpen, isStalled } of listed) {
    assert.match(remote, /^127\.0\.0\.1:\d+$/);
    assert.deepEqual([unsentBytes, isHalfOpen, isStalled], [0, false, false]);
  }
});

test('a dropped socket ends without a close frame, and the others never notice', async () => {
  await start();
  const [first, second] = [await open(), await open()];
  assert.equal(control.drop({ id: 1 }), 1);
  assert.deepEqual(await first.closing, { code: 1006, reason: '' });
  say('still here');
  assert.deepEqual(await second.take(), ['still here']);
  assert.equal(control.drop({ id: 1 }), 0);
});

test('with a code, a dropped session is closed with it', async () => {
  await start();
  const [personal, other] = [await open(`/${SPOKEN_ADDRESS}`), await open()];
  assert.equal(control.drop({ address: SPOKEN_ADDRESS.toUpperCase() }, 1_012), 1);
  assert.deepEqual(await personal.closing, { code: 1_012, reason: 'dropped' });
  await left(1);
  assert.equal(control.drop(undefined, 4_000), 1);
  assert.equal((await other.closing).code, 4_000);
  for (const code of [0, 999, 1_004, 1_005, 1_006, 1_015, 2_999, 5_000, 1_000.5, Number.NaN])
    assert.throws(() => control.drop({}, code), { name: 'ControlError', code: 'CONTROL_BAD_ARGUMENT' });
});

test('a reset socket ends with an error of the system', async () => {
  await start();
  const socket = connectTcp(gateway.port, '127.0.0.1');
  socket.write(
    'GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await once(socket, 'data');
  const failed = once(socket, 'error');
  assert.equal(control.reset(), 1);
  assert.equal((await failed)[0].code, 'ECONNRESET');
});

for (const perMessageDeflate of [false, true]) {
  const kind = perMessageDeflate ? 'compressed' : 'plain';
  test(`a half-open socket, ${kind}, stays open but gives nothing: no frame, no pong, no ping, no close`, async () => {
    await start({ closeWithin: 3_000 });
    const [dead, alive] = [await open(undefined, { perMessageDeflate }), await open()];
    let pongs = 0;
    dead.ws.on('pong', () => {
      pongs += 1;
    });
    assert.equal(control.halfOpen({ id: 1 }), 1);
    dead.send({ method: 'unsubscribe', topic: 'blockheight', symbols: ['$all'] }, { method: 'nonsense' });
    dead.ws.ping();
    dead.ws.close();
    for (let round = 0; round < 5; round += 1) await alive.sync();
    say('frame');
    assert.deepEqual(await alive.take(), ['frame']);
    const { subscriptions, unsentBytes } = control.sessions()[0]!;
    assert.deepEqual([subscriptions, unsentBytes], [['$all@blockheight'], 0], 'it was not heard, and nothing piles up');
    for (let second = 0; second < 90; second += 1) {
      clock.advance(1_000);
      if (second % 10 === 0) await alive.sync();
    }
    assert.deepEqual([dead.texts, dead.pings, pongs], [[], 0, 0]);
    assert.equal(dead.ws.readyState, dead.ws.CLOSING);
    assert.deepEqual(
      control.sessions().map(({ id, isHalfOpen, subscriptions }) => [id, isHalfOpen, subscriptions]),
      [
        [1, true, []],
        [2, false, ['$all@blockheight']],
      ],
      'nobody answered the pings, so the gateway has given up on it in silence',
    );
    assert.equal(control.drop({ id: 1 }), 1);
    assert.equal((await dead.closing).code, 1006);
  });
}

test('a frame that was being compressed when the link went half-open does not come either', async () => {
  await start();
  const [dead, alive] = [await open(undefined, { perMessageDeflate: true }), await open()];
  say('long '.repeat(1_000));
  control.halfOpen({ id: 1 });
  for (let round = 0; round < 5; round += 1) await alive.sync();
  assert.deepEqual([dead.texts.length, alive.texts.length], [0, 1]);
});

test('a half-open socket does not keep the gateway from closing, nor stay for ever once its client is gone', async () => {
  await start();
  const [first, second] = [await open(), await open()];
  control.halfOpen();
  await first.end();
  while (clock.pending < 2) await nextRound(); // the tick, and the wait for the first
  clock.advance(60_000);
  await left(1);
  await gateway.close();
  assert.equal((await second.closing).code, 1006);
});

test('a stalled session gets what was held back in order, after its time or when it is told to go on', async () => {
  await start();
  const [first, second, other] = [await open(), await open(), await open()];
  assert.equal(control.stall({ id: 1 }, 5_000), 1);
  assert.equal(control.stall({ id: 2 }), 1);
  const said = Array.from({ length: 50 }, (_, place) => `frame ${place}`);
  for (const text of said) say(text, `${text} again`);
  const all = said.flatMap((text) => [text, `${text} again`]);
  assert.deepEqual(await other.take(), all);
  assert.deepEqual([first.texts, second.texts], [[], []]);
  assert.ok(control.sessions()[1]!.isStalled && control.sessions()[1]!.unsentBytes > 500);
  clock.advance(4_999);
  assert.equal(control.sessions()[0]!.isStalled, true);
  clock.advance(1);
  assert.deepEqual(await first.take(), all);
  assert.deepEqual(second.texts, []);
  assert.equal(control.resume({ id: 2 }), 1);
  assert.deepEqual(await second.take(), all);
  say('after');
  for (const client of [first, second]) assert.deepEqual(await client.take(), ['after']);
});

test('a stall holds back compressed frames too', async () => {
  await start();
  const [held, other] = [await open(undefined, { perMessageDeflate: true }), await open()];
  control.stall({ id: 1 });
  const long = 'long '.repeat(1_000);
  say('short', long);
  assert.deepEqual(await other.take(), ['short', long]);
  assert.deepEqual(held.texts, []);
  control.resume();
  await held.has(2);
  assert.deepEqual(held.texts, ['short', long]);
});

test('a stalled session that has too much held back is closed with 1013, and its memory is bounded', async () => {
  await start({ unsentBytes: 100_000 });
  const [slow, other] = [await open(), await open()];
  control.stall({ id: 1 });
  for (let turn = 0; turn < 100; turn += 1) {
    say('x'.repeat(10_000));
    assert.equal((await other.take()).length, 1);
  }
  const [state] = control.sessions();
  assert.ok(state!.unsentBytes < 120_000, `${state!.unsentBytes} bytes`);
  assert.deepEqual(state!.subscriptions, []);
  control.resume({ id: 1 });
  assert.deepEqual(await slow.closing, { code: 1013, reason: 'too slow a reader' });
});

test('a stall ends with its socket, and a longer one takes the place of a shorter one', async () => {
  await start();
  const client = await open();
  control.stall({}, 1_000);
  control.stall({}, 2_000);
  say('held');
  clock.advance(1_500);
  assert.equal(control.sessions()[0]!.isStalled, true);
  control.drop();
  await client.closing;
  await left(0);
});

test('a forgotten subscription ends without a word, and can be had again', async () => {
  await start();
  const client = await open();
  const of = (topic: string, ...symbols: string[]) => ({ method: 'subscribe', topic, symbols });
  client.send(of('trades', 'BNB_BTC', 'AAA_BNB'), of('ticker', 'BNB_BTC', 'AAA_BNB'));
  await client.sync();
  const wants = () => control.sessions()[0]!.subscriptions;
  assert.equal(control.forget({ id: 1 }, 'trades', 'BNB_BTC'), 1);
  assert.deepEqual(wants(), ['$all@blockheight', 'AAA_BNB@trades', 'BNB_BTC@ticker', 'AAA_BNB@ticker']);
  assert.equal(control.forget({}, undefined, 'AAA_BNB'), 2);
  assert.equal(control.forget({}, 'blockheight'), 1);
  assert.deepEqual(wants(), ['BNB_BTC@ticker']);
  assert.equal(control.forget(), 1);
  say('unheard');
  assert.deepEqual(await client.take(), []);
  client.send(of('trades', 'BNB_BTC'));
  await client.sync();
  source.say({ stream: trades, subject: 'BNB_BTC', text: 'again' });
  assert.deepEqual(await client.take(), ['again']);
});

test('a restart cuts everybody, frees the port for as long as it was told, and takes the same one again', async () => {
  await start();
  const { port } = gateway;
  const [first, second] = [await open(), await open(`/${SPOKEN_ADDRESS}`)];
  say('before');
  const restarted = control.restart(3_000);
  for (const client of [first, second]) assert.equal((await client.closing).code, 1006);
  assert.deepEqual(control.sessions(), []);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  clock.advance(3_000);
  await restarted;
  assert.equal(gateway.port, port);
  const after = await open();
  say('after');
  assert.deepEqual(await after.take(), ['after']);
  assert.equal(control.sessions()[0]!.id, 3);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/x`)).text(), 'rest');
  await control.restart();
  assert.equal((await after.closing).code, 1006);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/x`)).text(), 'rest');
});

test('a restart that finds its port taken says so, and the gateway can still be closed', async () => {
  await start();
  const shut = gateway;
  const restarted = control.restart(1_000);
  const failed = assert.rejects(restarted, { name: 'NodeError', code: 'LISTEN_FAILED' });
  await assert.rejects(fetch(`http://127.0.0.1:${shut.port}/`));
  await start({}, shut.port);
  clock.advance(1_000);
  await failed;
  await shut.close();
});

test('closing ends a restart that waits for its time', async () => {
  await start();
  await open();
  const restarted = control.restart(3_600_000);
  await gateway.close();
  await restarted;
  await assert.rejects(fetch(`http://127.0.0.1:${gateway.port}/`));
});

test('new handshakes can be refused, reset, left hanging or delayed, while sessions and HTTP go on', async () => {
  await start();
  const alive = await open();
  control.admit({ mode: 'refuse' });
  assert.equal(await refusedUpgrade(url('')), 503);
  control.admit({ mode: 'refuse', status: 502 });
  assert.equal(await refusedUpgrade(url('')), 502);

  control.admit({ mode: 'reset' });
  const reset = new RawClient(url(''));
  assert.equal((await once(reset.ws, 'error'))[0].code, 'ECONNRESET');

  control.admit({ mode: 'delay', ms: 5_000 });
  const delayed = new RawClient(url('/$all@blockheight'));
  clients.push(delayed);
  while (clock.pending < 2) await nextRound(); // the tick and the delay
  clock.advance(4_999);
  await alive.sync();
  assert.equal(delayed.ws.readyState, delayed.ws.CONNECTING);
  const shaken = once(delayed.ws, 'open');
  clock.advance(1);
  await shaken;

  control.admit({ mode: 'hang' });
  const hanging = new RawClient(url(''));
  // A connection of its own that came later has been answered, so the gateway has read that one.
  const later = httpRequest(`http://127.0.0.1:${gateway.port}/x`, { agent: false }).end();
  (await once(later, 'response'))[0].resume();
  const impatient = new RawClient(url(''), { handshakeTimeout: 1 });
  assert.equal((await impatient.closing).code, 1006);
  control.admit({ mode: 'open' });
  say('all of them');
  for (const client of [alive, delayed, await open()]) assert.ok((await client.take()).length < 2);
  assert.equal(hanging.ws.readyState, hanging.ws.CONNECTING);
  assert.equal(await (await fetch(`http://127.0.0.1:${gateway.port}/x`)).text(), 'rest');
  await gateway.close();
  assert.equal((await hanging.closing).code, 1006);
});

test('time is moved where it is stepped, and nowhere else', async () => {
  await start();
  const calls: unknown[][] = [];
  const time: TimeControl = {
    now: () => 1_000,
    advance: async (blocks) => void calls.push(['advance', blocks]),
    advanceTo: (to) => calls.push(['advanceTo', to]),
    pause: () => calls.push(['pause']),
    run: () => calls.push(['run']),
  };
  const stepped = openControl({ gateway: () => gateway, time });
  await stepped.advance();
  await stepped.advance(7);
  await stepped.at(2_500);
  stepped.pause();
  stepped.run();
  const blocks = Array.from({ length: 8 }, () => ['advance', 1]);
  assert.deepEqual(calls, [...blocks, ['advanceTo', 2_500], ['pause'], ['run']]);
  for (const count of [0, -1, 1.5, Number.NaN, 108_001])
    await assert.rejects(() => stepped.advance(count), { code: 'CONTROL_BAD_ARGUMENT' });
  for (const to of [999, 1_000, 1_000.5, Number.POSITIVE_INFINITY])
    await assert.rejects(() => stepped.at(to), { code: 'CONTROL_BAD_ARGUMENT' });
  assert.equal(calls.length, 11);
  for (const verb of [() => control.advance(1), () => control.at(9e12)])
    await assert.rejects(verb, { name: 'ControlError', code: 'CONTROL_TIME_NOT_STEPPED' });
  for (const verb of [control.pause, control.run, control.now])
    assert.throws(verb, { name: 'ControlError', code: 'CONTROL_TIME_NOT_STEPPED' });
});

test('blocks that are sealed in a row are no flood for a client that compresses', async () => {
  await start({ unsentBytes: 20_000 });
  const client = await open(undefined, { perMessageDeflate: true });
  const text = 'a'.repeat(2_000);
  const time: TimeControl = {
    now: () => 1_000,
    advance: async () => say(text, text, text),
    advanceTo: () => {},
    pause: () => {},
    run: () => {},
  };
  await openControl({ gateway: () => gateway, time }).advance(50);
  assert.equal(control.sessions().length, 1);
  assert.equal((await client.take()).length, 150);
});

test('a control that is asked before its gateway is open says so', async () => {
  await start();
  const early = openControl({ gateway: () => undefined });
  for (const verb of [early.sessions, early.drop, early.restart, () => early.admit({ mode: 'hang' })])
    assert.throws(() => verb(), { code: 'CONTROL_NOT_READY' });
});
