import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { turnsAt } from './turns.ts';

test('turns are numbered without a gap, and come as evenly as their rate allows', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (perBlock, phase) => {
        const counts: number[] = [];
        let next: number | undefined;
        for (let height = 1; height <= 300; height += 1) {
          const turns = turnsAt(height, perBlock, phase);
          for (const turn of turns) {
            if (next !== undefined) assert.equal(turn, next);
            next = turn + 1;
          }
          counts.push(turns.length);
        }
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
        assert.ok(Math.abs(counts.reduce((sum, count) => sum + count, 0) - 300 * perBlock) <= 1);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('at no rate nothing has a turn, and half a turn a block is every other block', () => {
  assert.deepEqual(
    [1, 2, 3].map((height) => turnsAt(height, 0)),
    [[], [], []],
  );
  assert.deepEqual(
    [1, 2, 3, 4].map((height) => turnsAt(height, 0.5)),
    [[], [0], [], [1]],
  );
});
