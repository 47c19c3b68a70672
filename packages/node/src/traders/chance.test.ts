import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Chance } from './chance.ts';

const drawn = (seed: number, name: string, height: number): number[] => {
  const chance = new Chance(seed, name, height);
  return Array.from({ length: 8 }, () => chance.whole(0, 999_999));
};

test('chance is the same for the same seed, name and height, and another when any of them is another', () => {
  const numbers = drawn(1, 'taker', 100);
  assert.deepEqual(drawn(1, 'taker', 100), numbers);
  for (const other of [drawn(2, 'taker', 100), drawn(1, 'noise', 100), drawn(1, 'taker', 101)]) {
    assert.notEqual(other[0], numbers[0]);
    assert.notDeepEqual(other, numbers);
  }
});

test('chance is as frequent as it is said to be, also for the first number of each height', () => {
  let often = 0;
  const counts = [0, 0, 0];
  for (let height = 1; height <= 3_000; height += 1) {
    if (new Chance(7, 'noise', height).often(250)) often += 1;
    const item = new Chance(7, 'taker', height).one([0, 1, 2]);
    counts[item] = (counts[item] ?? 0) + 1;
  }
  assert.ok(often > 650 && often < 850, String(often));
  for (const count of counts) assert.ok(count > 900 && count < 1_100, String(counts));
});

test('units lie between the two ends, both included', () => {
  const chance = new Chance(1, 'sender', 1);
  const seen = new Set(Array.from({ length: 200 }, () => chance.units(5n, 8n)));
  assert.deepEqual([...seen].sort(), [5n, 6n, 7n, 8n]);
});
