import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Node, startNode, startRecordings } from '@dexwire/node';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { connect, type Dex } from 'dexwire';
import { afterEach, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { during, fakeWorld } from '../../../../tests/support/fakeWorld.ts';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { ms } from './check.ts';

interface Told {
  readonly name: string;
  readonly verdict: string;
  readonly detail: string;
  readonly advice?: string;
}

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const opened = <T extends { close(): unknown }>(one: T): T => {
  open.push(one);
  return one;
};

const told = (text: string): Told[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told);

const examine = async (url: string, ...args: string[]) => {
  const fake = fakeWorld();
  const code = await fake.run('doctor', '--json', '--network', url, ...args);
  return { code, checks: told(fake.stdout.text), stderr: fake.stderr.text };
};

const market = async (): Promise<TestDex<Dex>> => opened(await startTestDex(connect, { traders: true, seed: 3 }));

test('of a healthy node every check is ok, from the name to the lag, and it ends with 0', async () => {
  const { node, clock, advance } = await market();
  const fake = fakeWorld({ clock });
  const running = fake.run('doctor', '--json', '--network', node.ws, '--for', '20s', '--connect-timeout', '1h');
  assert.equal(await during({ advance }, running), 0);
  const checks = told(fake.stdout.text);
  for (const { name, verdict, detail } of checks) assert.equal(verdict, 'ok', `${name}: ${detail}`);
  for (const name of [
    'limits',
    'name',
    'port',
    'handshake',
    'rest',
    'clock',
    'listed',
    'blockheight',
    'trades',
    'frames',
    'lag',
  ])
    assert.ok(
      checks.some((check) => check.name === name),
      name,
    );
});

test('a chain that stands still is told, with what moves it', async () => {
  const { node, clock } = await market();
  const fake = fakeWorld({ clock });
  const running = fake.run('doctor', '--json', '--network', node.ws, '--for', '4s', '--connect-timeout', '1h');
  const step = { advance: () => clock.pass(100) };
  assert.equal(await during(step, running), 1);
  const checks = told(fake.stdout.text);
  const height = checks.find(({ name }) => name === 'blockheight')!;
  assert.equal(height.verdict, 'fail');
  assert.match(height.advice!, /POST \/control\/advance/);
});

test('a closed port, a wrong path and something that is no gateway each end with 3 and advice of their own', async () => {
  const node: Node = opened(await startNode({ port: 0, traders: false }));
  const path = await examine(node.ws.replace('/api/ws', '/nowhere'));
  assert.equal(path.code, 3);
  assert.match(path.checks.at(-1)!.advice!, /the path is wrong/);

  const sockets = new Set<Socket>();
  const deaf: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', () => socket.end('SSH-2.0-x\r\n\r\n'));
  });
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  opened({ close: () => deaf.close() });
  const address = deaf.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const other = await examine(`ws://127.0.0.1:${port}/api/ws`);
  assert.equal(other.code, 3);
  assert.equal(other.checks.at(-1)!.name, 'handshake');
  assert.match(other.checks.at(-1)!.advice!, /does not speak HTTP/);

  await node.close();
  const closed = await examine(node.ws);
  assert.deepEqual([closed.code, closed.checks.at(-1)!.name, closed.checks.at(-1)!.verdict], [3, 'port', 'fail']);
});

test('a certificate that nobody here trusts is told with --ca as the remedy, and with it all is well', async () => {
  const node: Node = opened(await startNode({ port: 0, tls: 'self-made', blockTime: 50 }));
  const { code, checks } = await examine(node.ws);
  assert.equal(code, 3);
  assert.match(checks.at(-1)!.advice!, /--ca FILE/);
  const plain = await examine(node.ws.replace('wss:', 'ws:'));
  assert.equal(plain.code, 3);
});

