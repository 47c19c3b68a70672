/**
 * Stream `allTickers`: the tickers of all symbols in one frame, each second.
 * In, out: a list of tickers. Source: spec §7.9; fixtures/allTickers.ndjson.
 */
import { listOf } from '../schema.ts';
import type { GlobalStream } from '../stream.ts';
import { TICKER, type Ticker } from './ticker.ts';

export const allTickers: GlobalStream<Ticker[]> = {
  topic: 'allTickers',
  scope: 'all',
  data: listOf(TICKER),
  conflatable: true,
  known: { at: 'eventTime', by: ['symbol'] },
  isSteady: true,
};
