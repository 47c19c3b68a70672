import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { connect, type Dex } from 'dexwire';
import { afterEach, beforeEach, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { during, type FakeWorldOptions, fakeWorld } from '../../../../tests/support/fakeWorld.ts';

const SYMBOL = 'BNB_BTCB-1DE';

let market: TestDex<Dex>;
beforeEach(async () => {
  market = await startTestDex(connect, { traders: true, seed: 3 });
});
afterEach(() => market.close());

const beside = (options: FakeWorldOptions = {}) => {
  const fake = fakeWorld({ clock: market.clock, ...options });
  const run = (...args: string[]): Promise<number> =>
    fake.run(...args, '--network', market.node.ws, '--connect-timeout', '1h', '--within', '1h');
  return { ...fake, run };
};

test('where there is no terminal it prints the verified book once', async () => {
  const { run, stdout, stderr } = beside();
  assert.equal(await during(market, run('book', SYMBOL, '--levels', '3')), 0);
  assert.match(stdout.lines[0]!, /^BNB_BTCB-1DE {2}verified {2}block \d+ {2}mid 0\.\d+ {2}spread 0\.\d+$/);
  assert.equal(stdout.lines.length, 6);
  assert.equal(stderr.text, '');
});

test('--json tells the book after each change, and each trade, with all digits', async () => {
  const { run, stdout } = beside();
  assert.equal(await during(market, run('book', SYMBOL, '--json', '--levels', '2', '--for', '10s')), 0);
  const lines = stdout.lines.map((line) => JSON.parse(line) as { kind: string; state?: string; bids?: string[][] });
  const books = lines.filter(({ kind }) => kind === 'book');
  assert.ok(books.length > 1 && lines.some(({ kind }) => kind === 'trade'));
  for (const { state, bids } of books) {
    assert.equal(state, 'verified');
    assert.equal(bids!.length, 2);
  }
  assert.match(stdout.text, /"time":\d{19}/);
});

test('--strict ends it with 4 when the book is not verified any more', async () => {
  const { run, stdout, stderr } = beside();
  const running = run('book', SYMBOL, '--json', '--strict');
  await during(market, stdout.has(1));
  market.node.control.drop();
  assert.equal(await during(market, running), 4);
  assert.match(stderr.text, /^dexwire: the book is stale: GAP/m);
});

test('a symbol that is not listed ends it with 2, and says what is', async () => {
  const { run, stderr } = beside();
  assert.equal(await during(market, run('book', 'NOPE_BTCB-1DE')), 2);
  assert.match(stderr.text, /NOPE_BTCB-1DE is not listed here; listed are BNB_BTCB-1DE/);
});

test('what cannot be read is told when the screen is left, and not written over it', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { stderr, stdout, end, run } = fakeWorld({ clock: market.clock, isTTY: true, columns: 100, rows: 10 });
  server.on('connection', (client) => {
    client.once('message', () => {
      client.send('{"e":"trade"}');
      client.ping();
    });
    client.once('pong', () => {
      assert.equal(stderr.text, '');
      end('SIGINT');
    });
  });
  const { port } = server.address() as AddressInfo;
  assert.equal(await run('book', SYMBOL, '--network', `ws://127.0.0.1:${port}/api/ws`, '--connect-timeout', '1h'), 130);
  assert.ok(stdout.text.endsWith('\u001b[?1049l'));
  assert.match(stderr.text, /^dexwire: FRAME_UNKNOWN_TOPIC.*\n$/);
  server.close();
});
