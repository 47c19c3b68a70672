/**
 * A transaction as it goes to the chain: a message with its signatures, memo and source, in bytes.
 * In: a transaction, or bytes. Out: the other, and the hash of the bytes; a `TransactionError` for what is none.
 *
 * Only one encoding of a transaction is read, the one that is written (ADR 0026): what decodes is encoded to the same bytes.
 * Signatures are carried and not checked here: `verifySignature` does that.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { shown, TransactionError } from '../errors.ts';
import { AminoReader, AminoWriter } from './amino.ts';
import type { Message, Signature } from './message.ts';
import { decodeMessage, encodeMessage } from './messageAmino.ts';
import { checkList, int64, text } from './messageFields.ts';

export interface SignedTransaction {
  readonly message: Message;
  /** The chain asks for one; any number is carried. */
  readonly signatures: readonly Signature[];
  /** The chain takes 128 bytes of UTF-8 at most; any length is carried. */
  readonly memo: string;
  /** int64: 0 unless told otherwise, 1 the venue's web wallet. */
  readonly source: bigint;
  /** The chain refuses any but an empty one. */
  readonly data: Uint8Array;
}

/** `auth/StdTx` and `tendermint/PubKeySecp256k1`, the key with its length behind it (reference). */
const TRANSACTION_PREFIX = Uint8Array.of(0xf0, 0x62, 0x5d, 0xee);
const PUBLIC_KEY_PREFIX = Uint8Array.of(0xeb, 0x5a, 0xe9, 0x87, 0x21);
const PUBLIC_KEY_BYTES = 33;

const MESSAGE = 1;
const SIGNATURES = 2;

const checkBytes = (value: Uint8Array, path: string, length?: number): Uint8Array => {
  if (value instanceof Uint8Array && value.length === (length ?? value.length)) return value;
  const found = value instanceof Uint8Array ? `${value.length} bytes` : shown(value);
  throw new TransactionError(path, `found ${found}, expected ${length === undefined ? 'bytes' : `${length} bytes`}`);
};

const encodeSignature = ({ publicKey, signature, accountNumber, sequence }: Signature, path: string): Uint8Array => {
  const writer = new AminoWriter();
  if (publicKey !== undefined) {
    const key = checkBytes(publicKey, `${path}.publicKey`, PUBLIC_KEY_BYTES);
    writer.bytes(1, new AminoWriter().raw(PUBLIC_KEY_PREFIX).raw(key).finish());
  }
  writer.bytes(2, checkBytes(signature, `${path}.signature`));
  int64.write(writer, 3, accountNumber, `${path}.accountNumber`);
  int64.write(writer, 4, sequence, `${path}.sequence`);
  return writer.finish();
};

/**
 * The bytes of a transaction: what is sent to the chain, in hex, and what its hash covers.
 *
 * @throws TransactionError `TRANSACTION_INVALID` for what the wire cannot carry: an integer past 64 bits, half a character,
 *   a text that is no address. What the chain refuses later is written.
 */
export const encodeTransaction = ({ message, signatures, memo, source, data }: SignedTransaction): Uint8Array => {
  const body = new AminoWriter().raw(TRANSACTION_PREFIX).element(MESSAGE, encodeMessage(message, 'message'));
  for (const [index, signature] of checkList(signatures, 'signatures').entries())
    body.element(SIGNATURES, encodeSignature(signature, `signatures[${index}]`));
  text.write(body, 3, memo, 'memo');
  int64.write(body, 4, source, 'source');
  body.bytes(5, checkBytes(data, 'data'));
  return new AminoWriter().sized(body.finish()).finish();
};

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean =>
  start.every((byte, index) => byte === bytes[index]);

const decodePublicKey = (reader: AminoReader, path: string): Uint8Array | undefined => {
  const key = reader.bytes(1, path);
  if (key.length === 0) return undefined;
  if (key.length !== PUBLIC_KEY_PREFIX.length + PUBLIC_KEY_BYTES || !startsWith(key, PUBLIC_KEY_PREFIX))
    reader.refuse(path, 'found another kind of key, expected one of secp256k1, EB5AE98721 and 33 bytes');
  return new Uint8Array(key.subarray(PUBLIC_KEY_PREFIX.length));
};

const decodeSignature = (reader: AminoReader, path: string): Signature => {
  const publicKey = decodePublicKey(reader, `${path}.publicKey`);
  const signature = new Uint8Array(reader.bytes(2, `${path}.signature`));
  const accountNumber = reader.integer(3, `${path}.accountNumber`);
  const sequence = reader.integer(4, `${path}.sequence`);
  reader.end(path);
  return { publicKey, signature, accountNumber, sequence };
};

const decodeSignatures = (reader: AminoReader): Signature[] => {
  const signatures: Signature[] = [];
  for (;;) {
    const path = `signatures[${signatures.length}]`;
    const element = reader.element(SIGNATURES, path);
    if (element === undefined) return signatures;
    signatures.push(decodeSignature(element, path));
  }
};

/**
 * The transaction that bytes are. It shares no memory with them. An address that is not there is empty text; the chain
 * refuses such a message by what it checks later.
 *
 * @param prefix - Network whose addresses are to stand in the message: `bnb`, `tbnb`. Bytes do not tell it.
 * @throws TransactionError `TRANSACTION_INVALID` for anything but the one encoding of one transaction with one message.
 * @throws ValueError `ADDRESS_INVALID` for a prefix that bech32 has no room for.
 */
export const decodeTransaction = (bytes: Uint8Array, prefix: string): SignedTransaction => {
  const whole = new AminoReader(checkBytes(bytes, ''));
  const reader = whole.sized('');
  if (whole.left > 0)
    whole.refuse('', `found ${whole.left} bytes too many, expected as many as the length before them says`);
  if (!startsWith(reader.take(TRANSACTION_PREFIX.length, ''), TRANSACTION_PREFIX))
    reader.refuse('', 'found another prefix, expected F0625DEE');
  const element = reader.element(MESSAGE, 'message');
  if (element === undefined) return reader.refuse('message', 'found none, expected one');
  const message = decodeMessage(element, 'message', prefix);
  if (reader.element(MESSAGE, 'message') !== undefined) reader.refuse('message', 'found several, expected one');
  const signatures = decodeSignatures(reader);
  const memo = text.read(reader, 3, 'memo', prefix);
  const source = reader.integer(4, 'source');
  const data = new Uint8Array(reader.bytes(5, 'data'));
  reader.end('');
  return { message, signatures, memo, source, data };
};

/**
 * The hash of a transaction, by which the chain knows it: SHA-256 of all its bytes, their length before them included
 * (reference).
 *
 * @param bytes - As `encodeTransaction` gives them.
 * @returns 64 upper-case hex digits.
 */
export const transactionHash = (bytes: Uint8Array): string => bytesToHex(sha256(bytes)).toUpperCase();
