/**
 * Signed transactions come in: bytes become a transaction with its one signature.
 * In: bytes as programs post them. Out: a transaction for the chain, or the chain's refusal. Source: reference.
 */
import {
  decodeTransaction,
  type SignedTransaction,
  type Transaction,
  TransactionError,
} from '@dexwire/protocol/transactions';
import { type Refused, ROOT, refused } from '../chain/result.ts';

const PARSE = 2;
const UNAUTHORIZED = 4;

const unauthorized = (text: string): Refused => refused(ROOT, UNAUTHORIZED, text);

const decode = (bytes: Uint8Array, prefix: string): SignedTransaction | Refused => {
  try {
    return decodeTransaction(bytes, prefix);
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error;
    return { ...refused(ROOT, PARSE, 'tx parse error'), detail: error.message };
  }
};

/**
 * @param hash - Of the bytes.
 * @param prefix - Of the network's addresses: `bnb` or `tbnb`.
 */
export const readTransaction = (bytes: Uint8Array, hash: string, prefix: string): Transaction | Refused => {
  const signed = decode(bytes, prefix);
  if ('ok' in signed) return signed;
  const { message, signatures, memo, source, data } = signed;
  const [signature] = signatures;
  if (signature === undefined) return unauthorized('no signers');
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
