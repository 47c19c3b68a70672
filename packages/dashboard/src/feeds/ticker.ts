/**
 * The day of the symbol that is looked at.
 * In: `ticker`, each second; only the latest counts. Out: a slice.
 */
import { type Ticker, ticker } from 'dexwire';
import type { Room } from '../room.ts';
import type { Slice } from '../slice.ts';

export const TICKER = 'ticker';

/**
 * @param onFirst - Told once the first one is there. It comes within a second, and commands are read in order: what was
 * subscribed to before comes by then too.
 */
export const openTicker = (
  room: Room,
  slice: Slice<Ticker | undefined>,
  symbol: string,
  signal: AbortSignal,
  onFirst: () => void,
): void => {
  slice.set(undefined);
  const note = room.health.follow(TICKER, 'ticker', `${symbol}@ticker`, signal);
  room.dex.subscribe(ticker, { symbols: [symbol], signal, queue: { policy: 'conflate', limit: 1 } }, (item) => {
    note(item);
    if (item.kind !== 'events') return;
    if (slice.value === undefined) onFirst();
    slice.set(item.events.at(-1));
  });
};
