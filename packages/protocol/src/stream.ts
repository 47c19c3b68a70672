/**
 * What a stream is: one of the twelve definitions of the venue, as a value that a program imports and passes around.
 * In: a topic, a scope and the shape of the data. Out: the value that readers, writers and clients work from.
 */
import type { Compound } from './schema.ts';

/** Whom a stream concerns: the named symbols, one address, or everybody. */
export type Scope = 'symbol' | 'address' | 'all';

/** What tells the events of one stream and subject from each other, by names of their members. */
export interface Known {
  /** A number that rises from frame to frame, or stays while a block or a second has several. */
  readonly at: string;
  /** What differs between events of one `at`. */
  readonly by: readonly string[];
  /** What tells states of one thing from each other, where that can be asked for apart from its events. */
  readonly state?: readonly string[];
}

/**
 * A stream. `Data` is what one frame decodes to: a list for `orders`, `trades`, `allTickers` and `allMiniTickers`,
 * one event for the others.
 */
export interface Stream<Data = unknown, S extends Scope = Scope> {
  /** The server's spelling: `trades`, `kline_1m`, `marketDepth100`. */
  readonly topic: string;
  readonly scope: S;
  readonly data: Compound<Data>;
  /** A newer event of the same subject makes an older one needless: depth, kline, tickers, accounts, blockheight. */
  readonly conflatable: boolean;
  readonly known: Known;
  /** It comes at least once a second, or with each block, also when nothing happens: its silence means that something is wrong. */
  readonly isSteady?: true;
  /** Another topic under which a venue may send this stream's frames. Assumed: deep books as `marketDepth`. */
  readonly alias?: string;
}

export type SymbolStream<Data = unknown> = Stream<Data, 'symbol'>;
export type AddressStream<Data = unknown> = Stream<Data, 'address'>;
export type GlobalStream<Data = unknown> = Stream<Data, 'all'>;

/** The data of a stream's frame. */
export type DataOf<S extends Stream> = S extends Stream<infer Data> ? Data : never;

/** One event of a stream: an element of its frame's list, or what the frame holds. */
export type EventOf<S extends Stream> =
  S extends Stream<infer Data> ? (Data extends readonly (infer Event)[] ? Event : Data) : never;
