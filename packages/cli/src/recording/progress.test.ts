import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { test } from 'vitest';
import { fakeWorld } from '../../../../tests/support/fakeWorld.ts';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { progressOf } from './progress.ts';

test('a line is never wider than its terminal, nor more than all of it done', () => {
  for (const columns of [1, 5, 12, 20, 34, 80]) {
    const clock = new VirtualClock();
    const { world, stderr } = fakeWorld({ isTTY: true, columns, clock });
    const progress = progressOf(world);
    for (const part of [0, 0.5, 1.07, undefined]) {
      progress.show(
        part,
        'frame 1,234,567  block 412000  market.00001.ndjson.gz  and so on, to the end of wider lines',
      );
      clock.advance(1_000);
    }
    const lines = stripVTControlCharacters(stderr.text).split('\r').slice(1);
    assert.equal(lines.length, 4);
    for (const line of lines) assert.ok(line.length < columns || line === '', `${columns} columns: ${line}`);
    if (columns >= 20) assert.match(lines[2]!, /^█+ 100 % /);
  }
});

test('without a terminal nothing is shown', () => {
  const { world, stderr } = fakeWorld();
  const progress = progressOf(world);
  progress.show(0.5, 'frame 1');
  progress.end();
  assert.equal(stderr.text, '');
});
