import assert from 'node:assert/strict';
import type { Level } from '@dexwire/protocol';
import { test } from 'vitest';
import { miniOf, Tickers } from '../marketData/tickers.ts';
import { openingOf } from './opening.ts';
import { readRecordings } from './recordings.ts';

const HEIGHT = 90_000_000;

test('a ticker that was recorded is said again with the same figures, its ids moved to the heights that play', () => {
  const recorded = readRecordings().markets.filter(({ ticker }) => ticker !== undefined);
  assert.ok(
    recorded.some(({ ticker }) => ticker!.tradeCount > 0) && recorded.some(({ ticker }) => ticker!.tradeCount === 0),
  );
  for (const recording of recorded) {
    const ticker = recording.ticker!;
    const tickers = new Tickers(openingOf({ ...recording, symbol: ticker.symbol }, HEIGHT), ticker.closeTime);
    const level = (price: Level[0], quantity: Level[1]): Level => [price, quantity];
    const said = tickers.ticker(
      ticker.eventTime * 1_000,
      ticker.closeTime,
      level(ticker.bidPrice, ticker.bidQuantity),
      level(ticker.askPrice, ticker.askQuantity),
    );
    const { firstTradeId, lastTradeId } = said;
    assert.deepEqual(said, { ...ticker, firstTradeId, lastTradeId });
    assert.ok(Number(lastTradeId.split('-')[0]) < HEIGHT);
  }
});

test('of a symbol with a mini ticker only, its few figures are said again', () => {
  for (const recording of readRecordings().markets) {
    const { ticker, miniTicker: mini } = recording;
    if (ticker !== undefined || mini === undefined) continue;
    const opening = openingOf({ ...recording, symbol: mini.symbol }, HEIGHT);
    const time = mini.eventTime * 1_000;
    const said = new Tickers(opening, time).ticker(time, time, undefined, undefined);
    assert.deepEqual(miniOf(said), { ...mini, eventType: '24hrMiniTicker' });
  }
});
