import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Slice } from './slice.ts';

test('however often a slice changes, whoever draws it is told once until he has looked', () => {
  const slice = new Slice(0);
  let told = 0;
  slice.listen(() => told++);
  for (let value = 1; value <= 2000; value++) slice.set(value);
  assert.equal(told, 1);
  assert.equal(slice.read(), 2000);
  slice.changed();
  assert.equal(told, 2);
});

test('a change between the first look and the ear that listens is not missed', () => {
  const slice = new Slice('old');
  slice.read();
  slice.set('new');
  let told = 0;
  const deafen = slice.listen(() => told++);
  assert.equal(told, 1);
  deafen();
  slice.read();
  slice.set('newer');
  assert.equal(told, 1);
});
