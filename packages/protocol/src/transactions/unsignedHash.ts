/**
 * The hash of a transaction that has no signed bytes: our own, in place of the chain's, which hashes the bytes.
 * In: a message and what goes with it. Out: 64 upper-case hex digits, the same for the same transaction everywhere.
 *
 * It is SHA-256 of a canonical JSON text: `{"chainId","memo","message","sequence","source"}`, members sorted at each
 * depth, no spaces, int64 as decimal text.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Message, Transaction } from './message.ts';

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'bigint') return member.toString();
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });

/** What a hash covers besides the message. */
export interface HashedWith extends Pick<Transaction, 'sequence' | 'memo' | 'source'> {
  readonly chainId: string;
}

export const unsignedHash = (message: Message, { sequence, memo, source, chainId }: HashedWith): string =>
  bytesToHex(sha256(utf8ToBytes(canonical({ chainId, memo, message, sequence, source })))).toUpperCase();
