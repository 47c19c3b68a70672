/**
 * All topics and their streams: for programs that learn only at run time what they are asked for.
 * In: a topic. Out: its stream. Importing this imports all twelve.
 */
import type { Stream } from './stream.ts';
import { accounts } from './streams/accounts.ts';
import { allMiniTickers } from './streams/allMiniTickers.ts';
import { allTickers } from './streams/allTickers.ts';
import { blockheight } from './streams/blockheight.ts';
import { KLINE_INTERVALS, kline } from './streams/kline.ts';
import { DEPTH_LEVELS, marketDepth } from './streams/marketDepth.ts';
import { marketDiff } from './streams/marketDiff.ts';
import { miniTicker } from './streams/miniTicker.ts';
import { orders } from './streams/orders.ts';
import { ticker } from './streams/ticker.ts';
import { trades } from './streams/trades.ts';
import { transfers } from './streams/transfers.ts';

let streams: ReadonlyMap<string, Stream> | undefined;

const allStreams = (): ReadonlyMap<string, Stream> =>
  (streams ??= new Map(
    [
      orders,
      accounts,
      transfers,
      trades,
      marketDiff,
      ...DEPTH_LEVELS.map(marketDepth),
      ...KLINE_INTERVALS.map(kline),
      ticker,
      allTickers,
      miniTicker,
      allMiniTickers,
      blockheight,
    ].map((stream: Stream) => [stream.topic, stream]),
  ));

/** Every topic there is: twelve streams, `kline` in 15 intervals and `marketDepth` in 4 depths. */
export const allTopics = (): string[] => [...allStreams().keys()];

/** The stream of a topic; `undefined` if there is no such topic. */
export const streamForTopic = (topic: string): Stream | undefined => allStreams().get(topic);
