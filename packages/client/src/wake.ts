/**
 * The moments at which a program may have slept: the network is back, or a tab is seen again.
 * In: the runtime's events, where it has them. Out: a call at each such moment.
 */

/** @returns What ends it. */
export type Wakes = (wake: () => void) => () => void;

/** In Node.js nothing ever tells. */
export const pageWakes: Wakes = (wake) => {
  const { document } = globalThis;
  const seen = (): void => {
    if (document.visibilityState === 'visible') wake();
  };
  globalThis.addEventListener?.('online', wake);
  document?.addEventListener('visibilitychange', seen);
  return () => {
    globalThis.removeEventListener?.('online', wake);
    document?.removeEventListener('visibilitychange', seen);
  };
};
