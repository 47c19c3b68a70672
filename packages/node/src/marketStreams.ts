/**
 * The public streams of the venue: what each block brings, and what comes by the second.
 * In: publications, whole seconds, who wants what. Out: frames. Source: spec §7, §15.
 */
import {
  allMiniTickers,
  allTickers,
  type BookDepth,
  DEPTH_LEVELS,
  type DepthLevels,
  KLINE_INTERVALS,
  kline,
  klineSpan,
  type Milliseconds,
  marketDepth,
  marketDiff,
  miniTicker,
  type Stream,
  type Ticker,
  ticker,
} from '@dexwire/protocol';
import { type Frame, frame } from './gateway/source.ts';
import type { OpenLevel } from './marketData/levels.ts';
import type { MarketData } from './marketData/marketData.ts';
import { miniOf } from './marketData/tickers.ts';
import type { OrderSide } from './matching/orderColumns.ts';
import type { LevelChange, Publication } from './publications.ts';
import { bookDiff, type DiffCadence, levelsText, topics, type Wants } from './topics.ts';

const SECOND_MS = 1_000;

/** After a longer pause only so many klines are closed one by one. */
const MOST_CLOSED = 60;

const KLINES = KLINE_INTERVALS.map((interval) => ({ interval, stream: kline(interval) }));
const DEPTHS = DEPTH_LEVELS.map((count) => ({ count, stream: marketDepth(count) }));

/** Who takes frames; a gateway's `Sink` is one. */
interface Wanting {
  readonly wants: Wants;
}

/** By price: the latest quantity. */
type Changes = Readonly<Record<OrderSide, Map<bigint, bigint>>>;

/** What was last sent of a book. */
interface Picture {
  readonly version: number | undefined;
  readonly buys: readonly OpenLevel[];
  readonly sells: readonly OpenLevel[];
}

