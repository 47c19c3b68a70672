/**
 * The order book of a symbol, verified by the client.
 * In: the client's own book, kept from `marketDiff` and `marketDepth`. Out: a slice that holds it; panels read its levels
 * when they draw.
 */
import { type BookStatus, type OrderBook, orderBook } from 'dexwire';
import { persist, type Room } from '../room.ts';
import type { Slice } from '../slice.ts';

export const BOOK = 'book';

export interface BookView {
  readonly book: OrderBook | undefined;
  /** Since when it is in the state that it is in. */
  readonly since: number;
  readonly state: BookStatus['state'];
}

export const openBook = (room: Room, slice: Slice<BookView>, symbol: string, signal: AbortSignal): void => {
  const { dex, health, clock } = room;
  slice.set({ book: undefined, since: clock.now(), state: 'rebuilding' });
  health.follow(BOOK, 'order book', `${symbol}@marketDiff`, signal);
  const show = (book: OrderBook | undefined, state: BookStatus['state']): void => {
    if (!signal.aborted) slice.set({ book, state, since: clock.now() });
  };
  const keep = async (): Promise<OrderBook> => {
    let kept: OrderBook | undefined;
    kept = await orderBook(dex, symbol, {
      signal,
      fetch: room.fetch,
      onError: (error) => health.note(error),
      onChange: (change) => {
        if (signal.aborted) return;
        if (change.kind === 'state') {
          health.book(BOOK, change.state, change.cause);
          show(kept, change.state);
        } else slice.changed();
      },
    });
    show(kept, kept.status.state);
    return kept;
  };
  void persist(room, signal, keep);
};
