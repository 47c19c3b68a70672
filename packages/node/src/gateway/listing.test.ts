import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Listing } from './listing.ts';

test('a symbol is listed from the moment the source has it until it has it no more', () => {
  const source = { symbols: ['A_BNB', 'B_BNB'] };
  const listing = new Listing(source);
  assert.ok(listing.has('A_BNB') && !listing.has('C_BNB'));
  source.symbols = ['B_BNB', 'C_BNB'];
  assert.ok(!listing.has('A_BNB') && listing.has('C_BNB'));
  assert.deepEqual(listing.takeDelisted(), ['A_BNB']);
  assert.deepEqual(listing.takeDelisted(), []);
  source.symbols = [];
  assert.deepEqual(listing.takeDelisted(), ['B_BNB', 'C_BNB']);
});

test('a symbol that came and went between two calls has gone, one that went and came back has not', () => {
  const source = { symbols: ['A_BNB'] };
  const listing = new Listing(source);
  for (const symbols of [['A_BNB', 'B_BNB'], ['B_BNB'], ['A_BNB']]) {
    source.symbols = symbols;
    assert.equal(listing.has('B_BNB'), symbols.includes('B_BNB'));
  }
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