export class MarketStreams {
  readonly #data: MarketData;
  readonly #diffs: DiffCadence;
  /** What has changed since the last second, of the books whose changes somebody wants. */
  readonly #changes = new Map<string, Changes>();
  /** By symbol, for each depth that somebody wants. */
  readonly #pictures: ReadonlyMap<DepthLevels, Map<string, Picture>> = new Map(
    DEPTH_LEVELS.map((count) => [count, new Map()]),
  );
  /** Latest whole second. */
  #second: Milliseconds | undefined;

  /** @param data - Fed by `block`. */
  constructor(data: MarketData, { diffs = 'second' }: { readonly diffs?: DiffCadence } = {}) {
    this.#data = data;
    this.#diffs = diffs;
  }

  /** Takes a block in: before any transaction of the next one runs. */
  block(publication: Publication, sink: Wanting): Frame[] {
    const wants: Wants = (stream, subject) => sink.wants(stream, subject);
    this.#data.add(publication);
    if (this.#diffs === 'second') {
      for (const { symbol, buys, sells } of publication.books) {
        if (wants(marketDiff, symbol)) this.#merge(symbol, buys, sells);
        // What is not kept on must not be told later in the second: the levels have changed since.
        else this.#changes.delete(symbol);
      }
    }
    return topics(publication, wants, this.#diffs);
  }

  /** @param time - A whole second. Rises from call to call. A block that begins with it comes after it. */
  second(time: Milliseconds, sink: Wanting): Frame[] {
    const before = this.#second ?? time - SECOND_MS;
    this.#second = time;
    const frames: Frame[] = [];
    const tickers: Ticker[] = [];
    const [full, mini] = [sink.wants(allTickers, '$all'), sink.wants(allMiniTickers, '$all')];
    for (const symbol of this.#data.symbols) {
      const [fullOne, miniOne] = [sink.wants(ticker, symbol), sink.wants(miniTicker, symbol)];
      const event = full || mini || fullOne || miniOne ? this.#data.ticker(symbol, time) : undefined;
      if (event !== undefined) {
        tickers.push(event);
        if (fullOne) frames.push(frame(ticker, symbol, event));
        if (miniOne) frames.push(frame(miniTicker, symbol, miniOf(event)));
      }
      for (const { interval, stream } of KLINES) {
        if (!sink.wants(stream, symbol)) continue;
        // Seconds that were left out may have ended klines.
        let { end } = klineSpan(interval, before);
        for (let closed = 0; end < time && closed < MOST_CLOSED; closed += 1) {
          frames.push(frame(stream, symbol, this.#data.kline(symbol, interval, end)!));
          end = klineSpan(interval, end).end;
        }
        frames.push(frame(stream, symbol, this.#data.kline(symbol, interval, time)!));
      }
    }
    if (full) frames.push(frame(allTickers, '$all', tickers));
    if (mini) frames.push(frame(allMiniTickers, '$all', tickers.map(miniOf)));
    this.#sendChanges(time, sink, frames);
    this.#sendDepths(sink, frames);
    return frames;
  }

  /** What a new subscription gets at once: the depth of a book. */
  snapshot(stream: Stream, subject: string): Frame | undefined {
    const depth = DEPTHS.find((one) => one.stream === stream);
    if (depth === undefined || this.#data.levelsVersion(subject) === undefined) return undefined;
    const picture = this.#picture(subject, depth.count);
    const pictures = this.#pictures.get(depth.count)!;
    // Who was there before has yet to get what changed since the last second.
    if (!pictures.has(subject)) pictures.set(subject, picture);
    return frame(depth.stream, subject, this.#depth(subject, picture));
  }

  #merge(symbol: string, buys: readonly LevelChange[], sells: readonly LevelChange[]): void {
    let changes = this.#changes.get(symbol);
    if (changes === undefined) {
      changes = { buy: new Map(), sell: new Map() };
      this.#changes.set(symbol, changes);
    }
    for (const [price, quantity] of buys) changes.buy.set(price, quantity);
    for (const [price, quantity] of sells) changes.sell.set(price, quantity);
  }

  #sendChanges(time: Milliseconds, sink: Wanting, frames: Frame[]): void {
    for (const [symbol, { buy, sell }] of this.#changes)
      if (sink.wants(marketDiff, symbol))
        frames.push(frame(marketDiff, symbol, bookDiff(symbol, time / SECOND_MS, buy, sell)));
    this.#changes.clear();
  }

  #sendDepths(sink: Wanting, frames: Frame[]): void {
    for (const { count, stream } of DEPTHS) {
      const pictures = this.#pictures.get(count)!;
      for (const symbol of pictures.keys())
        if (!sink.wants(stream, symbol) || this.#data.levelsVersion(symbol) === undefined) pictures.delete(symbol);
      for (const symbol of this.#data.symbols) {
        if (!sink.wants(stream, symbol)) continue;
        const sent = pictures.get(symbol);
        if (sent !== undefined && sent.version === this.#data.levelsVersion(symbol)) continue;
        const picture = this.#picture(symbol, count);
        pictures.set(symbol, picture);
        if (sent === undefined || !areEqual(sent.buys, picture.buys) || !areEqual(sent.sells, picture.sells))
          frames.push(frame(stream, symbol, this.#depth(symbol, picture)));
      }
    }
  }

  #picture(symbol: string, count: DepthLevels): Picture {
    return {
      version: this.#data.levelsVersion(symbol),
      buys: this.#data.levels(symbol, 'buy', count),
      sells: this.#data.levels(symbol, 'sell', count),
    };
  }

  #depth(symbol: string, { buys, sells }: Picture): BookDepth {
    return { lastUpdateId: this.#data.height, symbol, bids: levelsText(buys), asks: levelsText(sells) };
  }
}

const areEqual = (a: readonly OpenLevel[], b: readonly OpenLevel[]): boolean =>
  a.length === b.length && a.every(([price, open], place) => price === b[place]![0] && open === b[place]![1]);
