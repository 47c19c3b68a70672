import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, test } from 'vitest';
import { type Packed, unpackAll } from './packed.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);

let packed: Packed;
beforeAll(() => {
  packed = unpackAll();
  for (const name of ['twelveStreams.mjs', 'trading.mjs', 'observing.mjs'])
    copyFileSync(here(name), join(packed.folder, name));
});
afterAll(() => packed.remove());

const STRICT = '--unhandled-rejections=strict';

/** What runs a program, and what its version begins with. */
const RUNTIMES: Readonly<Record<string, readonly [version: RegExp, command: string, ...args: string[]]>> = {
  'Node.js 20': [/^v20\./, here('node_modules/node20/bin/node'), STRICT],
  'Node.js 22': [/^v22\./, here('node_modules/node22/bin/node'), STRICT],
  'Node.js 24': [/^v24\./, process.execPath, STRICT],
  'Node.js 26': [/^v26\./, here('node_modules/node26/bin/node'), STRICT],
  Bun: [/^1\./, here('node_modules/@oven/bun-linux-x64/bin/bun'), STRICT],
  // Unhandled rejections end it by themselves.
  Deno: [/^deno 2\./, here('node_modules/@deno/linux-x64-glibc/deno'), 'run', '-A', '--node-modules-dir=manual'],
};

/** What a program printed, of one of those in the folder of the packages. */
const output = async (name: string, program: string): Promise<string> => {
  const [, command, ...args] = RUNTIMES[name]!;
  const { stdout, stderr } = await run(command, [...args, program], {
    cwd: packed.folder,
    timeout: 20_000,
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
  });
  assert.equal(stderr, '');
  return stdout;
};

test.concurrent.each(Object.keys(RUNTIMES))('the packed packages bring all twelve streams in %s', async (name) => {
  const [version, command] = RUNTIMES[name]!;
  assert.match((await run(command, ['--version'])).stdout, version);
  const came = JSON.parse(await output(name, 'twelveStreams.mjs')) as Record<
    string,
    { symbol?: string }[] & { height?: number }
  >;
  assert.equal(Object.keys(came).length, 12);
  assert.match(JSON.stringify(came.trades), /"time":"\d{19}n"/);
  assert.match(JSON.stringify(came.orders), /"orderCreationTime":"\d{19}n"/);
  assert.ok(came.blockheight!.height! > 0);
});

test.concurrent.each(Object.keys(RUNTIMES))(
  'the packed packages trade in %s, over TLS, and print no warning',
  async (name) => {
    assert.deepEqual(JSON.parse(await output(name, 'trading.mjs')), { statuses: ['Ack', 'Canceled'], isOpen: true });
  },
);

test.concurrent.each(Object.keys(RUNTIMES))(
  'the doors by which a program watches open in %s, without OpenTelemetry',
  async (name) => {
    assert.deepEqual(JSON.parse(await output(name, 'observing.mjs')), {
      heard: [
        { name: 'lag', value: 15, tags: { topic: 'trades' } },
        { level: 'info', event: 'dial', data: { address: 'tbnb1#1' } },
      ],
      recorded: [['dexwire.event.lag', 0.015]],
      count: 1,
      drift: 1,
      value: [],
    });
  },
);
