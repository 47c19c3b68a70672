/**
 * What a handler of a message is told besides the message, and what it answers.
 * In: the transaction around the message. Out: types that entry and the chain share.
 */
import type { Account } from '../entry/accounts.ts';
import type { BlockTransfer } from './block.ts';
import type { Result } from './result.ts';

/** The transaction around the message. */
export interface Context {
  /** The signer, whose memo and sequence have been checked; its sequence is raised only after success. */
  readonly account: Account;
  readonly txHash: string;
  readonly memo: string;
  /** As the transaction carries it: the signer's sequence before this transaction. */
  readonly sequence: number;
}

export interface Handled {
  /** Refused: nothing of the state was changed, and nothing below counts. */
  readonly result: Result;
  /** BNB that the handler has taken from the signer's free balance, units of 1e-8; absent: free of charge. */
  readonly fee?: bigint;
  /** Who gets it; `proposer` unless told otherwise. */
  readonly feeFor?: 'proposer' | 'all';
  /** Addresses besides the signer whose account changed. */
  readonly touched?: readonly string[];
  /** Of a plain send. */
  readonly transfer?: BlockTransfer;
  /** Symbol of a pair that came to be. */
  readonly listed?: string;
}
