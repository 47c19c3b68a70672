/**
 * What a command finds around it: streams, environment, time. Handed in, so that a test can be the world.
 * In: the process. Out: a `World`.
 */
import process from 'node:process';
import { type Clock, systemClock } from 'dexwire';
import { CliError, EndedError } from './errors.ts';

export interface World {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /**
   * Aborted with an `EndedError` when the program is asked to end: by Ctrl-C, by SIGTERM, by its terminal's end, or because
   * nobody reads its output any more; with a `CliError` `FAILED` when its output cannot be written.
   */
  readonly signal: AbortSignal;
}

/** The world of this process. */
export const processWorld = (): World => {
  const end = new AbortController();
  // Once: who asks again does not want to wait, and Node.js ends the process by itself.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => end.abort(new EndedError(name)));
  const lost = (cause: NodeJS.ErrnoException): void =>
    end.abort(
      cause.code === 'EPIPE'
        ? new EndedError('EPIPE')
        : new CliError('FAILED', `what it prints cannot be written: ${cause.message}`, { cause }),
    );
  process.stdout.on('error', lost);
  process.stderr.on('error', lost);
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    clock: systemClock,
    signal: end.signal,
  };
};
