import assert from 'node:assert/strict';
import { test } from 'vitest';
import type { Metrics } from '../metrics.ts';
import { teeMetrics } from './teeMetrics.ts';

test('every figure goes to each, in their order', () => {
  const calls: unknown[] = [];
  const keep = (who: string): Metrics => ({
    count: (...figure) => calls.push([who, ...figure]),
    measure: (...figure) => calls.push([who, ...figure]),
  });
  const metrics = teeMetrics(keep('first'), keep('second'));
  const tags = { topic: 'trades' };
  metrics.count('frames', 1, tags);
  metrics.measure('lag', 2, tags);
  assert.deepEqual(calls, [
    ['first', 'frames', 1, tags],
    ['second', 'frames', 1, tags],
    ['first', 'lag', 2, tags],
    ['second', 'lag', 2, tags],
  ]);
  teeMetrics().count('frames', 1, tags);
});
