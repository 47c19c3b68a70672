/**
 * Signatures: ECDSA on secp256k1 over SHA-256 of a JSON text that the chain makes of a transaction (reference).
 * In: a message, what goes with it, a key. Out: the bytes to sign, the transaction with its signature, or whether one is
 * valid.
 *
 * The text is never sent: both ends make it from the transaction, so they have to agree to the byte. Its members are sorted
 * at each depth, all of them are there, int64 in a message are numbers of all digits and outside of it text. The type of the
 * message is not in it: to mint, burn, freeze or unfreeze as much of the same token is to sign the same bytes.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { utf8 } from '@scure/base';
import { shown, TransactionError } from '../errors.ts';
import { publicKeyOf, secretBytes } from './keys.ts';
import type { Message } from './message.ts';
import { messageShape } from './messageAmino.ts';
import { checkInt64, jsonText } from './messageFields.ts';
import type { SignedTransaction } from './signedTransaction.ts';

/** What is signed besides the message. Integers are int64; those given as numbers are safe ones. */
export interface SigningTerms {
  /** `Binance-Chain-Tigris` was mainnet. A signature for one chain is none for another. */
  readonly chainId: string;
  /** Of the signer: given out once by the chain. */
  readonly accountNumber: bigint | number;
  /** Of the signer: how many transactions of his the chain has accepted before. */
  readonly sequence: bigint | number;
  /** Empty unless given. */
  readonly memo?: string;
  /** 0 unless given. */
  readonly source?: bigint | number;
}

/** By SHA-256 of the bytes, once; the nonce by RFC 6979; of the two values of s the low one. */
const ECDSA = { prehash: true, lowS: true } as const;
const PUBLIC_KEY_BYTES = 33;
const SIGNATURE_BYTES = 64;

const int64Of = (value: bigint | number, path: string): bigint => {
  if (typeof value !== 'number') return checkInt64(value, path);
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw new TransactionError(path, `found ${shown(value)}, expected a whole number of 53 bits, or a bigint`);
};

const signText = (
  message: Message,
  { chainId, accountNumber, sequence, memo = '', source = 0 }: SigningTerms,
): string =>
  `{"account_number":"${int64Of(accountNumber, 'accountNumber')}","chain_id":${jsonText(chainId, 'chainId')},"data":null,` +
  `"memo":${jsonText(memo, 'memo')},"msgs":[${messageShape(message, 'message').sign(message, 'message')}],` +
  `"sequence":"${int64Of(sequence, 'sequence')}","source":"${int64Of(source, 'source')}"}`;

/** The same JSON as Go's encoder writes it: with escapes for HTML, and none of two letters for backspace and form feed. */
const escapedAsInGo = (json: string): string =>
  json.replace(/\\[bf]|\\.|[<>&\u2028\u2029]/g, (token) => {
    if (token === '\\b') return '\\u0008';
    if (token === '\\f') return '\\u000c';
    return token.startsWith('\\') ? token : `\\u${token.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

/**
 * The bytes to sign: UTF-8 of the JSON text, with the escapes that `JSON.stringify` makes.
 *
 * @throws TransactionError `TRANSACTION_INVALID` for what a transaction cannot carry, as `encodeTransaction`.
 */
export const signBytes = (message: Message, terms: SigningTerms): Uint8Array => utf8.decode(signText(message, terms));

/**
 * The transaction with one signature, ready for `encodeTransaction`. The same input gives the same signature (RFC 6979).
 * Whether the key is that of the message's signer is not looked at; the chain does.
 *
 * @param message - An order has its id: `withOrderId`.
 * @param privateKey - 32 bytes or 64 hex digits.
 * @throws TransactionError `TRANSACTION_INVALID` for what a transaction cannot carry.
 * @throws KeyError `KEY_INVALID` for what is no private key.
 */
export const signTransaction = (
  message: Message,
  terms: SigningTerms,
  privateKey: string | Uint8Array,
): SignedTransaction => {
  const publicKey = publicKeyOf(privateKey);
  const signature = secp256k1.sign(signBytes(message, terms), secretBytes(privateKey), ECDSA);
  return {
    message,
    signatures: [
      {
        publicKey,
        signature,
        accountNumber: int64Of(terms.accountNumber, 'accountNumber'),
        sequence: int64Of(terms.sequence, 'sequence'),
      },
    ],
    memo: terms.memo ?? '',
    source: int64Of(terms.source ?? 0, 'source'),
    data: new Uint8Array(),
  };
};

/**
 * Whether a signature is one of this key for this message and terms. The text is tried as JavaScript's programs sign it,
 * with `<` as it is, and then as Go's do, with `\u003c`: the original took the latter (ADR 0026).
 *
 * @param publicKey - 33 bytes, compressed.
 * @param signature - 64 bytes, r before s, and s in the lower half of its range: there is no second one for the same text.
 * @returns False too for what is no key, no signature or nothing that can be signed; it never throws.
 */
export const verifySignature = (
  message: Message,
  terms: SigningTerms,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean => {
  try {
    if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    const raw = signText(message, terms);
    const isOf = (json: string): boolean => secp256k1.verify(signature, utf8.decode(json), publicKey, ECDSA);
    if (isOf(raw)) return true;
    const escaped = escapedAsInGo(raw);
    return escaped !== raw && isOf(escaped);
  } catch {
    return false;
  }
};
