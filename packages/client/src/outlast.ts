/**
 * Calls of what a program has given, which may throw, or promise and reject.
 * In: a call. Out: what it throws or rejects with, to whom it is told.
 */
export const outlast = (call: () => unknown, threw: (cause: unknown) => void): void => {
  try {
    const result = call() as PromiseLike<unknown> | undefined;
    if (typeof result?.then === 'function') result.then(undefined, threw);
  } catch (cause) {
    threw(cause);
  }
};
