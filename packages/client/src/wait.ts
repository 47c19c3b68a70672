/**
 * A wait that can be given up.
 * In: what to wait for, perhaps a signal. Out: a promise that rejects with the signal's reason once that is aborted.
 */

/** The two ways in which a wait ends by itself. */
export interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** @param begin - Begins to wait. What it returns is called when the wait has ended, in whichever way. */
export const wait = async <T>(
  signal: AbortSignal | undefined,
  begin: (settle: Settle<T>) => () => void,
): Promise<T> => {
  let abort = (): void => {};
  let end = abort;
  try {
    return await new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort);
      end = begin({ resolve, reject });
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    end();
  }
};

/** What a promise comes to, unless the signal is aborted before. The promise goes on, and has an owner. */
export const abortable = <T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> => {
  promise.catch(() => {});
  return wait<T>(signal, ({ resolve, reject }) => {
    promise.then(resolve, reject);
    return () => {};
  });
};
