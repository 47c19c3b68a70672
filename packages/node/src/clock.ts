/**
 * Time as an argument: everything of the node that waits or dates something is handed a clock.
 * In: nothing. Out: the machine's own clock, in the shape that a test's clock has too.
 */
import type { Milliseconds } from '@dexwire/protocol';

export interface Clock {
  /** Milliseconds since the Unix epoch, whole. */
  now(): Milliseconds;
  /** Calls once, `ms` later. The handle is only good for `clearTimeout`. */
  setTimeout(call: () => void, ms: Milliseconds): unknown;
  clearTimeout(handle: unknown): void;
}

/** The machine's clock. It never steps back: the epoch is read once, and from there on the time that passes is added. */
export const systemClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  setTimeout: (call, ms) => setTimeout(call, ms),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
