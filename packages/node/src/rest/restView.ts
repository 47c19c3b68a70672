/**
 * What the REST readers need of the venue, and what the JSON entry does to it.
 * In: nothing. Out: types; whoever wires the venue provides them.
 */
import type { Height, KlineInterval, Milliseconds, Nanoseconds, Ticker } from '@dexwire/protocol';
import type { Message } from '@dexwire/protocol/transactions';
import type { Result } from '../chain/result.ts';
import type { State } from '../chain/state.ts';
import type { History } from '../history.ts';

/** Running summaries of the trades, such as `MarketData`. `time` is the present moment. */
export interface RestMarket {
  /** Rows as they are replied, the oldest first. With a `startTime` the first of the window, else the last ones. */
  klines(
    symbol: string,
    interval: KlineInterval,
    time: Milliseconds,
    range: {
      readonly startTime: Milliseconds | undefined;
      readonly endTime: Milliseconds | undefined;
      /** 1 to 1,000. */
      readonly limit: number;
    },
  ): readonly unknown[];
  /** The last 24 hours of a symbol; `undefined` if it is not listed. */
  ticker(symbol: string, time: Milliseconds): Ticker | undefined;
}

/** The last sealed block. */
export interface LatestBlock {
  readonly height: Height;
  readonly time: Nanoseconds;
  /** Upper-case hex, 64 digits; so is the hash of the state after it. */
  readonly hash: string;
  readonly appHash: string;
}

/** Each member is read anew for each request. */
export interface RestView {
  /** After the last sealed block, and with what transactions accepted since have done. */
  readonly state: State;
  readonly market: RestMarket;
  readonly history: History;
  readonly latest: LatestBlock;
  /** Of this software. */
  readonly version: string;
  now(): Milliseconds;
}

/** What became of a message. */
export interface Submitted {
  readonly result: Result;
  /** Of its transaction. */
  readonly hash: string;
  /** Of the block that it is in. */
  readonly height: Height;
}

/** A venue that takes messages, no signature asked. */
export interface EntryView {
  readonly state: State;
  submit(
    message: Message,
    transaction: { readonly memo: string; readonly source: number; readonly sequence: number },
  ): Submitted;
}

/** A venue that takes signed transactions. */
export interface BroadcastView {
  broadcast(bytes: Uint8Array): Submitted;
  /**
   * When a block is sealed, or once nobody waits any more; at once while time does not go by itself, for nobody knows when
   * that will be.
   */
  sealed(height: Height, signal?: AbortSignal): Promise<void>;
}
