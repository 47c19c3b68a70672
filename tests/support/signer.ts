/**
 * A person with a key, for tests of signed transactions.
 * In: a name, the chain it trades on. Out: bytes of signed transactions, as a program posts them.
 */
import { type DevKey, devKey } from '../../packages/node/src/chain/devKeys.ts';
import {
  encodeTransaction,
  type Message,
  type SignedTransaction,
  type SigningTerms,
  signTransaction,
  withOrderId,
} from '../../packages/protocol/src/transactions/index.ts';

export type Terms = Partial<SigningTerms>;

export class Signer {
  readonly key: DevKey;
  readonly #chainId: string;

  constructor(name: string, chainId: string) {
    this.key = devKey(name);
    this.#chainId = chainId;
  }

  get address(): string {
    return this.key.address;
  }

  /** @param terms - Account number 1, sequence 0, and nothing else unless given. An order without an id gets the right one. */
  sign(message: Message, terms: Terms = {}): SignedTransaction {
    const all = { chainId: this.#chainId, accountNumber: 1, sequence: 0, ...terms };
    return signTransaction(withOrderId(message, Number(all.sequence)), all, this.key.privateKey);
  }

  bytes(message: Message, terms?: Terms): Uint8Array {
    return encodeTransaction(this.sign(message, terms));
  }
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
