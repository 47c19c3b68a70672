/**
 * Figures and log lines of a connection on channels of `node:diagnostics_channel`. The door `dexwire/diagnostics`.
 * In: what a connection counts, measures and logs. Out: messages, while somebody in the process listens.
 */
import { channel } from 'node:diagnostics_channel';
import type { Log, Metrics } from '../metrics.ts';

/**
 * Publishes `{ name, by, tags }` on `dexwire:count` and `{ name, value, tags }` on `dexwire:measure`, milliseconds. With no
 * subscriber a figure costs one look. What a subscriber throws, Node.js reports as an uncaught exception; it harms no stream.
 */
export const channelMetrics = (): Metrics => {
  const counts = channel('dexwire:count');
  const measures = channel('dexwire:measure');
  return {
    count: (name, by, tags) => {
      if (counts.hasSubscribers) counts.publish({ name, by, tags });
    },
    measure: (name, value, tags) => {
      if (measures.hasSubscribers) measures.publish({ name, value, tags });
    },
  };
};

/** Publishes each line as it is on `dexwire:log`. Addresses stand in it: `redactAddresses(channelLog())` hides them. */
export const channelLog = (): Log => {
  const lines = channel('dexwire:log');
  return (line) => {
    if (lines.hasSubscribers) lines.publish(line);
  };
};
