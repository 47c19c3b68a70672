import assert from 'node:assert/strict';
import { test } from 'vitest';
import { pricePair, stateOf } from '../../../../tests/cases/caseState.ts';
import { addPair, canDelist, canList } from './listing.ts';

test('a pair exists in either direction', () => {
  const state = stateOf();
  addPair(state, { base: 'AAA-000', quote: 'BNB', listPrice: 1n });
  assert.equal(canList(state, 'AAA-000', 'BNB'), 'trading pair exists');
  assert.equal(canList(state, 'BNB', 'AAA-000'), 'trading pair exists');
  assert.equal(canList(state, 'BBB-000', 'BNB'), undefined);
});

test('a BNB pair cannot go before the token’s other pairs', () => {
  const state = stateOf();
  for (const symbol of ['AAA-000_BNB', 'BNB_BBB-000', 'AAA-000_BBB-000']) pricePair(state, symbol, '1');
  const text = 'trading pair AAA-000_BBB-000 should not exist before delisting ';
  assert.equal(canDelist(state, 'AAA-000', 'BNB'), `${text}AAA-000_BNB`);
  assert.equal(canDelist(state, 'BNB', 'BBB-000'), `${text}BNB_BBB-000`);
  assert.equal(canDelist(state, 'AAA-000', 'BBB-000'), undefined);
  state.pairs.delete('AAA-000_BBB-000');
  assert.equal(canDelist(state, 'AAA-000', 'BNB'), undefined);
});

test('a listed pair has sizes of its price, and the price for reference', () => {
  const state = stateOf();
  const pair = addPair(state, { base: 'XYZ-12AM', quote: 'BNB', listPrice: 5_000_000n });
  assert.deepEqual(
    [pair.symbol, pair.isMini, pair.tickSize, pair.lotSize, pair.matchLotSize, pair.reference],
    ['XYZ-12AM_BNB', true, 10n, 10_000_000n, 10_000_000n, 5_000_000n],
  );
  assert.equal(state.pairs.get('XYZ-12AM_BNB'), pair);
});
