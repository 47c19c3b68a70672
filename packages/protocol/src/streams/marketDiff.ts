/**
 * Stream `marketDiff`: changed levels of one symbol's order book. At most one frame a second (assumed; `eventTime` has
 * no finer unit and one client demanded that it rise).
 * In, out: the table of a book diff. Source: spec §7.5; fixtures/marketDiff.ndjson.
 */
import { type Level, levels, record, seconds, text, word } from '../schema.ts';
import type { SymbolStream } from '../stream.ts';
import type { Seconds } from '../units.ts';

/** What changed, never a whole book. A quantity is the new one at its price, not a difference; 0 removes the level. */
export interface BookDiff {
  readonly eventType: 'depthUpdate';
  readonly eventTime: Seconds;
  readonly symbol: string;
  /** In no order (recorded); may remove levels that were never shown (reference). */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

const BOOK_DIFF = record(
  [
    word('e', 'eventType', ['depthUpdate']),
    seconds('E', 'eventTime'),
    text('s', 'symbol'),
    levels('b', 'bids'),
    levels('a', 'asks'),
  ],
  (v): BookDiff => ({ eventType: v[1], eventTime: v[2], symbol: v[3], bids: v[4], asks: v[5] }),
);

export const marketDiff: SymbolStream<BookDiff> = {
  topic: 'marketDiff',
  scope: 'symbol',
  data: BOOK_DIFF,
  conflatable: false,
  known: { at: 'eventTime', by: ['bids', 'asks'] },
};
