/**
 * The errors of the wallet: what went wrong, and what is known of the transaction.
 * In: a fault and its circumstances. Out: a `WalletError`, whose `code` programs switch on.
 */
import { type Decimal, DexError } from '@dexwire/protocol';

/**
 * Nothing was sent: `INVALID`, an argument is wrong; `UNKNOWN_ACCOUNT`, the chain has no such account yet; `UNREACHABLE`,
 * REST or the streams, which come first, could not be had; `TIMED_OUT`, the deadline came before the transaction's turn.
 *
 * It was sent: `REFUSED`, the chain refused it, nothing has changed; `UNCERTAIN`, nobody can tell what became of it;
 * `UNCONFIRMED`, it was accepted, and no block with it was seen before the deadline.
 *
 * `CLOSED`: the wallet or its connection was; with a `txHash` if the transaction was sent.
 */
export type WalletFault =
  | 'INVALID'
  | 'UNKNOWN_ACCOUNT'
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'REFUSED'
  | 'UNCERTAIN'
  | 'UNCONFIRMED'
  | 'CLOSED';

interface Circumstances extends ErrorOptions {
  readonly chainCode?: number | undefined;
  readonly chainText?: string | undefined;
  readonly txHash?: string | undefined;
  readonly nearest?: readonly Decimal[];
}

/** A call of the wallet that failed. A key is in none of them. */
export class WalletError extends DexError {
  override readonly name = 'WalletError';
  readonly code: WalletFault;
  /** Of `REFUSED`: the chain's own code, such as 393617, or the status of a gateway that did not let it through. */
  readonly chainCode: number | undefined;
  /** Of `REFUSED`: the chain's own words. */
  readonly chainText: string | undefined;
  /** Of the transaction, if it was sent. */
  readonly txHash: string | undefined;
  /** Of a price or quantity that is off its tick or lot: the nearest that are allowed. */
  readonly nearest: readonly Decimal[] | undefined;

  constructor(
    code: WalletFault,
    message: string,
    { chainCode, chainText, txHash, nearest, ...options }: Circumstances = {},
  ) {
    super(`${code}: ${message}`, options);
    this.code = code;
    this.chainCode = chainCode;
    this.chainText = chainText;
    this.txHash = txHash;
    this.nearest = nearest;
  }
}

/** @param name - Of the argument. */
export const invalid = (name: string, problem: string, nearest?: readonly Decimal[]): WalletError =>
  new WalletError('INVALID', `${name}: ${problem}`, nearest && { nearest });

export const refused = (txHash: string, chainCode: number | undefined, chainText: string): WalletError =>
  new WalletError('REFUSED', `${chainCode ?? 'no code'}: ${chainText}`, { txHash, chainCode, chainText });
