/**
 * One connection's figures for several.
 * In: figures. Out: the same, to each in turn.
 */
import type { Metrics } from '../metrics.ts';

/** Gives every figure to all of them, in this order. */
export const teeMetrics = (...metrics: readonly Metrics[]): Metrics => ({
  count: (name, by, tags) => {
    for (const each of metrics) each.count(name, by, tags);
  },
  measure: (name, value, tags) => {
    for (const each of metrics) each.measure(name, value, tags);
  },
});
