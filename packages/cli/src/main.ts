/**
 * A command line as a process: its exit code, and its end.
 * In: the world of this process, arguments. Out: the process's exit code; nothing that keeps it alive once it was told to end.
 */
import process from 'node:process';
import { type ProgramOptions, run } from './program.ts';
import type { World } from './world.ts';

/** How long a reader that has stopped may take for what it was given, once the program was told to end. */
const PATIENCE_MS = 500;

export const main = async (world: World, args: readonly string[], options?: ProgramOptions): Promise<void> => {
  // Not `process.exit`, which would cut off what a pipe has not taken yet.
  process.exitCode = await run(world, args, options);
  const leave = (): void => void setTimeout(() => process.exit(), PATIENCE_MS).unref();
  if (world.signal.aborted) leave();
  else world.signal.addEventListener('abort', leave, { once: true });
};
