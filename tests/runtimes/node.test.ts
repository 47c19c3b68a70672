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

const RUNTIMES = {
  'Node.js 20': here('node_modules/node20/bin/node'),
  'Node.js 22': here('node_modules/node22/bin/node'),
  'Node.js 24': process.execPath,
  'Node.js 26': here('node_modules/node26/bin/node'),
};

test.concurrent.each(Object.entries(RUNTIMES))(
  'the packed packages bring all twelve streams in %s',
  async (name, runtime) => {
    const { stdout: version } = await run(runtime, ['--version']);
    assert.equal(version.split('.')[0], `v${name.split(' ')[1]}`);
    const { stdout, stderr } = await run(runtime, ['--unhandled-rejections=strict', 'twelveStreams.mjs'], {
      cwd: packed.folder,
      timeout: 20_000,
    });
    assert.equal(stderr, '');
    const came = JSON.parse(stdout) as Record<string, { symbol?: string }[] & { height?: number }>;
    assert.equal(Object.keys(came).length, 12);
    assert.match(JSON.stringify(came.trades), /"time":"\d{19}n"/);
    assert.match(JSON.stringify(came.orders), /"orderCreationTime":"\d{19}n"/);
    assert.ok(came.blockheight!.height! > 0);
  },
);

test.concurrent.each(Object.entries(RUNTIMES))(
  'the packed packages trade in %s, over TLS, and print no warning',
  async (_, runtime) => {
    const { stdout, stderr } = await run(runtime, ['--unhandled-rejections=strict', 'trading.mjs'], {
      cwd: packed.folder,
      timeout: 20_000,
    });
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), { statuses: ['Ack', 'Canceled'], isOpen: true });
  },
);

test.concurrent.each(Object.entries(RUNTIMES))(
  'the doors by which a program watches open in %s, without OpenTelemetry',
  async (_, runtime) => {
    const { stdout, stderr } = await run(runtime, ['--unhandled-rejections=strict', 'observing.mjs'], {
      cwd: packed.folder,
      timeout: 20_000,
    });
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), {
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
