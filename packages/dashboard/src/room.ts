/**
 * What every feed of the page is handed.
 * In: nothing. Out: the type of it, and how a failure that concerns one panel is told in that panel.
 */
import type { Clock, Dex } from 'dexwire';
import type { Health } from './health.ts';
import type { Fetch, Rest } from './rest.ts';

export interface Room {
  readonly dex: Dex;
  readonly rest: Rest;
  readonly fetch: Fetch;
  readonly health: Health;
  readonly clock: Clock;
}

/** How long until something that REST did not answer is asked again. */
const RETRY_MS = 3000;

/** Asks until there is an answer, or the signal has come. */
export const persist = async <T>(
  { clock, health }: Room,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T | undefined> => {
  while (!signal.aborted) {
    try {
      const answer = await ask();
      return signal.aborted ? undefined : answer;
    } catch (error) {
      if (signal.aborted) return undefined;
      health.note(error);
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clock.clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer = clock.setTimeout(end, RETRY_MS);
        signal.addEventListener('abort', end);
      });
    }
  }
  return undefined;
};
