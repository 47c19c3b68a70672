/**
 * Exit codes: what a script around the command learns. `docs/cli.md` and the man page have the same table.
 * In: what ended a verb. Out: a number, and whether anything is left to be said about it.
 */
import { CommanderError } from 'commander';
import { EndedError } from './errors.ts';

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  gap: 4,
  uncertain: 5,
  interrupted: 130,
  terminated: 143,
  hungUp: 129,
} as const;

/** What each code means, for help. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, 'done; also when nobody reads the output any more, as in `dexwire watch ... | head -1`'],
  [
    EXIT.failed,
    'it failed: the gateway or the chain refused, a check found something wrong, a node could not start, --count was not reached',
  ],
  [EXIT.usage, 'arguments, a file or the environment are not what they must be; nothing was done'],
  [EXIT.unreachable, 'nobody answers there'],
  [EXIT.gap, 'with --strict: events may have been missed, or a book was not verified'],
  [EXIT.uncertain, 'a transaction was sent and what became of it is not known: look for its hash before sending again'],
  [EXIT.hungUp, 'ended by SIGHUP'],
  [EXIT.interrupted, 'ended by Ctrl-C'],
  [EXIT.terminated, 'ended by SIGTERM'],
];

const BY_SIGNAL = {
  EPIPE: EXIT.ok,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hungUp,
} as const satisfies Record<EndedError['by'], number>;

/** By `code`, which is API in every package; whether two copies of a package are loaded does not matter so. */
const BY_CODE: Readonly<Record<string, number>> = {
  USAGE: EXIT.usage,
  INVALID: EXIT.usage,
  KEY_INVALID: EXIT.usage,
  STREAM_NAME_INVALID: EXIT.usage,
  SUBJECT_MISSING: EXIT.usage,
  DECIMAL_INVALID: EXIT.usage,
  UNREACHABLE: EXIT.unreachable,
  TIMED_OUT: EXIT.unreachable,
  CONNECT_FAILED: EXIT.unreachable,
  CONNECT_TIMEOUT: EXIT.unreachable,
  SOCKET_CLOSED: EXIT.unreachable,
  GAP: EXIT.gap,
  UNCERTAIN: EXIT.uncertain,
  UNCONFIRMED: EXIT.uncertain,
};

export interface Ending {
  readonly exit: number;
  /** For stderr. */
  readonly message?: string;
}

/**
 * @param error - What a verb threw.
 * @throws The error itself, if it is none that a verb is meant to throw: a mistake in this program, with its stack.
 */
export const endingOf = (error: unknown): Ending => {
  if (error instanceof EndedError) return { exit: BY_SIGNAL[error.by] };
  // What was wrong has been printed, or the help that was asked for.
  if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  const code = (error as { code?: unknown } | null)?.code;
  // Codes that begin so are of Node.js, for arguments that no verb should have given it.
  if (!(error instanceof Error) || typeof code !== 'string' || code.startsWith('ERR_')) throw error;
  return { exit: BY_CODE[code] ?? EXIT.failed, message: error.message };
};
