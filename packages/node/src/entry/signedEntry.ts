/**
 * Signed transactions come in: bytes become a transaction with its one signature.
 * In: the state, bytes as programs post them. Out: a transaction for the chain, or the chain's refusal. Source: reference.
 */
import {
  decodeTransaction,
  type SignedTransaction,
  type Transaction,
  TransactionError,
} from '@dexwire/protocol/transactions';
import { type Refused, ROOT, refused } from '../chain/result.ts';
import type { State } from '../chain/state.ts';
import { messageFormFault } from './messageForm.ts';

const PARSE = 2;
const UNAUTHORIZED = 4;
const INVALID_PUBLIC_KEY = 8;

const unauthorized = (text: string): Refused => refused(ROOT, UNAUTHORIZED, text);

const decode = (bytes: Uint8Array, prefix: string): SignedTransaction | Refused => {
  try {
    return decodeTransaction(bytes, prefix);
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error;
    return { ...refused(ROOT, PARSE, 'tx parse error'), detail: error.message };
  }
};

/** @param hash - Of the bytes. */
export const readTransaction = (state: State, bytes: Uint8Array, hash: string): Transaction | Refused => {
  const signed = decode(bytes, state.accounts.prefix);
  if ('ok' in signed) return signed;
  const { message, signatures, memo, source, data } = signed;
  // The chain looks at it once more; here it has to come before what is wrong with the signatures.
  const form = messageFormFault(state, message);
  if (form !== undefined) return form;
  const [signature] = signatures;
  if (signature === undefined) return unauthorized('no signers');
  if (signatures.some(({ publicKey }) => publicKey === undefined))
    return refused(ROOT, INVALID_PUBLIC_KEY, 'public key of signature should not be nil');
  const signers = message.type === 'send' ? new Set(message.inputs.map(({ address }) => address)).size : 1;
  if (signatures.length !== signers) return unauthorized('wrong number of signers');
  if (data.length > 0) return unauthorized('data field is not allowed to use in transaction for now');
  if (source > BigInt(Number.MAX_SAFE_INTEGER) || source < 0n)
    return {
      ...refused(ROOT, PARSE, 'tx parse error'),
      detail: `source: found ${source}, expected 0 to ${Number.MAX_SAFE_INTEGER}`,
    };
  // A sequence that is no exact number is told as it stands in the signature, and matches no account's.
  return { message, sequence: Number(signature.sequence), memo, source: Number(source), hash, signature };
};
