import assert from 'node:assert/strict';
import {
  decodeTransaction,
  encodeTransaction,
  type SignedTransaction,
  signerOf,
  transactionHash,
} from '@dexwire/protocol/transactions';
import { Chain } from '../../packages/node/src/chain/chain.ts';
import { devKey } from '../../packages/node/src/chain/devKeys.ts';
import { parseGenesis, stateOfGenesis } from '../../packages/node/src/chain/genesis.ts';
import type { Refused, Result } from '../../packages/node/src/chain/result.ts';
import { stateHash } from '../../packages/node/src/chain/snapshot.ts';
import { messageFormFault } from '../../packages/node/src/entry/messageForm.ts';
import { readTransaction } from '../../packages/node/src/entry/signedEntry.ts';
import { AminoReader } from '../../packages/protocol/src/transactions/amino.ts';
import type { Chance } from './chance.ts';
import { fuzz } from './fuzz.ts';
import { keyOf, SignedTransactions } from './signedTransactions.ts';
import { fuzzGenesis } from './venueGenesis.ts';

const INPUTS = 100_000;
const FORGED = 2_000;
/** Every so many refusals the whole state is compared. */
const HASH_EVERY = 50;
const PER_BLOCK = 200;
/** Real ones that are changed. */
const KNOWN = 400;

const SECOND_NS = 1_000_000_000n;
const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin', 'validator'].map((name) => devKey(name));

/** Steps of reading: calls of the reader's methods, of all readers. */
let steps = 0;
for (const name of ['take', 'sized', 'integer', 'bytes', 'element', 'end'] as const) {
  const method: (...given: never[]) => unknown = AminoReader.prototype[name];
  Object.defineProperty(AminoReader.prototype, name, {
    value(...given: never[]): unknown {
      steps += 1;
      return Reflect.apply(method, this, given);
    },
  });
}

/** A transaction with the most fields has some twenty; each entry of a list asks for a few more. */
const mostSteps = (length: number): number => 40 + 3 * length;

const REFUSAL_KEYS = ['ok', 'codespace', 'reason', 'code', 'message'];

const checkRefusal = (refusal: Refused): void => {
  const { detail, ...rest } = refusal;
  assert.deepEqual(Object.keys(rest), REFUSAL_KEYS);
  assert.equal(refusal.code, refusal.codespace * 65_536 + refusal.reason);
  if (refusal.code === 65_538) assert.ok(detail !== undefined && detail.length < 500, detail);
};

/** A chain behind the door for signed bytes. */
class Door {
  readonly state = stateOfGenesis(parseGenesis(fuzzGenesis(1)));
  readonly make: SignedTransactions;
  readonly #chain = new Chain(this.state);
  #time = 1_616_371_200n * SECOND_NS;
  #refusals = 0;

  constructor(chance: Chance) {
    this.make = new SignedTransactions(chance, this.state, PEOPLE);
  }

  /** What became of bytes: work is bounded by their length, and what is refused has changed nothing. */
  take(bytes: Uint8Array, isHashed = this.#refusals % HASH_EVERY === 0): Result {
    const before = isHashed ? stateHash(this.state) : '';
    steps = 0;
    const read = readTransaction(this.state, bytes, transactionHash(bytes));
    assert.ok(steps <= mostSteps(bytes.length), `${steps} steps for ${bytes.length} bytes`);
    const sequence = 'ok' in read ? 0 : this.#sequenceOf(signerOf(read.message));
    const result = 'ok' in read ? read : this.#chain.deliver(read);
    if (result.ok) assert.equal('ok' in read || this.#sequenceOf(signerOf(read.message)), sequence + 1);
    else {
      checkRefusal(result);
      if (!('ok' in read)) assert.equal(this.#sequenceOf(signerOf(read.message)), sequence);
      if (isHashed) assert.equal(stateHash(this.state), before, 'what was refused has changed the state');
      this.#refusals += 1;
    }
    return result;
  }

  seal(): void {
    this.#time += SECOND_NS;
    this.#chain.seal(this.#time);
  }

  #sequenceOf(address: string | undefined): number {
    return this.state.accounts.get(address ?? '')?.sequence ?? 0;
  }
}

const decoded = (bytes: Uint8Array): SignedTransaction | undefined => {
  try {
    return decodeTransaction(bytes, 'tbnb');
  } catch {
    return undefined; // `take` has looked at the error
  }
};

fuzz(
  `${INPUTS} inputs as transactions: each is read back to the same bytes or refused with a typed error, and nobody gets in who did not sign`,
  import.meta.url,
  ({ chance, next }) => {
    const door = new Door(chance);
    const known: Uint8Array[] = [];
    const seen = new Set<string>();
    for (let input = 0; input < INPUTS; input += 1) {
      // Real ones at first and now and then, so that the state and what is to be changed are of all kinds.
      const isReal = known.length < 50 || chance.once(200);
      if (isReal) {
        const real = door.make.real();
        const bytes = encodeTransaction(real);
        if (known.length < KNOWN) known.push(bytes);
        else known[chance.below(KNOWN)] = bytes;
        next(bytes);
        const result = door.take(bytes);
        seen.add(result.ok ? 'accepted' : 'refused');
      } else {
        const bytes = door.make.bytes(known);
        next(bytes);
        const result = door.take(bytes);
        const transaction = decoded(bytes);
        if (transaction !== undefined) {
          seen.add('decoded');
          assert.deepEqual(encodeTransaction(transaction), bytes, 'a second encoding of the same transaction');
        }
        seen.add(result.ok ? 'changed and accepted' : String(result.code));
        // Whatever was changed in it, the key and the account's number among that, somebody would have had to sign.
        if (result.ok) assert.ok(door.make.signed.has(keyOf(transaction!)), 'accepted, though nobody signed it');
      }
      if (input % PER_BLOCK === 0) door.seal();
    }
    for (const code of ['accepted', 'decoded', 'changed and accepted', '65538', '65539', '65540', '65544'])
      assert.ok(seen.has(code), `no input was ${code}`);
  },
);

fuzz(
  `${FORGED} transactions that are right but for their signature are refused for that, and change nothing`,
  import.meta.url,
  ({ chance, next }) => {
    const door = new Door(chance);
    let reached = 0;
    for (let input = 0; reached < FORGED; input += 1) {
      const forged = door.make.forged();
      const bytes = encodeTransaction(forged);
      next(bytes);
      const result = door.take(bytes, true);
      assert.ok(!result.ok, 'a forged transaction was accepted');
      // The form of what is asked for comes before the signer.
      if (messageFormFault(door.state, forged.message) !== undefined) continue;
      assert.deepEqual([result.code, result.message], [65_540, 'signature verification failed']);
      reached += 1;
      // Keys become known, orders come and go meanwhile.
      if (input % 20 === 0) door.take(encodeTransaction(door.make.real()));
      if (input % PER_BLOCK === 0) door.seal();
    }
  },
);
