/**
 * The errors of the node: typed, with a stable `code`, saying what to do about it.
 * In: what went wrong. Out: an `Error` whose `code` programs switch on and whose `message` people read.
 */
import { DexError } from '@dexwire/protocol';

/**
 * `LISTEN_FAILED`: the address cannot be listened on; `RECORDINGS_INVALID`: the recordings cannot be read or do not fit;
 * `OPTIONS_INVALID`: an option is not what it must be; `PLACE_UNKNOWN`: a source cannot begin there; `TIME_RUNS`: time goes
 * by itself, so it cannot be stepped; `TIME_FALLS`: a time that is over; `TLS_INVALID`: key or certificate cannot be used;
 * `RECORDING_FAILED`: a recording cannot be written on; `RECORDING_INVALID`: a file is no recording.
 */
export type NodeFault =
  | 'LISTEN_FAILED'
  | 'RECORDINGS_INVALID'
  | 'OPTIONS_INVALID'
  | 'PLACE_UNKNOWN'
  | 'TIME_RUNS'
  | 'TIME_FALLS'
  | 'TLS_INVALID'
  | 'RECORDING_FAILED'
  | 'RECORDING_INVALID';

/** The node cannot do what it was asked. Where it rejects a start, nothing is left open. */
export class NodeError extends DexError {
  override readonly name = 'NodeError';
  readonly code: NodeFault;

  constructor(code: NodeFault, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** A scenario that cannot be read: `SCENARIO_INVALID`. The message names the line, and says what should stand there. */
export class ScenarioError extends DexError {
  override readonly name = 'ScenarioError';
  readonly code = 'SCENARIO_INVALID';
  /** From 1. */
  readonly line: number;

  constructor(line: number, problem: string, options?: ErrorOptions) {
    super(`SCENARIO_INVALID in line ${line}: ${problem}`, options);
    this.line = line;
  }
}

/** A genesis that cannot be used: `GENESIS_INVALID`. The message says what was found at the path, and what should be. */
export class GenesisError extends DexError {
  override readonly name = 'GenesisError';
  readonly code = 'GENESIS_INVALID';
  /** Place in the genesis, such as `accounts[0].balances.BNB`; empty for the whole. */
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`GENESIS_INVALID${path === '' ? '' : ` at ${path}`}: ${problem}`, options);
    this.path = path;
  }
}
