import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { type Node, startNode } from '@dexwire/node';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { connect, type Dex } from 'dexwire';
import { afterEach, test } from 'vitest';
import { during, fakeWorld } from '../../../../tests/support/fakeWorld.ts';

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
  const height = told(fake.stdout.text).find(({ name }) => name === 'blockheight')!;
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
