import assert from 'node:assert/strict';
import { test } from 'vitest';
import { fakeWorld } from '../../../../tests/support/fakeWorld.ts';

test('at level debug each block is a line on stderr, and stdout has the ready line alone', async () => {
  const { run, stdout, stderr, end } = fakeWorld();
  const running = run('node', '--port', '0', '--json', '--block-time', '20', '--log-level', 'debug');
  const lines = await stderr.has(3);
  for (const line of lines) assert.match(line, /^\S+Z debug block \d+, \d+ open orders, 0 clients$/);
  assert.equal(stdout.lines.length, 1);
  end('SIGTERM');
  assert.equal(await running, 0);
});

test('a level that there is not is refused with those there are', async () => {
  const { run, stderr } = fakeWorld();
  assert.equal(await run('node', '--log-level', 'loud'), 2);
  assert.match(stderr.text, /Allowed choices are quiet, error, info, debug/);
});

test('what is served tells people of keys, and of the certificate if it has one of its own', async () => {
  const { run, stdout, end } = fakeWorld();
  const running = run('node', '--port', '0', '--tls', '--no-traders');
  const lines = await stdout.has(14);
  assert.match(lines[0]!, /^A DEX of your own at wss:/);
  assert.ok(lines.some((line) => /^ {2}dave +tbnb1\w+ {2}[0-9a-f]{64}$/.test(line)));
  end('SIGINT');
  assert.equal(await running, 0);
  assert.match(stdout.text, /--network wss:.*\nClients have to trust its certificate/);
});