test('an endpoint that speaks no TLS is told to be asked by ws://', async () => {
  const node: Node = opened(await startNode({ port: 0, traders: false }));
  const { code, checks } = await examine(node.ws.replace('ws:', 'wss:'));
  assert.equal(code, 3);
  assert.match(checks.at(-1)!.advice!, /try ws:\/\//);
});

/** Something that opens WebSockets and is no DEX; REST it has none. `met` tells when it has done to a client what it does. */
const noDex = async (greet: (client: WebSocket, met: () => void) => void) => {
  const server = opened(createHttpServer((_, response) => response.writeHead(404).end()));
  const sockets = new WebSocketServer({ server });
  let isMet = false;
  sockets.on('connection', (client) =>
    greet(client, () => {
      isMet = true;
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clock = new VirtualClock();
  const fake = fakeWorld({ clock });
  const running = fake.run('doctor', '--json', '--network', `ws://127.0.0.1:${port}/api/ws`, '--for', '2s');
  const code = await during({ advance: async () => void (isMet && (await clock.pass(2000))) }, running);
  for (const client of sockets.clients) client.terminate();
  return { code, checks: told(fake.stdout.text), stderr: fake.stderr.text };
};

test('a socket that is closed as soon as something is asked is told with the reason, and no stream is called well', async () => {
  const { code, checks, stderr } = await noDex((client, met) => {
    client.once('message', () => {
      client.close(1008, 'go away');
      client.once('close', met);
    });
  });
  assert.equal(code, 1);
  assert.equal(checks.at(-1)!.name, 'socket');
  assert.match(
    checks.at(-1)!.detail,
    /^nothing was heard in 2 s, and the socket was closed .*: SOCKET_CLOSED: 1008 go away$/,
  );
  assert.match(checks.at(-1)!.advice!, /the path is wrong/);
  assert.equal(stderr, 'dexwire: something is wrong: socket\n');
});

test('frames of something else than a DEX are told once, and not one by one', async () => {
  const { code, checks, stderr } = await noDex((client, met) => {
    client.once('message', () => {
      for (let count = 0; count < 3; count++) client.send('{"e":"trade","p":"1"}');
      client.ping();
    });
    client.on('pong', met);
  });
  assert.equal(code, 1);
  assert.equal(checks.at(-1)!.name, 'frames');
  assert.match(checks.at(-1)!.detail, /^none of \d+ frames is one of a DEX$/);
  assert.match(checks.at(-1)!.advice!, /look at the URL/);
  assert.equal(stderr, 'dexwire: something is wrong: frames\n');
});

test('a symbol that is not listed is told with those that are, and its streams are not asked for', async () => {
  const { node, clock, advance } = await market();
  const fake = fakeWorld({ clock });
  const args = ['--symbol', 'nope_bnb', '--for', '20s', '--connect-timeout', '1h'];
  assert.equal(await during({ advance }, fake.run('doctor', '--json', '--network', node.ws, ...args)), 1);
  const checks = told(fake.stdout.text);
  assert.match(checks.find(({ name }) => name === 'listed')!.detail, /^NOPE_BNB is not listed here; listed are BNB_/);
  assert.ok(!checks.some(({ name }) => name === 'trades'));
});

/** A server that answers each request with these bytes. */
const answering = async (bytes: string): Promise<string> => {
  const server: Server = opened(createServer((socket) => socket.on('data', () => socket.write(bytes))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/ws`;
};
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';

test('a handshake that is answered with another key is none, and a place that it points to is told', async () => {
  const other = await examine(await answering(`${SWITCHING}Sec-WebSocket-Accept: nope\r\n\r\n`));
  assert.equal(other.code, 3);
  assert.match(other.checks.at(-1)!.detail, /sec-websocket-accept is not that of the key/);
  const moved = await examine(await answering('HTTP/1.1 301 Moved\r\nLocation: https://x.example/ws\r\n\r\n'));
  assert.equal(moved.checks.at(-1)!.detail, 'status 301, to https://x.example/ws');
  assert.match(moved.checks.at(-1)!.advice!, /--network wss:\/\/x\.example\/ws/);
});

test('REST that answers each question with a WebSocket is unreachable, and not waited for', async () => {
  const { run, stderr } = fakeWorld();
  const url = await answering(`${SWITCHING}Sec-WebSocket-Accept: nope\r\n\r\n`);
  assert.equal(await run('bench', '--network', url), 3);
  assert.match(stderr.text, /closed without an answer/);
});

test('whoever ends it while a step waits is not kept waiting', async () => {
  const server: Server = opened(createServer());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { run, end } = fakeWorld();
  server.once('connection', () => server.once('connection', () => end('SIGINT'))); // the first one looks at the port
  assert.equal(
    await run('doctor', '-n', `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, '--connect-timeout', '1h'),
    130,
  );
});

test('a gateway that plays recordings, which has no REST, is no sick one', async () => {
  const clock = new VirtualClock();
  const served = opened(await startRecordings({ port: 0, clock }));
  const { run, stdout } = fakeWorld({ clock });
  const running = run('doctor', '--json', '--network', served.ws, '--for', '5s', '--connect-timeout', '1h');
  assert.equal(await during({ advance: () => clock.pass(100) }, running), 0);
  const checks = told(stdout.text);
  assert.equal(checks.find(({ name }) => name === 'rest')!.verdict, 'warn');
  assert.equal(checks.find(({ name }) => name === 'blockheight')!.verdict, 'ok');
});

test('an authority that is no certificate is refused with its file', async () => {
  const { run, stderr } = fakeWorld();
  assert.equal(await run('doctor', '--ca', fileURLToPath(import.meta.url)), 2);
  assert.match(stderr.text, /^dexwire: --ca: .*doctor\.test\.ts has no certificate in PEM/);
});

test('a clock that is wrong by years is not told in milliseconds', () => {
  assert.deepEqual([0.04, 312.4, -65_000, 179_387_085_042].map(ms), ['0.0 ms', '312 ms', '-65 s', '2076 days']);
});
