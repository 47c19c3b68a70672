import assert from 'node:assert/strict';
import { test } from 'vitest';
import { sampleBlock, samplePair, sampleTrade, sampleUpdate } from '../../../../tests/support/sampleBlocks.ts';
import type { Block } from '../chain/block.ts';
import type { Pair } from '../chain/state.ts';
import { Accounts } from '../entry/accounts.ts';
import { publish } from '../publications.ts';
import { MarketData } from './marketData.ts';

const START = Date.UTC(2026, 0, 1);
const SYMBOL = 'TOK-1AB_BNB';
const accounts = new Accounts('tbnb');

const nanoseconds = (time: number): bigint => BigInt(time) * 1_000_000n + 999_999n;

const venue = (...pairs: Pair[]) => {
  const state = { accounts, pairs: new Map(pairs.map((pair) => [pair.symbol, pair])), height: 100 };
  const data = new MarketData(state, START);
  const add = (time: number, members: Partial<Block> = {}): void =>
    data.add(publish(sampleBlock({ time: nanoseconds(time), ...members }), state));
  return { state, data, add };
};

const place = (pair: Pair, price: bigint): void => {
  pair.orders.insert(pair.orders.columns.make('buy', price, 7n, 0n, 1));
};

test('it begins with the state that it is given: reference prices, and resting orders as levels', () => {
  const pair = samplePair(SYMBOL, { reference: 4_000_000n });
  place(pair, 10n);
  place(pair, 11n);
  const { data } = venue(pair);
  assert.equal(data.height, 99);
  assert.deepEqual(data.levels(SYMBOL, 'buy', 5), [
    [11n, 7n],
    [10n, 7n],
  ]);
  const ticker = data.ticker(SYMBOL, START + 1_500)!;
  assert.deepEqual(
    [ticker.lastPrice, ticker.bidPrice, ticker.bidQuantity, ticker.askPrice, ticker.eventTime],
    ['0.04000000', '0.00000011', '0.00000007', '0.00000000', START / 1_000 + 1],
  );
});

test('levels stay as the latest block left them while the next one runs', () => {
  const pair = samplePair();
  const { data, add } = venue(pair);
  place(pair, 10n);
  assert.deepEqual(data.levels(SYMBOL, 'buy', 5), []);
  add(START + 400, { updates: [sampleUpdate({ price: 10n, quantity: 7n })] });
  assert.deepEqual(data.levels(SYMBOL, 'buy', 5), [[10n, 7n]]);
});

test('levels beyond the best hundred are known here, although the chain tells them as gone', () => {
  const pair = samplePair();
  const { data, add } = venue(pair);
  const prices = Array.from({ length: 105 }, (_, rank) => BigInt(1_000 - rank));
  for (const price of prices) place(pair, price);
  add(START + 400, { updates: prices.map((price) => sampleUpdate({ price, quantity: 7n })) });
  assert.equal(data.levels(SYMBOL, 'buy', 1_000).length, 105);
});

test('trades of a block reach klines and tickers of their symbol, with the block’s time', () => {
  const { data, add } = venue(samplePair(), samplePair('XYZ-12A_BNB'));
  add(START + 60_000, {
    trades: [
      sampleTrade({ price: 3n, tradeId: '100-0' }),
      sampleTrade({ price: 9n, tradeId: '100-1' }),
      sampleTrade({ price: 5n, tradeId: '100-2', symbol: 'XYZ-12A_BNB' }),
      sampleTrade({ price: 4n, tradeId: '100-3' }),
      sampleTrade({ symbol: 'NOT-000_BNB' }),
    ],
  });
  assert.equal(data.height, 100);
  const rows = data.klines(SYMBOL, '1m', START + 60_100);
  assert.equal(rows.length, 2);
  assert.deepEqual(rows[0]!.slice(0, 3), [START, '0.05000000', '0.05000000']);
  assert.deepEqual(rows[1], [
    START + 60_000,
    '0.00000003',
    '0.00000009',
    '0.00000003',
    '0.00000004',
    '3.00000000',
    START + 119_999,
    '0.00000016',
    3,
  ]);
  const kline = data.kline(SYMBOL, '1m', START + 61_000)!.kline;
  assert.deepEqual([kline.firstTradeId, kline.lastTradeId], ['100-0', '100-3']);
  assert.equal(data.ticker('XYZ-12A_BNB', START + 61_000)!.tradeCount, 1);
});

test('a ticker ends with the latest block, and goes on a minute behind when no block comes', () => {
  const { data, add } = venue(samplePair());
  add(START + 800, { trades: [sampleTrade()] });
  const closeAt = (time: number): number => data.ticker(SYMBOL, time)!.closeTime;
  assert.equal(closeAt(START + 1_000), START + 800);
  assert.equal(closeAt(START + 60_800), START + 800);
  assert.equal(closeAt(START + 90_000), START + 30_000);
  assert.equal(data.ticker(SYMBOL, START + 800 + 86_400_000 + 60_000)!.tradeCount, 0);
});

test('pairs come and go while it runs; one that is listed again begins anew', () => {
  const { state, data, add } = venue(samplePair('AAA-111_BNB'));
  const { symbols } = data;
  add(START + 400);
  assert.equal(data.symbols, symbols);
  assert.equal(data.ticker(SYMBOL, START + 1_000), undefined);
  state.pairs.set(SYMBOL, samplePair(SYMBOL, { listPrice: 3n, reference: 4n }));
  add(START + 120_000, { listed: [SYMBOL], trades: [sampleTrade({ price: 4n })] });
  assert.deepEqual(data.symbols, ['AAA-111_BNB', SYMBOL]);
  assert.equal(data.ticker(SYMBOL, START + 121_000)!.tradeCount, 1);
  assert.equal(data.klines(SYMBOL, '1m', START + 121_000)[0]![0], START + 120_000, 'history begins with the listing');
  state.pairs.delete(SYMBOL);
  add(START + 180_000, { delisted: [SYMBOL] });
  assert.deepEqual(data.symbols, ['AAA-111_BNB']);
  assert.deepEqual(data.klines(SYMBOL, '1m', START + 181_000), []);
  assert.deepEqual(data.levels(SYMBOL, 'buy', 5), []);
  assert.equal(data.kline(SYMBOL, '1m', START + 181_000), undefined);
  state.pairs.set(SYMBOL, samplePair(SYMBOL, { listPrice: 3n }));
  add(START + 240_000, { listed: [SYMBOL] });
  assert.deepEqual(
    [data.ticker(SYMBOL, START + 241_000)!.lastPrice, data.ticker(SYMBOL, START + 241_000)!.tradeCount],
    ['0.00000003', 0],
  );
});
