/**
 * The errors of the client: typed, with a stable `code`, saying what to do about it.
 * In: what went wrong. Out: a `DexError` whose `code` programs switch on and whose `message` people read.
 */
import { DexError } from '@dexwire/protocol';

/**
 * `CONNECT_FAILED`: no socket could be opened in time; `CONNECT_TIMEOUT`: one handshake took too long; `SOCKET_CLOSED`;
 * `CERTIFICATE_REFUSED`: the other side's certificate is not trusted; `CA_UNUSABLE`: what is to be trusted cannot be. The
 * last two end a first dial at once, as the cause of its `CONNECT_FAILED`.
 */
export type ConnectionFault =
  | 'CONNECT_FAILED'
  | 'CONNECT_TIMEOUT'
  | 'SOCKET_CLOSED'
  | 'CERTIFICATE_REFUSED'
  | 'CA_UNUSABLE';

/** A connection that could not be opened, or was lost. `cause` says why, as far as the runtime tells. */
export class ConnectionError extends DexError {
  override readonly name = 'ConnectionError';
  readonly code: ConnectionFault;

  constructor(code: ConnectionFault, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** What was closed cannot be used any more: make a new connection, or a new subscription. */
export class ClosedError extends DexError {
  override readonly name = 'ClosedError';
  readonly code = 'CLOSED';
}

/** Events may have been missed, and the subscription was to end rather than go on without them. */
export class GapError extends DexError {
  override readonly name = 'GapError';
  readonly code = 'GAP';
}

/**
 * A queue with the policy `fail` was full: read faster, or choose a longer queue or another policy. Or one was to `pause` a
 * socket that cannot be paused.
 */
export class QueueError extends DexError {
  override readonly name = 'QueueError';
  readonly code = 'QUEUE_FULL';
}

/** The gateway refused a command: look at symbols and addresses. The message holds its own words. */
export class CommandError extends DexError {
  override readonly name = 'CommandError';
  readonly code = 'COMMAND_REFUSED';
}

/** A callback threw, or its promise rejected, with `cause`; or a log, metrics or a repair did. The stream goes on. */
export class ConsumerError extends DexError {
  override readonly name = 'ConsumerError';
  readonly code = 'CONSUMER_THREW';
}
