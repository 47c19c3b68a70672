import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import { WebSocketServer } from 'ws';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

test.each([['help'], ['node', '--port', '0']])(
  'output that cannot be written ends %s with 1, and what is wrong is told in a line',
  async (...args) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
    let stderr = '';
    child.stderr!.on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 1);
    assert.match(stderr, /^dexwire: what it prints cannot be written: ENOSPC.*\n$/);
  },
);

test('whoever does not read cannot keep it alive once it was told to end', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(
    process.execPath,
    [CLI, 'watch', 'blockheight', '--json', '-n', `ws://127.0.0.1:${port}/api/ws`],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const [client] = await once(server, 'connection');
  await once(client, 'message');
  for (let height = 1; height <= 9000; height++) client.send(`{"stream":"blockheight","data":{"h":${height}}}`);
  client.ping();
  await once(client, 'pong'); // so it has them all, and a pipe does not hold half of them
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [130, null]);
  server.close();
});
