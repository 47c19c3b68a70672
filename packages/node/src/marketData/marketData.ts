/**
 * Market data: what the blocks so far add up to, of every pair that is listed.
 * In: the state at the beginning, then each block's publication. Out: klines, tickers and price levels, as of the latest block.
 */
import type { Height, KlineInterval, KlineUpdate, Level, Milliseconds, Ticker } from '@dexwire/protocol';
import { millisecondsOf } from '../chain/blockTime.ts';
import type { Pair, State } from '../chain/state.ts';
import type { OrderSide } from '../matching/orderColumns.ts';
import type { Publication } from '../publications.ts';
import { unitsText } from '../unitsText.ts';
import { append, type Bar, barOf } from './bar.ts';
import { type KlineRange, type KlineRow, Klines } from './klines.ts';
import { Levels, type OpenLevel } from './levels.ts';
import { Tickers } from './tickers.ts';

/** The latest block is taken as so late at most: the window of a ticker goes on when the chain stands still. */
const LAG_MS = 60_000;

/** One pair. */
interface Market {
  readonly klines: Klines;
  readonly tickers: Tickers;
  readonly levels: Levels;
}

const SIDES = ['buy', 'sell'] as const;

export class MarketData {
  readonly #pairs: ReadonlyMap<string, Pair>;
  readonly #markets = new Map<string, Market>();
  #symbols: readonly string[] = [];
  #height: Height;
  #time: Milliseconds;

  /**
   * @param state - As the latest block left it. Its pairs are read again when one is listed.
   * @param time - Where the history of klines begins.
   */
  constructor({ pairs, height }: Pick<State, 'pairs' | 'height'>, time: Milliseconds) {
    this.#pairs = pairs;
    this.#height = height - 1;
    this.#time = time;
    for (const pair of pairs.values()) {
      const { orders } = pair;
      const market = this.#list(pair, pair.reference);
      for (const side of SIDES)
        for (const [price, open] of orders.levels(side, orders.levelCount(side))) market.levels.set(side, price, open);
    }
    this.#symbols = [...this.#markets.keys()];
  }

  /** Latest block. */
  get height(): Height {
    return this.#height;
  }

  /** Of the pairs that are listed, in the order of their listing. The same array as long as they stay the same. */
  get symbols(): readonly string[] {
    return this.#symbols;
  }

  /** Takes a block in. Heights and times rise from one to the next. */
  add({ block, books }: Publication): void {
    const time = millisecondsOf(block.time);
    this.#height = block.height;
    this.#time = time;
    for (const symbol of block.listed) {
      const pair = this.#pairs.get(symbol);
      if (pair !== undefined) this.#list(pair, pair.listPrice);
    }
    const bars = new Map<string, Bar>();
    for (const trade of block.trades) {
      const bar = bars.get(trade.symbol);
      if (bar === undefined) bars.set(trade.symbol, barOf(trade));
      else append(bar, barOf(trade));
    }
    for (const [symbol, bar] of bars) {
      const market = this.#markets.get(symbol);
      market?.klines.add(bar, time);
      market?.tickers.add(bar, time);
    }
    for (const { symbol, buys, sells } of books) {
      const levels = this.#markets.get(symbol)?.levels;
      for (const [price, , open] of buys) levels?.set('buy', price, open);
      for (const [price, , open] of sells) levels?.set('sell', price, open);
    }
    for (const symbol of block.delisted) this.#markets.delete(symbol);
    if (block.listed.length + block.delisted.length > 0) this.#symbols = [...this.#markets.keys()];
  }

  /** Best first; none of a pair that is not listed. */
  levels(symbol: string, side: OrderSide, count: number): OpenLevel[] {
    return this.#markets.get(symbol)?.levels.best(side, count) ?? [];
  }

  /** Differs whenever the levels of the pair do; `undefined` if it is not listed. */
  levelsVersion(symbol: string): number | undefined {
    return this.#markets.get(symbol)?.levels.version;
  }

  /** @param time - The present moment, here and below. @returns `undefined` if the pair is not listed. */
  ticker(symbol: string, time: Milliseconds): Ticker | undefined {
    const market = this.#markets.get(symbol);
    if (market === undefined) return undefined;
    const best = (side: OrderSide): Level | undefined => {
      const [level] = market.levels.best(side, 1);
      return level && [unitsText(level[0]), unitsText(level[1])];
    };
    const closeTime = Math.min(Math.max(this.#time, time - LAG_MS), time);
    return market.tickers.ticker(time, closeTime, best('buy'), best('sell'));
  }

  /** What the stream says at a whole second. */
  kline(symbol: string, interval: KlineInterval, time: Milliseconds): KlineUpdate | undefined {
    return this.#markets.get(symbol)?.klines.update(interval, time);
  }

  /** Rows of history up to the kline under way, flat ones among them; none of a pair that is not listed. */
  klines(symbol: string, interval: KlineInterval, time: Milliseconds, range: KlineRange = {}): KlineRow[] {
    const now = Math.max(this.#time, time);
    return this.#markets.get(symbol)?.klines.history(interval, now, range) ?? [];
  }

  #list(pair: Pair, price: bigint): Market {
    const { symbol } = pair;
    const last = { tradeId: '', price, quantity: 0n };
    const market = {
      klines: new Klines(symbol, last, this.#time),
      tickers: new Tickers({ symbol, last, before: undefined, day: undefined }, this.#time),
      levels: new Levels(),
    };
    this.#markets.set(symbol, market);
    return market;
  }
}
