/**
 * The one place that has the key.
 * In: a private key, messages and their terms. Out: the address, signed bytes and their hash. The key does not come out:
 * it stands in a private field, which neither `JSON.stringify` nor an inspector shows.
 */
import {
  addressOfPrivateKey,
  encodeTransaction,
  type Message,
  publicKeyOf,
  type SigningTerms,
  signTransaction,
  transactionHash,
} from '@dexwire/protocol/transactions';

/** A transaction, ready for the chain. */
export interface Signed {
  readonly message: Message;
  readonly sequence: number;
  /** 64 upper-case hex digits. */
  readonly txHash: string;
  readonly hex: string;
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export class Signer {
  readonly #key: string | Uint8Array;

  /** @throws KeyError `KEY_INVALID`, which does not show what was given. */
  constructor(key: string | Uint8Array) {
    publicKeyOf(key);
    this.#key = typeof key === 'string' ? key : Uint8Array.from(key); // a `Buffer` slices to a view
  }

  /** @param prefix - Of the network. */
  address(prefix: string): string {
    return addressOfPrivateKey(this.#key, prefix);
  }

  /** @throws TransactionError for what no transaction can carry. */
  sign(message: Message, terms: SigningTerms & { readonly sequence: number }): Signed {
    const bytes = encodeTransaction(signTransaction(message, terms, this.#key));
    return { message, sequence: terms.sequence, txHash: transactionHash(bytes), hex: hexOf(bytes) };
  }
}
