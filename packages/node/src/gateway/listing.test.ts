import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Listing } from './listing.ts';

test('a symbol is listed from the moment the source has it until it has it no more', () => {
  const source = { symbols: ['A_BNB', 'B_BNB'] };
  const listing = new Listing(source);
  assert.ok(listing.has('A_BNB') && !listing.has('C_BNB'));
  source.symbols = ['B_BNB', 'C_BNB'];
  assert.ok(!listing.has('A_BNB') && listing.has('C_BNB'));
});

test('a symbol that has gone is told of at the second call after it, once', () => {
  const source = { symbols: ['A_BNB', 'B_BNB'] };
  const listing = new Listing(source);
  source.symbols = ['B_BNB'];
  assert.deepEqual(listing.takeDelisted(), []);
  assert.deepEqual(listing.takeDelisted(), ['A_BNB']);
  source.symbols = [];
  assert.ok(!listing.has('B_BNB'));
  assert.deepEqual(listing.takeDelisted(), []);
  assert.deepEqual(listing.takeDelisted(), ['B_BNB']);
  assert.deepEqual(listing.takeDelisted(), []);
});

test('a symbol that comes back before it was told of stays, and if it goes again its time begins anew', () => {
  const source = { symbols: ['A_BNB', 'B_BNB'] };
  const listing = new Listing(source);
  source.symbols = [];
  assert.deepEqual(listing.takeDelisted(), []);
  source.symbols = ['A_BNB', 'B_BNB'];
  assert.ok(listing.has('A_BNB'));
  source.symbols = ['B_BNB'];
  assert.deepEqual(listing.takeDelisted(), []);
  assert.deepEqual(listing.takeDelisted(), ['A_BNB']);
});

test('a symbol that came and went between two calls has gone, one that went and came back has not', () => {
  const source = { symbols: ['A_BNB'] };
  const listing = new Listing(source);
  for (const symbols of [['A_BNB', 'B_BNB'], ['B_BNB'], ['A_BNB']]) {
    source.symbols = symbols;
    assert.equal(listing.has('B_BNB'), symbols.includes('B_BNB'));
  }
  assert.deepEqual(listing.takeDelisted(), []);
  assert.deepEqual(listing.takeDelisted(), ['B_BNB']);
});

test('symbols that stay the same are not looked at again', () => {
  let read = 0;
  const symbols = Object.assign(['A_BNB'], {
    *[Symbol.iterator]() {
      read += 1;
      yield 'A_BNB';
    },
  });
  const listing = new Listing({ symbols });
  for (let asked = 0; asked < 100; asked += 1) assert.ok(listing.has('A_BNB'));
  assert.deepEqual(listing.takeDelisted(), []);
  assert.equal(read, 1);
});
