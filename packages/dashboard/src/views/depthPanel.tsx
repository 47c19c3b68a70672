/**
 * The depth chart: how much waits up to which price, on both sides.
 * In: the client's book. Out: two steps of areas, and in words what they come to.
 *
 * Places on the screen are whole thousandths, from whole units: prices and quantities stay what they are.
 */
import { type CumulativeLevel, type Decimal, decimalUnits } from 'dexwire';
import { BOOK } from '../feeds/book.ts';
import { brief, digitsOf, nameOf, plain, shareOf, shown, ZERO } from '../figures.ts';
import type { Store } from '../store.ts';
import { Panel } from './panel.tsx';
import { useSlice } from './useSlice.ts';

const LEVELS = 100;
const SCALE = 8;
/** The picture's own measure. */
const WIDTH = 1000;
const HEIGHT = 400;

const unitsOf = (decimal: Decimal): bigint => decimalUnits(decimal, SCALE);

/** Steps from the best level outwards. @param place - Where a price lies, from the left. */
const stepsOf = (
  levels: readonly CumulativeLevel[],
  most: Decimal,
  place: (price: Decimal) => number,
  edge: number,
): string => {
  const [best] = levels;
  if (!best) return '';
  let path = `M${place(best.price)} ${HEIGHT}`;
  for (const { price, total } of levels)
    path += `H${place(price)}V${HEIGHT - (shareOf(total, most) * HEIGHT) / 10_000}`;
  return `${path}H${edge}V${HEIGHT}Z`;
};

export const DepthPanel = ({ store }: { readonly store: Store }) => {
  const { book, state } = useSlice(store.book);
  const { symbol } = useSlice(store.place);
  const pair = useSlice(store.pairs).get(symbol);
  const digits = pair ? digitsOf(pair.tick) : 0;
  const { bids, asks } = book?.cumulative(LEVELS) ?? { bids: [], asks: [] };
  const [bid, ask] = [bids[0], asks[0]];
  const { base } = nameOf(symbol);
  const [sumOfBids, sumOfAsks] = [bids.at(-1)?.total ?? ZERO, asks.at(-1)?.total ?? ZERO];
  const most = shareOf(sumOfBids, sumOfAsks) === 10_000 ? sumOfBids : sumOfAsks;
  // As far to one side as to the other, so that the middle is in the middle.
  const middle = bid && ask ? (unitsOf(bid.price) + unitsOf(ask.price)) / 2n : 0n;
  const reach = [bids.at(-1), asks.at(-1)].reduce((far, level) => {
    const away = level ? unitsOf(level.price) - middle : 0n;
    const size = away < 0n ? -away : away;
    return size > far ? size : far;
  }, 1n);
  const place = (price: Decimal): number => Number(((unitsOf(price) - middle + reach) * BigInt(WIDTH)) / (2n * reach));
  const label =
    bid && ask
      ? `Depth of ${symbol}: bids of ${brief(sumOfBids)} ${plain(base)} down to ${shown(bids.at(-1)!.price, digits)}, asks of ${brief(sumOfAsks)} up to ${shown(asks.at(-1)!.price, digits)}`
      : `Depth of ${symbol}: not known yet`;
  return (
    <Panel id="depth" title="Depth" health={store.health} keys={[BOOK]}>
      <div class="depth-frame" data-state={state}>
        <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
          <path class="depth-bids" d={stepsOf(bids, most, place, 0)} />
          <path class="depth-asks" d={stepsOf(asks, most, place, WIDTH)} />
        </svg>
        <p class="depth-ends num" aria-hidden="true">
          <span>{bids.at(-1) ? shown(bids.at(-1)!.price, digits) : ''}</span>
          <span>{asks.at(-1) ? shown(asks.at(-1)!.price, digits) : ''}</span>
        </p>
        <p class="depth-sums" aria-hidden="true">
          <span data-side="buy">Bids {brief(sumOfBids)}</span>
          <span data-side="sell">Asks {brief(sumOfAsks)}</span>
        </p>
      </div>
    </Panel>
  );
};
