/**
 * The errors of the wire: typed, with a stable `code`, saying what was found where.
 * In: what went wrong. Out: an `Error` whose `code` programs switch on and whose `message` people read.
 */

/** What every error of dexwire is. `code` is API and stays; `message` is for people and may improve. */
export abstract class DexError extends Error {
  abstract readonly code: string;
}

/** What was found, in a few words; of lists and objects only their kind, since they may be of any depth and size. */
export const shown = (found: unknown): string => {
  if (typeof found === 'object' && found !== null) return Array.isArray(found) ? 'a list' : 'an object';
  const text = typeof found === 'string' ? JSON.stringify(found.slice(0, 80)) : String(found);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** `FRAME_NOT_JSON`: no JSON; `FRAME_UNKNOWN_TOPIC`: no stream has it; `FRAME_BAD_FIELD`: a value is not what it must be. */
export type FrameFault = 'FRAME_NOT_JSON' | 'FRAME_UNKNOWN_TOPIC' | 'FRAME_BAD_FIELD';

/** A frame that cannot be read. It is reported, its subscriptions see a gap, the connection stays open (ADR 0003). */
export class FrameError extends DexError {
  override readonly name = 'FrameError';
  readonly code: FrameFault;
  /** Place in the frame, such as `data[0].p`; empty for the whole frame. */
  readonly path: string;

  constructor(code: FrameFault, path: string, found: unknown, expected?: string, options?: ErrorOptions) {
    super(
      `${code}${path === '' ? '' : ` at ${path}`}: found ${shown(found)}${expected ? `, expected ${expected}` : ''}`,
      options,
    );
    this.code = code;
    this.path = path;
  }
}

/** A value that a function cannot take: not a decimal, an address, an id, a stream name, a command, an option's. */
export type ValueFault =
  | 'DECIMAL_INVALID'
  | 'DECIMAL_INEXACT'
  | 'ADDRESS_INVALID'
  | 'ORDER_ID_INVALID'
  | 'TRADE_ID_INVALID'
  | 'FEE_INVALID'
  | 'STREAM_NAME_INVALID'
  | 'SUBJECT_MISSING'
  | 'OPTION_INVALID';

/** Input of the caller that is not of the form asked for. The message says what is. */
export class ValueError extends DexError {
  override readonly name = 'ValueError';
  readonly code: ValueFault;

  constructor(code: ValueFault, found: unknown, expected: string, options?: ErrorOptions) {
    super(`${code}: found ${shown(found)}, expected ${expected}`, options);
    this.code = code;
  }
}

/** A message in JSON that cannot be read. The message says what was found at the path, and what should stand there. */
export class MessageError extends DexError {
  override readonly name = 'MessageError';
  readonly code = 'MESSAGE_INVALID';
  /** Place in the JSON, such as `to[0].coins[1].amount`; empty for the whole. */
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`MESSAGE_INVALID${path === '' ? '' : ` at ${path}`}: ${problem}`, options);
    this.path = path;
  }
}

/**
 * A transaction that is none: bytes that do not decode, or a value that the wire cannot carry. The message says what was
 * found at the path, in bytes the place too, and what should stand there.
 */
export class TransactionError extends DexError {
  override readonly name = 'TransactionError';
  readonly code = 'TRANSACTION_INVALID';
  /** Place in the transaction, such as `message.inputs[0].coins[1].amount`; empty for the whole. */
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`TRANSACTION_INVALID${path === '' ? '' : ` at ${path}`}: ${problem}`, options);
    this.path = path;
  }
}

/** Something that is no key. What was given is never shown, nor kept as a cause: it may be most of a secret. */
export class KeyError extends DexError {
  override readonly name = 'KeyError';
  readonly code = 'KEY_INVALID';

  constructor(expected: string) {
    super(`KEY_INVALID: expected ${expected}; what was given is not shown`);
  }
}
