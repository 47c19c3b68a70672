/**
 * Frames as the wire has them, key by key: what the Python package's users know.
 * In: nothing. Out: the types of `{ stream, data }`. Meanings of the keys: docs/protocol.md §7; int64 is a bigint.
 */
import type {
  Decimal,
  Height,
  KlineInterval,
  Level,
  Milliseconds,
  Nanoseconds,
  OrderStatus,
  Seconds,
} from '@dexwire/protocol';

/** One frame. `stream` is the topic. */
export interface Frame<Topic extends string, Data> {
  readonly stream: Topic;
  readonly data: Data;
}

export interface WireOrder {
  readonly e: 'executionReport';
  readonly E: Height;
  readonly s: string;
  /** 1 buy, 2 sell. */
  readonly S: 0 | 1 | 2;
  readonly o: 0 | 2;
  /** 1 good till expire, 3 immediate or cancel. */
  readonly f: 0 | 1 | 3;
  readonly q: Decimal;
  readonly p: Decimal;
  readonly x: 'NEW' | 'Unknown';
  readonly X: OrderStatus;
  readonly i: string;
  readonly l: Decimal;
  /** Last executed price. */
  readonly L: Decimal;
  /** Cumulative filled quantity. */
  readonly z: Decimal;
  readonly n: string;
  readonly T: Nanoseconds;
  readonly t: string;
  readonly O: Nanoseconds;
}

export interface WireAccount {
  readonly e: 'outboundAccountInfo';
  readonly E: Height;
  /** `a` asset, `f` free, `r` frozen, `l` locked. */
  readonly B: readonly { readonly a: string; readonly f: Decimal; readonly r: Decimal; readonly l: Decimal }[];
}

export interface WireTransfer {
  readonly e: 'outboundTransferInfo';
  readonly E: Height;
  readonly H: string;
  readonly M?: string;
  readonly f: string;
  readonly t: readonly {
    readonly o: string;
    readonly c: readonly { readonly a: string; readonly A: Decimal }[];
  }[];
}

export interface WireTrade {
  readonly e: 'trade';
  readonly E: Height;
  readonly s: string;
  readonly t: string;
  readonly p: Decimal;
  readonly q: Decimal;
  readonly b: string;
  readonly a: string;
  readonly T: Nanoseconds;
  readonly sa: string;
  readonly ba: string;
  readonly tt?: number;
}

export interface WireDiff {
  readonly e: 'depthUpdate';
  readonly E: Seconds;
  readonly s: string;
  readonly b: readonly Level[];
  readonly a: readonly Level[];
}

export interface WireDepth {
  readonly lastUpdateId: Height;
  readonly symbol: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface WireKline {
  readonly e: 'kline';
  readonly E: Seconds | Milliseconds;
  readonly s: string;
  readonly k: {
    readonly s: string;
    readonly t: Milliseconds;
    readonly T: Milliseconds;
    readonly i: KlineInterval;
    readonly f: string;
    readonly L: string;
    readonly o: Decimal;
    readonly c: Decimal;
    readonly h: Decimal;
    readonly l: Decimal;
    readonly v: Decimal;
    readonly q: Decimal;
    readonly n: number;
    readonly x: boolean;
  };
}

export interface WireMiniTicker {
  readonly e: '24hrMiniTicker' | '24hrTicker';
  readonly E: Seconds;
  readonly s: string;
  readonly c: Decimal;
  readonly o: Decimal;
  readonly h: Decimal;
  readonly l: Decimal;
  readonly v: Decimal;
  readonly q: Decimal;
}

export interface WireTicker extends Omit<WireMiniTicker, 'e'> {
  readonly e: '24hrTicker';
  readonly p: Decimal;
  /** A fraction: `-0.00860000` for a fall of 0.86 %. */
  readonly P: Decimal;
  readonly w: Decimal;
  readonly x: Decimal;
  readonly Q: Decimal;
  readonly b: Decimal;
  readonly B: Decimal;
  readonly a: Decimal;
  readonly A: Decimal;
  readonly O: Milliseconds;
  readonly C: Milliseconds;
  readonly F: string;
  readonly L: string;
  readonly n: number;
}

export type OrdersFrame = Frame<'orders', readonly WireOrder[]>;
export type AccountsFrame = Frame<'accounts', WireAccount>;
export type TransfersFrame = Frame<'transfers', WireTransfer>;
export type TradesFrame = Frame<'trades', readonly WireTrade[]>;
export type MarketDiffFrame = Frame<'marketDiff', WireDiff>;
export type MarketDepthFrame = Frame<'marketDepth', WireDepth>;
export type KlineFrame<Interval extends KlineInterval = KlineInterval> = Frame<`kline_${Interval}`, WireKline>;
export type TickerFrame = Frame<'ticker', WireTicker>;
export type AllTickersFrame = Frame<'allTickers', readonly WireTicker[]>;
export type MiniTickerFrame = Frame<'miniTicker', WireMiniTicker>;
export type AllMiniTickersFrame = Frame<'allMiniTickers', readonly WireMiniTicker[]>;
export type BlockheightFrame = Frame<'blockheight', { readonly h: Height }>;
