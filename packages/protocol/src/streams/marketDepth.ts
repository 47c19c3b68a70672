/**
 * Stream `marketDepth`: the best levels of one symbol's order book, whole each time. On subscribing and on change, at
 * most one frame a second (assumed).
 * In: how many levels. Out: the table of a book's depth. Source: spec §7.6; fixtures/marketDepth.ndjson.
 */
import { height, type Level, levels, record, text } from '../schema.ts';
import type { SymbolStream } from '../stream.ts';
import type { Height } from '../units.ts';

/** Levels a side. The topic of 20 has no number in its name; the others came in October 2019. */
export const DEPTH_LEVELS = [20, 100, 500, 1000] as const;
export type DepthLevels = (typeof DEPTH_LEVELS)[number];

/** A whole picture of the book's top, never a difference. */
export interface BookDepth {
  /** Block height, by its value (recorded); compares with the `height` of the REST call. */
  readonly lastUpdateId: Height;
  readonly symbol: string;
  /** Best first: falling prices. */
  readonly bids: readonly Level[];
  /** Best first: rising prices (recorded). */
  readonly asks: readonly Level[];
}

const BOOK_DEPTH = record(
  [height('lastUpdateId', 'lastUpdateId'), text('symbol', 'symbol'), levels('bids', 'bids'), levels('asks', 'asks')],
  (v): BookDepth => ({ lastUpdateId: v[1], symbol: v[2], bids: v[3], asks: v[4] }),
);

const made: Partial<Record<DepthLevels, SymbolStream<BookDepth>>> = {};

/** The stream of the best 20, 100, 500 or 1000 levels a side. `1000` needs a connection with compression. */
export const marketDepth = (levels: DepthLevels = 20): SymbolStream<BookDepth> =>
  (made[levels] ??= {
    topic: levels === 20 ? 'marketDepth' : `marketDepth${levels}`,
    scope: 'symbol',
    data: BOOK_DEPTH,
    conflatable: true,
    known: { at: 'lastUpdateId', by: [] },
    ...(levels !== 20 && { alias: 'marketDepth' }),
  });
