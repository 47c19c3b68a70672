/**
 * The face of the Python package: its names and meanings, over this client.
 * In: the network, then what to fetch. Out: the first frame, or a callback for each, with the wire's own keys.
 *
 * As there, each stream has a socket of its own, asked for by its URL. What was wrong there is not repeated: certificates
 * are verified, a lost socket comes back, keepAlive is sent, a callback that throws ends nothing. Gaps are not frames:
 * who must know what may have been missed subscribes through `connect`.
 */
import {
  accounts,
  allMiniTickers,
  allTickers,
  blockheight,
  type KlineInterval,
  kline,
  marketDepth,
  marketDiff,
  miniTicker,
  orders,
  type Stream,
  ticker,
  toJson,
  toWire,
  trades,
  transfers,
} from '@dexwire/protocol';
import { connect, type Dex } from './connection.ts';
import type { Item } from './item.ts';
import type { DexOptions } from './options.ts';
import type { Handle } from './subscription.ts';
import type {
  AccountsFrame,
  AllMiniTickersFrame,
  AllTickersFrame,
  BlockheightFrame,
  Frame,
  KlineFrame,
  MarketDepthFrame,
  MarketDiffFrame,
  MiniTickerFrame,
  OrdersFrame,
  TickerFrame,
  TradesFrame,
  TransfersFrame,
} from './wireFrames.ts';

export interface BinanceChainSocketOptions extends DexOptions {
  /** Default: mainnet. */
  readonly isTestNet?: boolean;
  /** Another gateway, such as `ws://127.0.0.1:27100/api/ws`, or `local`. */
  readonly url?: string;
  /** Prints frames where no callback was given. Default: `console.log`. */
  readonly print?: (line: string) => void;
}

/** What a callback gets besides the frame, and what a call with `oneOff: false` returns. */
export interface SocketHandle {
  /** No frame comes after this. */
  close(): void;
}

/** Takes each frame. While its promise is pending, frames queue up. */
export type FrameCallback<F> = (socket: SocketHandle, frame: F) => unknown;

/** The first frame, and that is all. */
export interface OneOff {
  readonly oneOff?: true;
  /** Gives up the wait: the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** Every frame, until the handle is closed. */
export interface LongLived<F> {
  readonly oneOff: false;
  /** Without one, frames are printed. */
  readonly callback?: FrameCallback<F>;
  /** Its abort closes the handle. */
  readonly signal?: AbortSignal;
}

interface Ask {
  readonly oneOff?: boolean;
  readonly callback?: FrameCallback<never>;
  readonly signal?: AbortSignal;
}

interface OfUser {
  readonly userAddress: string;
}

interface OfPair {
  readonly tradingPair: string;
}

interface OfInterval<Interval extends KlineInterval> extends OfPair {
  readonly interval: Interval;
}

interface Full {
  readonly isFullData?: true;
}

interface Mini {
  readonly isFullData: false;
}

interface OfAll {
  readonly tradingPair?: undefined;
}

/** One of the three personal streams: `stream` tells which. */
export type PersonalFrame = OrdersFrame | AccountsFrame | TransfersFrame;

type AnyFrame = Frame<string, unknown>;
type Fetched = Promise<AnyFrame> | SocketHandle;

const HINT = 'No callback was given, so frames are printed. To handle them, pass callback: (socket, frame) => { ... }';

const subjectOf = (pair: string | undefined): object => (pair === undefined ? {} : { symbols: [pair] });

/**
 * `new BinanceChainSocket()` is on mainnet, `{ isTestNet: true }` on testnet, `{ url: 'local' }` on this machine.
 * Each method takes `oneOff`, by default `true`: the first frame is what its promise resolves to. With `oneOff: false`
 * every frame goes to `callback`, until the returned handle is closed.
 */
export class BinanceChainSocket implements AsyncDisposable {
  readonly #dex: Dex;
  readonly #print: (line: string) => void;

  constructor({ isTestNet = false, url, print = console.log, ...options }: BinanceChainSocketOptions = {}) {
    this.#print = print;
    this.#dex = connect(url ?? (isTestNet ? 'testnet' : 'mainnet'), { ask: 'name', linger: 0, ...options });
  }

  /** Orders, balances and transfers of one address, all on one socket. */
  fetchAccountUpdates(ask: OfUser & LongLived<PersonalFrame>): SocketHandle;
  fetchAccountUpdates(ask: OfUser & OneOff): Promise<PersonalFrame>;
  fetchAccountUpdates({ userAddress, ...ask }: OfUser & Ask): Fetched {
    return this.#fetch([orders, accounts, transfers], { address: userAddress }, ask);
  }

  /** Trades of one pair. */
  fetchTradesUpdates(ask: OfPair & LongLived<TradesFrame>): SocketHandle;
  fetchTradesUpdates(ask: OfPair & OneOff): Promise<TradesFrame>;
  fetchTradesUpdates({ tradingPair, ...ask }: OfPair & Ask): Fetched {
    return this.#fetch([trades], subjectOf(tradingPair), ask);
  }

