import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { Queue } from './queue.ts';

test('a queue gives what a plain array gives, whatever comes and leaves at which end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('push', 'push', 'shift', 'pop'), { maxLength: 200, size: 'max' }), (steps) => {
      const queue = new Queue<number>();
      const plain: number[] = [];
      for (const [index, step] of steps.entries()) {
        if (step === 'push') {
          queue.push(index);
          plain.push(index);
        } else assert.equal(queue[step](), plain[step]());
        assert.deepEqual([queue.length, queue.first, queue.last], [plain.length, plain[0], plain.at(-1)]);
      }
    }),
  );
});
