/**
 * Signed transactions for the fuzz: real ones, the same with something changed, fields strung together, and plain noise.
 * In: chance, a state, the keys of its people. Out: bytes, as anybody may post them.
 */
import {
  encodeTransaction,
  type Message,
  type SignedTransaction,
  type SigningTerms,
  signerOf,
  signTransaction,
  TransactionError,
  withOrderId,
} from '@dexwire/protocol/transactions';
import type { DevKey } from '../../packages/node/src/chain/devKeys.ts';
import type { State } from '../../packages/node/src/chain/state.ts';
import { ChainMessages } from './chainMessages.ts';
import type { Chance } from './chance.ts';

/** Transaction, key, and every message there is, some of them unknown here. */
const PREFIXES = [
  ...['f0625dee', 'eb5ae987', '2a2c87fa', 'ce6dc043', '166e681b', '17efab80', '467e0829', '7ed2d2a0', 'e774b32d'],
  ...['6515ff0d', 'b41de13f', 'a3f16c41', 'ed2832d4', '4c264019', '7b1d34e7', 'bea6e301', '7fc4a495'],
].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

const joined = (...parts: readonly Iterable<number>[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

export class SignedTransactions {
  readonly #chance: Chance;
  readonly #state: State;
  readonly #keys: ReadonlyMap<string, DevKey>;
  readonly #messages: ChainMessages;
  #waiting: SignedTransaction | undefined;
  /** All that anybody has signed, as `keyOf` has it. */
  readonly signed = new Set<string>();

  constructor(chance: Chance, state: State, keys: readonly DevKey[]) {
    this.#chance = chance;
    this.#state = state;
    this.#keys = new Map(keys.map((key) => [key.address, key]));
    this.#messages = new ChainMessages(chance, state);
  }

  /** One that reaches the signature check and passes it, whatever comes of its message. */
  real(change: (terms: SigningTerms) => Partial<SigningTerms> = () => ({})): SignedTransaction {
    for (;;) {
      const message = this.#messages.good();
      const key = this.#keys.get(signerOf(message) ?? '');
      const account = this.#state.accounts.get(key?.address ?? '');
      if (key === undefined || account === undefined) continue;
      const { number: accountNumber, sequence } = account;
      const terms = { chainId: this.#state.chainId, accountNumber, sequence, ...this.#around() };
      const all = { ...terms, ...change(terms) };
      try {
        const transaction = signTransaction(withOrderId(message, Number(all.sequence)), all, key.privateKey);
        if (all.chainId === this.#state.chainId) this.signed.add(keyOf(transaction));
        return transaction;
      } catch (error) {
        // Some messages have texts that no wire carries.
        if (!(error instanceof TransactionError)) throw error;
      }
    }
  }

  /** One that passes every check but that of the signature: one thing in it is not what was signed. */
  forged(): SignedTransaction {
    const chance = this.#chance;
    const isElsewhere = chance.once(5);
    const real = this.real((terms) => (isElsewhere ? { chainId: `${terms.chainId}x` } : {}));
    // Of several senders not all have signed, and that is found first.
    if (real.message.type === 'send' && real.message.inputs.length > 1) return this.forged();
    if (isElsewhere) return real;
    return chance.one<() => SignedTransaction>([
      () => ({ ...real, memo: real.memo === '' ? chance.one(['x', '<&>', '\u2028']) : '' }),
      () => ({ ...real, source: real.source + 1n }),
      () => ({ ...real, message: this.#otherMessage(real.message) }),
      () => this.#otherSignature(real),
    ])();
  }

  /** Bytes of any kind. @param known - Real ones to change, all of them taken already. */
  bytes(known: readonly Uint8Array[]): Uint8Array {
    const chance = this.#chance;
    if (chance.once(4)) return chance.bytes(chance.once(50) ? 3_000 : 60);
    if (chance.once(4)) return this.#envelope(this.#fields(3));
    if (chance.once(40)) {
      const { message, ...rest } = this.real();
      return this.#encoded({ ...rest, message: this.#messages.bad(message) });
    }
    return this.#mutated(chance.once(2) ? this.#unspent() : chance.one(known));
  }

  /** A real one that nobody has posted: signed anew when its sequence is over, and now and then. */
  #unspent(): Uint8Array {
    const { sequence = -1n } = this.#waiting?.signatures[0] ?? {};
    const account = this.#state.accounts.get(
      this.#waiting === undefined ? '' : (signerOf(this.#waiting.message) ?? ''),
    );
    if (this.#waiting === undefined || this.#chance.once(50) || BigInt(account?.sequence ?? -1) !== sequence)
      this.#waiting = this.real();
    return encodeTransaction(this.#waiting);
  }

  #otherMessage(message: Message): Message {
    const chance = this.#chance;
    switch (message.type) {
      case 'newOrder':
        return chance.once(2)
          ? { ...message, price: message.price ^ 1n }
          : { ...message, side: message.side === 1 ? 2 : 1 };
      case 'cancelOrder':
        return { ...message, symbol: `${message.symbol}X` };
      case 'send': {
        const [output] = message.outputs;
        return {
          ...message,
          outputs: [
            ...message.outputs.slice(1),
            { ...output!, address: chance.one([...this.#keys.keys()].filter((one) => one !== output!.address)) },
          ],
        };
      }
      case 'issue':
      case 'issueMini':
      case 'issueTiny':
        return { ...message, mintable: !message.mintable };
      case 'list':
      case 'listMini':
        return { ...message, initPrice: message.initPrice ^ 1n };
      default:
        return { ...message, amount: message.amount ^ 1n };
    }
  }

  #otherSignature(real: SignedTransaction): SignedTransaction {
    const [signature] = real.signatures;
    const bytes = Uint8Array.from(signature!.signature);
    const at = this.#chance.below(bytes.length);
    bytes[at] = bytes[at]! ^ (1 << this.#chance.below(8));
    return { ...real, signatures: [{ ...signature!, signature: bytes }] };
  }

  #encoded(transaction: SignedTransaction): Uint8Array {
    try {
      return encodeTransaction(transaction);
    } catch (error) {
      if (!(error instanceof TransactionError)) throw error;
      return this.#envelope(this.#fields(2));
    }
  }

  #around(): Pick<SigningTerms, 'memo' | 'source'> {
    const chance = this.#chance;
    return {
      memo: chance.once(2) ? '' : chance.one(['hi', 'm'.repeat(128), 'é', '"\\\n', '<&>', '{"a":1}']),
      source: chance.once(2) ? 0 : chance.one([1, 2, 2 ** 40]),
    };
  }

  #mutated(bytes: Uint8Array): Uint8Array {
    const chance = this.#chance;
    let changed = bytes;
    for (let left = 1 + chance.below(3); left > 0; left -= 1) {
      const at = chance.below(changed.length + 1);
      const to = Math.min(at + 1 + chance.below(6), changed.length);
      const kind = chance.below(6);
      if (kind === 0) changed = changed.subarray(0, at);
      else if (kind === 1) changed = joined(changed.subarray(0, at), changed.subarray(to));
      else if (kind === 2) changed = joined(changed.subarray(0, to), changed.subarray(at));
      else if (kind === 3) changed = joined(changed.subarray(0, at), chance.bytes(6), changed.subarray(at));
      else if (kind === 4) changed = joined(changed.subarray(0, at), chance.one(PREFIXES), changed.subarray(at));
      else changed = changed.map((byte, place) => (place === at ? byte ^ (1 << chance.below(8)) : byte));
    }
    if (chance.once(2) || changed.length < 3) return changed;
    // The length in front made right, so that what is behind it is looked at.
    return this.#envelope(changed.subarray(2));
  }

  #envelope(body: Uint8Array): Uint8Array {
    const whole = this.#chance.once(2) ? body : joined(PREFIXES[0]!, body);
    return joined(varint(BigInt(whole.length)), whole);
  }

  #fields(depth: number): Uint8Array {
    const chance = this.#chance;
    const parts: Iterable<number>[] = [];
    if (chance.once(3)) parts.push(chance.one(PREFIXES));
    for (let left = chance.below(7); left > 0; left -= 1) {
      const field = 1 + chance.below(chance.once(5) ? 31 : 6);
      if (chance.once(2)) parts.push(varint(BigInt(field << 3)), varint(BigInt.asUintN(64, chance.oddAmount())));
      else {
        const value = depth > 0 && chance.once(2) ? this.#fields(depth - 1) : chance.bytes(40);
        const length = chance.once(20) ? BigInt.asUintN(64, chance.oddAmount()) : BigInt(value.length);
        parts.push(varint(BigInt((field << 3) | 2)), varint(length), value);
      }
      if (chance.once(20)) parts.push(chance.bytes(4));
    }
    return joined(...parts);
  }
}

const CHANGES: readonly string[] = ['mint', 'burn', 'freeze', 'unfreeze'];

/** All of its bytes, but for what no signature covers (reference): which of four messages it is that look alike. */
export const keyOf = (transaction: SignedTransaction): string => {
  const { message } = transaction;
  const alike = CHANGES.includes(message.type) ? { ...message, type: 'mint' } : message;
  return Buffer.from(encodeTransaction({ ...transaction, message: alike as Message })).toString('hex');
};

const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};
