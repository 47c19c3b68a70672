import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test('a genesis or a scenario that is none ends it with 1, and its place is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dexwire-serve-'));
  try {
    const genesis = join(folder, 'genesis.json');
    writeFileSync(genesis, '{"x":1}');
    const first = fakeWorld();
    assert.equal(await first.run('node', '--port', '0', '--genesis', genesis), 1);
    assert.match(first.stderr.text, /^dexwire: GENESIS_INVALID at x: /);
    const scenario = join(folder, 'scenario.ndjson');
    writeFileSync(scenario, 'x\n');
    const second = fakeWorld();
    assert.equal(await second.run('node', '--port', '0', '--scenario', scenario), 1);
    assert.match(second.stderr.text, /^dexwire: SCENARIO_INVALID in line 1: /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
