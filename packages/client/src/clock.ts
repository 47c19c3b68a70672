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

/** Engines take 2^31 ms and more for 1 ms, so longer waits go in steps of so many. */
const STEP = 2 ** 30;

/** The engine's timer of the present step. */
interface Steps {
  id?: ReturnType<typeof setTimeout>;
}

/** Milliseconds since the Unix epoch as the program's start saw it; later jumps of the machine's clock do not move it. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (run, ms) => {
    const timer: Steps = {};
    const step = (left: number): void => {
      timer.id = left > STEP ? setTimeout(step, STEP, left - STEP) : setTimeout(run, left);
    };
    if (ms !== Infinity) step(ms);
    return timer;
  },
  clearTimeout: (timer) => clearTimeout((timer as Steps | undefined)?.id),
};
