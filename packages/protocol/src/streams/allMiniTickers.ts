/**
 * Stream `allMiniTickers`: the mini tickers of all symbols in one frame, each second.
 * In, out: a list of mini tickers. Source: spec §7.11; fixtures/allMiniTickers.ndjson.
 */
import { listOf } from '../schema.ts';
import type { GlobalStream } from '../stream.ts';
import { MINI_TICKER, type MiniTicker } from './miniTicker.ts';

export const allMiniTickers: GlobalStream<MiniTicker[]> = {
  topic: 'allMiniTickers',
  scope: 'all',
  data: listOf(MINI_TICKER),
  conflatable: true,
  known: { at: 'eventTime', by: ['symbol'] },
  isSteady: true,
};
