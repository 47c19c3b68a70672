/**
 * Figures of a connection for OpenTelemetry. The door `dexwire/otel`.
 * In: a meter of the program's own. Out: a `Metrics` that feeds its instruments.
 *
 * Only types come from `@opentelemetry/api`, so nothing of it is loaded. Names follow the semantic conventions: none is the
 * beginning of another, times are in seconds, units of what is counted stand in braces.
 */
import type { Attributes, Histogram, Meter, Counter as Sum } from '@opentelemetry/api';
import type { Counter, Measure, Metrics, Tags } from '../metrics.ts';

/** Name, unit and description. */
type Instrument = readonly [name: string, unit: string, description: string];

const COUNTERS: Readonly<Record<Counter, Instrument>> = {
  frames: ['dexwire.frames', '{frame}', 'Frames that somebody wanted, and that were read.'],
  unwanted: ['dexwire.unwanted_frames', '{frame}', 'Frames that nobody wanted.'],
  unreadable: ['dexwire.unreadable_frames', '{frame}', 'Frames that could not be read.'],
  unknownKeys: ['dexwire.unknown_keys', '{key}', 'Keys that no table has.'],
  dials: ['dexwire.dials', '{dial}', 'Attempts to open a socket.'],
  opens: ['dexwire.opened_sockets', '{socket}', 'Sockets that opened.'],
  losses: ['dexwire.lost_sockets', '{socket}', 'Sockets that were lost.'],
  gaps: ['dexwire.gaps', '{gap}', 'Gaps that consumers were told of, but for overflows.'],
  repaired: ['dexwire.repaired_events', '{event}', 'Events that were fetched for gaps.'],
  dropped: ['dexwire.dropped_items', '{item}', 'Items that gave way in a full queue.'],
  conflated: ['dexwire.conflated_items', '{item}', 'Items that newer ones of the same stream replaced.'],
  renewals: ['dexwire.renewed_sockets', '{socket}', 'Sockets put in the place of others that still served.'],
  stale: ['dexwire.stale_streams', '{stream}', 'Streams and sockets that fell silent.'],
  threw: ['dexwire.failed_callbacks', '{callback}', 'Callbacks that threw.'],
};

const MEASURES: Readonly<Record<Measure, Instrument>> = {
  arrival: ['dexwire.event.arrival', 's', "From an event's own time to its arrival, by two clocks."],
  lag: ['dexwire.event.lag', 's', "From an event's own time until a consumer gets it, by two clocks."],
  connect: ['dexwire.connect.duration', 's', 'From a dial to its socket.'],
  gap: ['dexwire.gap.duration', 's', 'From the last block before a loss until all comes again.'],
  repair: ['dexwire.repair.duration', 's', 'Until what was missed is fetched, or what an audit compares with.'],
};

/** Seconds. From a millisecond to ten minutes: lags are short, gaps are not. */
const BOUNDARIES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];

const attributesOf = ({ topic, cause }: Tags): Attributes => ({
  ...(topic !== undefined && { 'dexwire.topic': topic }),
  ...(cause !== undefined && { 'dexwire.cause': cause }),
});

/**
 * Counts and measures by OpenTelemetry. An instrument is made when its first figure comes.
 *
 * Attributes: `dexwire.topic`, `dexwire.cause`. A time below zero, which a lag is between clocks that differ, counts as 0, since
 * histograms refuse it.
 *
 * @param meter - Of a provider that is registered already: one that was asked for earlier may stay without effect.
 */
export const otelMetrics = (meter: Meter): Metrics => {
  const sums: Partial<Record<Counter, Sum>> = {};
  const histograms: Partial<Record<Measure, Histogram>> = {};
  const sumOf = (counter: Counter): Sum => {
    const [name, unit, description] = COUNTERS[counter];
    return meter.createCounter(name, { unit, description });
  };
  const histogramOf = (measure: Measure): Histogram => {
    const [name, unit, description] = MEASURES[measure];
    return meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: BOUNDARIES } });
  };
  return {
    count: (name, by, tags) => {
      sums[name] ??= sumOf(name);
      sums[name].add(by, attributesOf(tags));
    },
    measure: (name, value, tags) => {
      histograms[name] ??= histogramOf(name);
      histograms[name].record(value > 0 ? value / 1000 : 0, attributesOf(tags));
    },
  };
};
