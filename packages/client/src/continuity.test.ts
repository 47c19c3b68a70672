import type { Height } from '@dexwire/protocol';
import { expect, test } from 'vitest';
import { Continuity } from './continuity.ts';

/** Takes pulses one after the other, as numbers, and other frames, as texts. */
const holes = (...heights: readonly (number | `${number}`)[]): unknown[] => {
  const continuity = new Continuity();
  return heights.map((height) => continuity.take(Number(height) as Height, typeof height === 'number'));
};
const found = (...heights: readonly (number | `${number}`)[]): unknown[] =>
  holes(...heights).filter((last) => last !== undefined);
const ROW = Array.from({ length: 11 }, (_, place) => place + 1);

test('a hole is one once ten blocks have followed on the first', () => {
  expect(found(...ROW, 13)).toEqual([11]);
  expect(found(...ROW.slice(0, -1), 12)).toEqual([]);
  expect(found(...ROW, 13, 14, 17)).toEqual([11, 14]);
});

test('it is seen at the first frame beyond it, and told once', () => {
  expect(holes(...ROW, '12', '14', '14', 14, '15', 15).slice(11)).toEqual([
    ...[undefined, 12, undefined, undefined, undefined, undefined],
  ]);
});

test('a block of which anything came was not left out, though its pulse stays away', () => {
  expect(found(...ROW, '12', '13', '13', '14', '15')).toEqual([]);
  expect(found(...ROW, '12', '13', '14', 14)).toEqual([11]);
});

test('while pulses stay away, what comes shows no other one; the next pulse does', () => {
  expect(found(...ROW, '14', '16', '18')).toEqual([11]);
  expect(found(...ROW, '14', '16', 16, '17')).toEqual([11, 13]);
});

test('where blocks are left out by nature nothing is ever certain', () => {
  expect(found(...ROW.slice(0, 9), '12', 13, 14, 15, 16, 17, 18, 19, 20, 22, 24)).toEqual([]);
});

test('blocks that begin anew are no hole, and have to follow on each other anew', () => {
  expect(found(...ROW, 1, 2, 4, '9')).toEqual([]);
  expect(found(...ROW, ...ROW, 15)).toEqual([11]);
});

test('frames without a height, and those of blocks that have come, say nothing', () => {
  const continuity = new Continuity();
  for (const height of ROW) continuity.take(height as Height, true);
  expect([undefined, 3, 11].map((height) => continuity.take(height as Height | undefined, false))).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  expect(continuity.take(13 as Height, false)).toBe(11);
});

test('what has come some other way is no hole any more', () => {
  const continuity = new Continuity();
  for (const height of ROW) continuity.take(height as Height, true);
  expect(continuity.take(15 as Height, true)).toBe(11);
  continuity.restart();
  expect(continuity.take(15 as Height, true)).toBeUndefined();
  expect(continuity.take(17 as Height, true)).toBe(15);
});