  /** Changes of one pair's book. */
  fetchMarketDiffStream(ask: OfPair & LongLived<MarketDiffFrame>): SocketHandle;
  fetchMarketDiffStream(ask: OfPair & OneOff): Promise<MarketDiffFrame>;
  fetchMarketDiffStream({ tradingPair, ...ask }: OfPair & Ask): Fetched {
    return this.#fetch([marketDiff], subjectOf(tradingPair), ask);
  }

  /** The best 20 levels of one pair's book. */
  fetchMarketDepthStream(ask: OfPair & LongLived<MarketDepthFrame>): SocketHandle;
  fetchMarketDepthStream(ask: OfPair & OneOff): Promise<MarketDepthFrame>;
  fetchMarketDepthStream({ tradingPair, ...ask }: OfPair & Ask): Fetched {
    return this.#fetch([marketDepth()], subjectOf(tradingPair), ask);
  }

  /** Klines of one pair; `KLine` has the intervals. */
  fetchKlineUpdates<I extends KlineInterval>(ask: OfInterval<I> & LongLived<KlineFrame<I>>): SocketHandle;
  fetchKlineUpdates<I extends KlineInterval>(ask: OfInterval<I> & OneOff): Promise<KlineFrame<I>>;
  fetchKlineUpdates({ tradingPair, interval, ...ask }: OfInterval<KlineInterval> & Ask): Fetched {
    return this.#fetch([kline(interval)], subjectOf(tradingPair), ask);
  }

  /** 24-hour statistics of one pair, or of all if none is named; `isFullData: false` for the short form. */
  fetchTickerStreams(ask: OfAll & Full & LongLived<AllTickersFrame>): SocketHandle;
  fetchTickerStreams(ask?: OfAll & Full & OneOff): Promise<AllTickersFrame>;
  fetchTickerStreams(ask: OfAll & Mini & LongLived<AllMiniTickersFrame>): SocketHandle;
  fetchTickerStreams(ask: OfAll & Mini & OneOff): Promise<AllMiniTickersFrame>;
  fetchTickerStreams(ask: OfPair & Full & LongLived<TickerFrame>): SocketHandle;
  fetchTickerStreams(ask: OfPair & Full & OneOff): Promise<TickerFrame>;
  fetchTickerStreams(ask: OfPair & Mini & LongLived<MiniTickerFrame>): SocketHandle;
  fetchTickerStreams(ask: OfPair & Mini & OneOff): Promise<MiniTickerFrame>;
  fetchTickerStreams({
    tradingPair,
    isFullData = true,
    ...ask
  }: Ask & { readonly tradingPair?: string | undefined; readonly isFullData?: boolean } = {}): Fetched {
    const ofPair = isFullData ? ticker : miniTicker;
    const ofAll = isFullData ? allTickers : allMiniTickers;
    return this.#fetch([tradingPair === undefined ? ofAll : ofPair], subjectOf(tradingPair), ask);
  }

  /** The height of each block. */
  fetchBlockHeightUpdates(ask: LongLived<BlockheightFrame>): SocketHandle;
  fetchBlockHeightUpdates(ask?: OneOff): Promise<BlockheightFrame>;
  fetchBlockHeightUpdates(ask: Ask = {}): Fetched {
    return this.#fetch([blockheight], {}, ask);
  }

  /** Ends all handles and waits, and closes all sockets. */
  close(): Promise<void> {
    return this.#dex.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #fetch(streams: readonly Stream[], wanted: object, { oneOff = true, callback, signal }: Ask): Fetched {
    if (oneOff) return this.#first(streams, wanted, signal);
    const take = (callback ?? this.#printer()) as FrameCallback<AnyFrame>;
    const subscribe = this.#dex.subscribe as (
      stream: Stream,
      wanted: object,
      callback: (item: Item<unknown>) => unknown,
    ) => Handle;
    const handles: Handle[] = [];
    const socket: SocketHandle = {
      close: () => {
        for (const handle of handles) handle.close();
      },
    };
    for (const stream of streams) {
      const isList = stream.data.node.kind === 'list';
      const handle = subscribe(stream, signal ? { ...wanted, signal } : wanted, (item) => {
        if (item.kind !== 'events') return undefined;
        return take(socket, frameOf(stream, isList ? item.events : item.events[0]));
      });
      handles.push(handle);
    }
    return socket;
  }

  async #first(streams: readonly Stream[], wanted: object, signal: AbortSignal | undefined): Promise<AnyFrame> {
    const once = this.#dex.once as (stream: Stream, wanted: object) => Promise<unknown>;
    const first = new AbortController();
    // By hand: Node.js 20.0 cannot join signals.
    const abort = (): void => first.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    try {
      return await Promise.race(
        streams.map(async (stream) => frameOf(stream, await once(stream, { ...wanted, signal: first.signal }))),
      );
    } finally {
      signal?.removeEventListener('abort', abort);
      abort();
    }
  }

  #printer(): FrameCallback<AnyFrame> {
    let isFirst = true;
    return (_socket, frame) => {
      if (isFirst) this.#print(HINT);
      isFirst = false;
      this.#print(toJson(frame));
    };
  }
}

const frameOf = (stream: Stream, data: unknown): AnyFrame => ({ stream: stream.topic, data: toWire(stream, data) });
