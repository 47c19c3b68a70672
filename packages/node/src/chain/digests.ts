/**
 * What stands for a block and for the state behind it in a few bytes: two chains of hashes, from block to block.
 * In: blocks with their publications, in order. Out: the block's hash and the running digest of all balances.
 *
 * Both are ours: the original hashed its own encoding of headers and stores. Who has the same hash has seen the same blocks.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Publication } from '../publications.ts';

const hashOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text))).toUpperCase();

export class Digests {
  /** Of the latest block: of its height, its time, its transactions and their codes, and the hash before. 64 hex digits. */
  hash: string;
  /** Of each balance that a block changed, and the digest before. 64 hex digits. */
  appHash: string;

  constructor(chainId: string) {
    this.hash = this.appHash = hashOf(chainId);
  }

  add({ block, accounts }: Publication): void {
    const { height, time, transactions } = block;
    const delivered = transactions.map(({ transaction, result }) => `${transaction.hash} ${result.code}`);
    this.hash = hashOf([this.hash, height, time, ...delivered].join('\n'));
    if (accounts.length === 0) return;
    const changed = accounts.map(({ address, sequence, balances }) => {
      const held = balances.map(({ asset, free, frozen, locked }) => `${asset} ${free} ${frozen} ${locked}`);
      return `${address} ${sequence} ${held.join(' ')}`;
    });
    this.appHash = hashOf([this.appHash, ...changed].join('\n'));
  }
}
