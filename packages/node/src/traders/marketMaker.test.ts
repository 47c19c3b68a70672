import assert from 'node:assert/strict';
import { test } from 'vitest';
import { ChainMarket } from '../../../../tests/support/chainMarket.ts';
import { defaultGenesis } from '../chain/defaultGenesis.ts';
import { devKey } from '../chain/devKeys.ts';
import { FairPrices } from './fairPrices.ts';
import { marketMaker } from './marketMaker.ts';
import { stepOf } from './orderSizes.ts';
import { Traders } from './traders.ts';

const SEED = 6;
const LEVELS = 10;
const SYMBOLS = ['BNB_BUSD-BD1', 'XYZ-12AM_BNB'];

const marketOf = (name: string): { readonly traders: Traders; readonly market: ChainMarket } => {
  const options = { symbols: SYMBOLS, fairPrices: new FairPrices(SEED), levels: LEVELS, pace: 4 };
  const traders = new Traders(SEED, [marketMaker({ address: devKey(name).address, ...options })]);
  return { traders, market: new ChainMarket(defaultGenesis(), traders) };
};

test('the ladder follows the fair price: bids up to it, asks above it, none left behind, and never a trade with itself', () => {
  const fairPrices = new FairPrices(SEED);
  const { traders, market } = marketOf('maker');
  const middles = new Map(SYMBOLS.map((symbol) => [symbol, new Set<bigint>()]));
  for (let height = 1; height <= 1_500; height += 1) {
    assert.deepEqual(market.seal().trades, []);
    for (const symbol of SYMBOLS) {
      const pair = market.state.pairs.get(symbol);
      assert.ok(pair);
      const step = stepOf(pair);
      const middle = fairPrices.of(pair, height) / step;
      middles.get(symbol)?.add(middle);
      const indexes = (side: 'buy' | 'sell'): bigint[] =>
        pair.orders.levels(side, 1_000).map(([price]) => (price % step === 0n ? price / step : -1n));
      const [bids, asks] = [indexes('buy'), indexes('sell')];
      assert.ok(
        bids.every((index) => index <= middle && index >= middle - 16n),
        `${symbol} bids at ${height}`,
      );
      assert.ok(
        asks.every((index) => index > middle && index <= middle + 17n),
        `${symbol} asks at ${height}`,
      );
      if (height < 3) continue;
      for (let place = 0n; place < LEVELS; place += 1n) {
        assert.ok(bids.includes(middle - place) && asks.includes(middle + 1n + place), `${symbol} level ${place}`);
      }
    }
  }
  for (const [symbol, seen] of middles) assert.ok(seen.size > 5, symbol);
  assert.deepEqual([...traders.refusals], []);
});

test('a market maker that lacks an asset keeps the side that it can afford', () => {
  const { traders, market } = marketOf('validator');
  market.seal();
  market.seal();
  const sides = SYMBOLS.map((symbol) => {
    const orders = market.state.pairs.get(symbol)?.orders;
    return [orders?.levelCount('buy'), orders?.levelCount('sell')];
  });
  assert.deepEqual(sides, [
    [0, 8],
    [8, 0],
  ]);
  assert.deepEqual([...traders.refusals], []);
});
