/**
 * Who signs a transaction, and whether he may: what the chain checks before it looks at the message, in its order.
 * In: the state; a transaction, with its signature if it came with one. Out: the signer's account, or the refusal; nothing
 * is changed. Source of order, codes and texts: reference.
 *
 * The signature comes last: it costs more than all other checks together, and none of them can be passed by chance.
 */
import {
  addressOfPublicKey,
  KeyError,
  signerOf,
  type Transaction,
  verifySignature,
} from '@dexwire/protocol/transactions';
import { type Refused, ROOT, refused } from '../chain/result.ts';
import type { State } from '../chain/state.ts';
import type { Account } from './accounts.ts';

const WRONG_SEQUENCE = 3;
const UNAUTHORIZED = 4;
const INVALID_PUBLIC_KEY = 8;
const UNKNOWN_ADDRESS = 9;
const MEMO_TOO_LONG = 12;

/** Also of a signature for another chain. */
export const BAD_SIGNATURE = 'signature verification failed';

const MEMO_BYTES = 128;
/** UTF-16 code units that take so many bytes at most. */
const SHORT_MEMO = Math.floor(MEMO_BYTES / 3);

const encoder = new TextEncoder();

const memoFault = (memo: string): Refused | undefined => {
  if (memo.length <= SHORT_MEMO) return undefined;
  const { length } = encoder.encode(memo);
  if (length <= MEMO_BYTES) return undefined;
  return refused(
    ROOT,
    MEMO_TOO_LONG,
    `maximum number of characters is ${MEMO_BYTES} but received ${length} characters`,
  );
};

const NONE = new Uint8Array();

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, place) => byte === other[place]);

const signatureFault = (
  { chainId, accounts }: State,
  account: Account,
  transaction: Transaction,
): Refused | undefined => {
  const { message, memo, source, signature } = transaction;
  if (signature === undefined) return undefined;
  const mismatch = refused(ROOT, INVALID_PUBLIC_KEY, `PubKey does not match Signer address ${account.address}`);
  const { publicKey = NONE } = signature;
  // The key is not signed, so any but the right one would make another transaction of it, with another hash.
  if (account.publicKey !== undefined && !isSame(account.publicKey, publicKey))
    return refused(ROOT, INVALID_PUBLIC_KEY, 'PubKey of account does not match PubKey of signature');
  try {
    if (addressOfPublicKey(publicKey, accounts.prefix) !== account.address) return mismatch;
  } catch (error) {
    if (error instanceof KeyError) return mismatch;
    throw error;
  }
  const { accountNumber, sequence } = signature;
  const terms = { chainId, accountNumber, sequence, memo, source };
  if (verifySignature(message, terms, publicKey, signature.signature)) return undefined;
  return refused(ROOT, UNAUTHORIZED, BAD_SIGNATURE);
};

/**
 * The account that signs. A transaction without a signature is taken for the signer's own: whoever lets it in answers for
 * it.
 */
export const checkSigner = (state: State, transaction: Transaction): Account | Refused => {
  const { message, memo, signature } = transaction;
  const tooLong = memoFault(memo);
  if (tooLong !== undefined) return tooLong;
  const address = signerOf(message) ?? '';
  const account = state.accounts.get(address);
  if (account === undefined) return refused(ROOT, UNKNOWN_ADDRESS, address || 'empty address');
  if (signature !== undefined && signature.accountNumber !== BigInt(account.number)) {
    const text = `Invalid account number. Got ${signature.accountNumber}, expected ${account.number}`;
    return refused(ROOT, WRONG_SEQUENCE, text);
  }
  const sequence = signature?.sequence ?? transaction.sequence;
  if (
    signature === undefined
      ? transaction.sequence !== account.sequence
      : signature.sequence !== BigInt(account.sequence)
  )
    return refused(ROOT, WRONG_SEQUENCE, `Invalid sequence. Got ${sequence}, expected ${account.sequence}`);
  return signatureFault(state, account, transaction) ?? account;
};
