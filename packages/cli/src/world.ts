/**
 * What a command finds around it: streams, arguments, environment, time. Handed in, so that a test can be the world.
 * In: the process. Out: a `World`.
 */
import process from 'node:process';
import { type Clock, systemClock } from 'dexwire';

export interface World {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted when the program is asked to end: by Ctrl-C, by SIGTERM, or because nobody reads its output any more. */
  readonly signal: AbortSignal;
}

/** The world of this process. */
export const processWorld = (): World => {
  const end = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort(new Error(name)));
  process.stdout.once('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause;
    end.abort(cause);
  });
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    clock: systemClock,
    signal: end.signal,
  };
};
