import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, test } from 'vitest';
import { RawClient } from '../support/rawClient.ts';

const SCRIPT = fileURLToPath(new URL('../support/gatewayProcess.ts', import.meta.url));

const children: ChildProcess[] = [];

/** @param descriptors - How many files and sockets the process may have open at once. */
const start = async (port: number, descriptors = 1_000): Promise<{ child: ChildProcess; port: number }> => {
  const command = `ulimit -n ${descriptors}; exec "$0" "$@"`;
  const program = [process.execPath, '--no-warnings', '--unhandled-rejections=strict', SCRIPT, String(port)];
  const child = spawn('sh', ['-c', command, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, port: Number(line) };
};

const open = (port: number): Promise<RawClient> => RawClient.open(`ws://127.0.0.1:${port}/api/ws/$all@blockheight`);

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

test('after kill -9 in the middle of its sessions, a node starts again on the same port at once', async () => {
  const { child, port } = await start(0);
  const clients = await Promise.all([open(port), open(port), open(port)]);
  for (const client of clients) await client.has(2);
  child.kill('SIGKILL');
  for (const client of clients) assert.equal((await client.closing).code, 1006);
  await once(child, 'close');
  assert.equal((await start(port)).port, port);
  const after = await open(port);
  await after.has(2);
  await after.end();
});

test('a flood of connections past what the system gives harms no session, and later ones are let in again', async () => {
  const { child, port } = await start(0, 60);
  const kept = await open(port);
  const flood = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      await once(socket, 'connect');
      return { socket, closed };
    }),
  );
  await kept.has(kept.texts.length + 10);
  // Each is closed by the gateway too, for only then is there room again.
  for (const { socket } of flood) socket.resume().end();
  await Promise.all(flood.map(({ closed }) => closed));
  const after = await open(port);
  await after.has(2);
  await kept.has(kept.texts.length + 2);
  assert.equal(child.exitCode, null);
  await Promise.all([kept.end(), after.end()]);
});
