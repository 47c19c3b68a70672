/**
 * The errors of the order book: why it is not verified, or cannot be kept.
 * In: a fault and its circumstances. Out: a `BookError`, whose `code` programs switch on.
 */
import { DexError } from '@dexwire/protocol';

/**
 * Why a book is not verified, each of which it mends by itself: `GAP`, diffs may have been missed; `DRIFT`, a depth frame
 * says otherwise, and no diff tells why; `CROSSED`, a bid is not below an ask; `SILENT`, the levels changed and no depth frame came; `BAD_LEVEL`, a
 * price or quantity that cannot be; `NO_DEPTH`, the gateway was asked for a depth and sent none.
 *
 * What ends it: `INVALID`, an argument is wrong; `SEPARATE_SOCKETS`, its streams do not share a socket, so that nothing
 * tells in which order their frames were sent: `connect` with `ask: 'commands'`, which is the default, and where a thousand
 * names are wanted already, once more for the book; `TIMED_OUT`, it was not verified in time.
 */
export type BookFault =
  | 'GAP'
  | 'DRIFT'
  | 'CROSSED'
  | 'SILENT'
  | 'BAD_LEVEL'
  | 'NO_DEPTH'
  | 'INVALID'
  | 'SEPARATE_SOCKETS'
  | 'TIMED_OUT';

export class BookError extends DexError {
  override readonly name = 'BookError';
  readonly code: BookFault;

  constructor(code: BookFault, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
