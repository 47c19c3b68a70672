/**
 * The order book: levels with bars for the sum up to each, what lies between the sides, and whether it is verified.
 * In: the client's book. Out: two tables that meet at the spread.
 */
import type { CumulativeLevel, CumulativeRead } from 'dexwire';
import { subtractDecimal } from 'dexwire';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { BookView } from '../feeds/book.ts';
import { digitsOf, nameOf, plain, shareOf, shown, timeOfDay, ZERO } from '../figures.ts';
import type { Store } from '../store.ts';
import { Panel } from './panel.tsx';
import { useSlice } from './useSlice.ts';

/** Levels a side, before it is known how many there is room for. */
const LEVELS = 16;
/** Rows of the head and of what lies between the sides, in heights of a level. */
const OTHER_ROWS = 3;
const MOST_LEVELS = 60;

/** How many levels a side fit into an element. A page that scrolls has room for any number, and gets the usual one. */
const useRoom = (host: RefObject<HTMLElement | null>): number => {
  const [room, setRoom] = useState(LEVELS);
  useEffect(() => {
    const { current } = host;
    if (!current) return;
    const measure = (): void => {
      const row = current.querySelector('.level')?.clientHeight ?? 20;
      const isBounded = getComputedStyle(current).overflowY === 'hidden';
      const fit = Math.floor((current.clientHeight / row - OTHER_ROWS) / 2);
      setRoom(isBounded ? Math.min(Math.max(fit, 3), MOST_LEVELS) : LEVELS);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return room;
};

/** A level that is clicked gives its price to the order form, which has buttons for the best two besides. */
const useTaking = (host: RefObject<HTMLElement | null>, store: Store): void => {
  useEffect(() => {
    const take = ({ target }: Event): void => {
      const row = target instanceof Element ? target.closest<HTMLElement>('.level') : null;
      const price = row?.dataset.price;
      if (price !== undefined) store.trading.write({ price: price.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') });
    };
    const { current } = host;
    current?.addEventListener('click', take);
    return () => current?.removeEventListener('click', take);
  }, [store]);
};

const stateText = ({ book, state, since }: BookView): string => {
  if (book === undefined) return 'building';
  if (state !== 'verified') return `${state} since ${timeOfDay(since)}`;
  const { certain } = book.status;
  const least = Math.min(certain.bids, certain.asks);
  return `verified, ${Number.isFinite(least) ? `best ${least}` : 'all'} certain`;
};

/** The book says more of itself than whether its streams are live: the mark is theirs, the words are its own. */
const FRESH = { verified: 'live', rebuilding: 'mending', stale: 'stale' } as const;

interface SideProps {
  readonly side: 'bids' | 'asks';
  readonly levels: readonly CumulativeLevel[];
  readonly certain: number;
  readonly most: CumulativeLevel['total'];
  readonly digits: { readonly price: number; readonly quantity: number };
  readonly own: ReadonlySet<string>;
}

const NAMES = { bids: 'Bids, best first', asks: 'Asks, best last' } as const;

const Side = ({ side, levels, certain, most, digits, own }: SideProps) => {
  const rows = levels.map(({ price, quantity, total }, place) => (
    <tr
      key={price}
      class="level"
      data-certain={place < certain}
      data-price={price}
      data-own={own.has(price) || undefined}
      style={`--share:${shareOf(total, most) / 100}%`}
    >
      <td class="num price">{shown(price, digits.price)}</td>
      <td class="num">{shown(quantity, digits.quantity)}</td>
      <td class="num dim">{shown(total, digits.quantity)}</td>
    </tr>
  ));
  // The best of both sides meet at the spread.
  if (side === 'asks') rows.reverse();
  return (
    <table class={`levels ${side}`}>
      <caption class="hidden">{NAMES[side]}</caption>
      <thead class={side === 'asks' ? '' : 'hidden'}>
        <tr>
          <th scope="col">Price</th>
          <th scope="col">Quantity</th>
          <th scope="col">Sum</th>
        </tr>
      </thead>
      <tbody>{rows}</tbody>
    </table>
  );
};

const totalOf = (levels: readonly CumulativeLevel[]): CumulativeLevel['total'] => levels.at(-1)?.total ?? ZERO;

const NOTHING: Pick<CumulativeRead, 'bids' | 'asks' | 'certain'> = {
  bids: [],
  asks: [],
  certain: { bids: 0, asks: 0 },
};

export const BookPanel = ({ store }: { readonly store: Store }) => {
  const view = useSlice(store.book);
  const { symbol } = useSlice(store.place);
  const pair = useSlice(store.pairs).get(symbol);
  const account = useSlice(store.account);
  const host = useRef<HTMLDivElement>(null);
  const room = useRoom(host);
  useTaking(host, store);
  const { bids, asks, certain } = view.book?.cumulative(room) ?? NOTHING;
  const [deepestBid, deepestAsk] = [totalOf(bids), totalOf(asks)];
  const most = shareOf(deepestBid, deepestAsk) === 10_000 ? deepestBid : deepestAsk;
  const digits = { price: pair ? digitsOf(pair.tick) : 0, quantity: pair ? digitsOf(pair.lot) : 0 };
  const own = new Set(account?.openOrders.filter((order) => order.symbol === symbol).map(({ price }) => price));
  const [bid, ask] = [bids[0], asks[0]];
  const { base, quote } = nameOf(symbol);
  const { mid } = view.book?.mid() ?? {};
  return (
    <Panel
      id="book"
      title="Order book"
      health={store.health}
      tools={
        <span class="fresh" data-fresh={FRESH[view.book ? view.state : 'rebuilding']} data-testid="book-state">
          {stateText(view)}
        </span>
      }
    >
      <div
        class="book-sides"
        ref={host}
        data-state={view.state}
        title={`Price in ${plain(quote)}, quantity in ${plain(base)}`}
      >
        <Side side="asks" levels={asks} certain={certain.asks} most={most} digits={digits} own={own} />
        <p class="spread">
          <span class="num mid" title="Middle of the best two">
            {mid === undefined ? '–' : shown(mid, digits.price)}
          </span>
          <span class="dim">
            spread{' '}
            <span class="num">{bid && ask ? shown(subtractDecimal(ask.price, bid.price), digits.price) : '–'}</span>
          </span>
        </p>
        <Side side="bids" levels={bids} certain={certain.bids} most={most} digits={digits} own={own} />
      </div>
    </Panel>
  );
};
