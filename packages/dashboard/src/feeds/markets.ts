/**
 * The market list: every symbol, with its last price and its day.
 * In: REST's pairs once, `allMiniTickers` each second. Out: a slice of rows, by symbol.
 *
 * Queue: the newest list replaces what waits, for only the latest one is shown.
 */
import { allMiniTickers, type MiniTicker } from 'dexwire';
import type { Pair } from '../rest.ts';
import { persist, type Room } from '../room.ts';
import { Slice } from '../slice.ts';

export interface Markets {
  readonly pairs: ReadonlyMap<string, Pair>;
  readonly tickers: ReadonlyMap<string, MiniTicker>;
  /** Of all that are known, in the venue's order. */
  readonly symbols: readonly string[];
}

const NO_MARKETS: Markets = { pairs: new Map(), tickers: new Map(), symbols: [] };

export const MARKETS = 'markets';

export const openMarkets = (room: Room, signal: AbortSignal): Slice<Markets> => {
  const slice = new Slice(NO_MARKETS);
  const note = room.health.follow(MARKETS, 'markets', '$all@allMiniTickers', signal);
  room.dex.subscribe(allMiniTickers, { signal, queue: { policy: 'conflate', limit: 1 } }, (item) => {
    note(item);
    if (item.kind !== 'events') return;
    const { pairs } = slice.value;
    const tickers = new Map(item.events.map((ticker) => [ticker.symbol, ticker]));
    const known = pairs.size > 0 ? pairs : tickers;
    slice.set({ pairs, tickers, symbols: [...known.keys()] });
  });
  void persist(room, signal, () => room.rest.pairs(signal)).then((list) => {
    if (list === undefined) return;
    const pairs = new Map(list.map((pair) => [pair.symbol, pair]));
    slice.set({ pairs, tickers: slice.value.tickers, symbols: [...pairs.keys()] });
  });
  return slice;
};
