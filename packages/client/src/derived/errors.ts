/**
 * The errors of derived streams: what their makings must not be.
 * In: a fault and its circumstances. Out: a `DerivedError`, whose `code` programs switch on.
 */
import { DexError } from '@dexwire/protocol';

/**
 * `SEED_INVALID`: a seed is of another interval, does not open where a kline does, or lacks the ids by which it is joined to
 * the trades. `TIME_FELL`: a trade came of a kline that was closed already, so that the time that was told ran ahead of the
 * trades: take both from one connection. `SOURCE_FAILED`: a merged source threw, with `cause`; `source` is its name.
 */
export type DerivedFault = 'SEED_INVALID' | 'TIME_FELL' | 'SOURCE_FAILED';

export class DerivedError extends DexError {
  override readonly name = 'DerivedError';
  readonly code: DerivedFault;
  /** The name of the source that failed, of `SOURCE_FAILED`. */
  readonly source: string | undefined;

  constructor(code: DerivedFault, message: string, options?: ErrorOptions & { readonly source?: string }) {
    super(`${code}: ${message}`, options);
    this.code = code;
    this.source = options?.source;
  }
}
