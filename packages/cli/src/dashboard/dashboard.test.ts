import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { fakeWorld } from '../../../../tests/support/fakeWorld.ts';

test('a folder with something else in it is refused, and left as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dexwire-tab-'));
  try {
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const { run, stderr } = fakeWorld();
    assert.equal(await run('dashboard', '--tab', '--out', folder), 2);
    assert.match(stderr.text, /has something else in it; name a new folder/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a build without a page says how to make one', async () => {
  const { run, stderr } = fakeWorld();
  assert.equal(await run('dashboard', '--port', '0'), 1);
  assert.match(stderr.text, /this build has no page: run node packages\/cli\/bundle.mjs/);
});
