/**
 * The errors of the node: typed, with a stable `code`, saying what to do about it.
 * In: what went wrong. Out: an `Error` whose `code` programs switch on and whose `message` people read.
 */
import { DexError } from '@dexwire/protocol';

/** `LISTEN_FAILED`: the address cannot be listened on; `RECORDINGS_INVALID`: the recordings cannot be read or do not fit. */
export type NodeFault = 'LISTEN_FAILED' | 'RECORDINGS_INVALID';

/** The node could not start. It rejects `startNode`, and nothing is left open. */
export class NodeError extends DexError {
  override readonly name = 'NodeError';
  readonly code: NodeFault;

  constructor(code: NodeFault, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
