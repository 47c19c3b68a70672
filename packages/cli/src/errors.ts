/**
 * The errors of the command line: what ended a verb, for the person at the keyboard and for the script around it.
 * In: what went wrong. Out: a `DexError` whose `code` becomes the exit code (`exit.ts`), and whose `message` is printed.
 */
import { DexError } from '@dexwire/protocol';

/**
 * `USAGE`: arguments, files or environment are not what they must be; `UNREACHABLE`: nobody answers there; `GAP`: events may
 * have been missed, and the verb was told to be strict; `FAILED`: what was asked for did not come about.
 */
export type CliFault = 'USAGE' | 'UNREACHABLE' | 'GAP' | 'FAILED';

export class CliError extends DexError {
  override readonly name = 'CliError';
  readonly code: CliFault;

  constructor(code: CliFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Why the program was asked to end: the reason of a world's signal. */
export class EndedError extends DexError {
  override readonly name = 'EndedError';
  readonly code = 'ENDED';
  /** `EPIPE`: nobody reads what it prints any more. */
  readonly by: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'EPIPE';

  constructor(by: EndedError['by']) {
    super(`ended by ${by}`);
    this.by = by;
  }
}

/** @param text - An error of anybody's, in one line. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
