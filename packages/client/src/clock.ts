/**
 * Time as an argument, so that a test can step it.
 * In: the machine's timers. Out: a `Clock`.
 */

/** What a clock gives for a timer, for it to be cleared by. */
export type Timer = unknown;

export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** @param ms - Milliseconds from now. */
  setTimeout(run: () => void, ms: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** Milliseconds since the Unix epoch as the program's start saw it; later jumps of the machine's clock do not move it. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};
