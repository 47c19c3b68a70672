/**
 * Lines to a stream, no faster than they are taken.
 * In: lines. Out: a promise that resolves when there is room for the next one, so that what cannot be printed waits in a
 * subscription, whose bound and gap are known, and not in the memory of this program.
 */
import type { World } from '../world.ts';

export interface Output {
  /** @throws The signal's reason, once the program is to end. */
  line(text: string): Promise<void>;
}

export const outputTo = (stream: NodeJS.WriteStream, { signal }: Pick<World, 'signal'>): Output => {
  let room: Promise<void> | undefined;
  const drained = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        stream.off('drain', settle);
        signal.removeEventListener('abort', settle);
        room = undefined;
        if (signal.aborted) reject(signal.reason);
        else resolve();
      };
      stream.once('drain', settle);
      signal.addEventListener('abort', settle);
    });
  return {
    line: async (text) => {
      signal.throwIfAborted();
      if (!stream.write(`${text}\n`)) room ??= drained();
      await room;
    },
  };
};
