/**
 * The market list: every symbol, with its last price and its day.
 * In: REST's pairs once, `allMiniTickers` each second. Out: a slice of pairs, and one of what changes of them.
 *
 * Queue: the newest list replaces what waits, for only the latest one is shown.
 */
import { allMiniTickers, type MiniTicker } from 'dexwire';
import type { Pair } from '../rest.ts';
import { persist, type Room } from '../room.ts';
import { Slice } from '../slice.ts';

/** By symbol, in the venue's order. They do not change while the page is open. */
export type Pairs = ReadonlyMap<string, Pair>;

export interface Markets {
  readonly tickers: ReadonlyMap<string, MiniTicker>;
  /** Of all that are known, in the venue's order. */
  readonly symbols: readonly string[];
}

export const MARKETS = 'markets';

export const openMarkets = (
  room: Room,
  signal: AbortSignal,
): { readonly pairs: Slice<Pairs>; readonly markets: Slice<Markets> } => {
  const pairs = new Slice<Pairs>(new Map());
  const markets = new Slice<Markets>({ tickers: new Map(), symbols: [] });
  const note = room.health.follow(MARKETS, 'markets', '$all@allMiniTickers', signal);
  const show = (tickers: Markets['tickers']): void => {
    const known = pairs.value.size > 0 ? pairs.value : tickers;
    markets.set({ tickers, symbols: [...known.keys()] });
  };
  room.dex.subscribe(allMiniTickers, { signal, queue: { policy: 'conflate', limit: 1 } }, (item) => {
    note(item);
    if (item.kind === 'events') show(new Map(item.events.map((ticker) => [ticker.symbol, ticker])));
  });
  void persist(room, signal, () => room.rest.pairs(signal)).then((list) => {
    if (list === undefined) return;
    pairs.set(new Map(list.map((pair) => [pair.symbol, pair])));
    show(markets.value.tickers);
  });
  return { pairs, markets };
};
