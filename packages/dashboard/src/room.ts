/**
 * What every feed of the page is handed.
 * In: nothing. Out: the type of it, and how REST is asked until it answers.
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

/**
 * Something that is asked more than once: at first, so that there is something to see, and again once a stream has proved that
 * it comes, since what happened between the first answer and then is in neither.
 *
 * @param take - Gets answers, but for one that comes after that to a later question.
 * @returns What asks.
 */
export const asker = <T>(
  room: Room,
  signal: AbortSignal,
  ask: () => Promise<T>,
  take: (answer: T) => void,
): (() => void) => {
  let asked = 0;
  let taken = 0;
  return () => {
    const turn = ++asked;
    void persist(room, signal, ask).then((answer) => {
      if (answer === undefined || turn < taken) return;
      taken = turn;
      take(answer);
    });
  };
};
