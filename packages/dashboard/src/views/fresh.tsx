/**
 * What stands in the head of a panel: how far what it shows can be relied on.
 * In: the health of its streams. Out: a word with a mark of its own shape, so that it does not hang on colour.
 */
import { timeOfDay } from '../figures.ts';
import type { Freshness, Health } from '../health.ts';
import { useSlice } from './useSlice.ts';

const RANK = { live: 0, waiting: 1, mending: 2, stale: 3 } as const;

/** The worst of some. */
const worstOf = (list: readonly Freshness[]): Freshness =>
  list.reduce((worst, one) => (RANK[one.name] > RANK[worst.name] ? one : worst), { name: 'live' });

export const freshText = (freshness: Freshness): string => {
  switch (freshness.name) {
    case 'live':
      return 'live';
    case 'waiting':
      return 'no news yet';
    case 'mending':
      return `mending since ${timeOfDay(freshness.since)}: ${freshness.why}`;
    case 'stale':
      return `stale since ${timeOfDay(freshness.since)}: ${freshness.why}`;
  }
};

export const Fresh = ({ health, keys }: { readonly health: Health; readonly keys: readonly string[] }) => {
  const { slice } = health;
  const freshness = worstOf(useSlice(slice).freshnessOf(keys));
  return (
    <span class="fresh" data-fresh={freshness.name} title={freshText(freshness)}>
      {freshText(freshness)}
    </span>
  );
};
