/**
 * The accounts of the chain: who holds how much, free, locked in open orders, or frozen by the owner.
 * In: genesis, then what entry, settlement and fees move. Out: balances; the only place where they change.
 *
 * Amounts are bigint in units of 1e-8 and never negative. Who moves an amount has checked that it is there.
 */
import { decodeAddress, encodeAddress } from '@dexwire/protocol';
import type { Ledger } from '../chain/ledger.ts';
import type { OrdersByNumber } from '../chain/ordersByNumber.ts';

/** Where the amounts of a balance stand, counted from where it begins. */
export const FREE = 0;
export const LOCKED = 1;
const FROZEN = 2;
/** Amounts of a balance. */
const AMOUNTS = 3;
/** Balances to begin with. */
const ROOM = 64;

/** The amounts of many balances in one column of int64, on which V8 computes without making bigint values. */
class Amounts {
  column = new BigInt64Array(ROOM * AMOUNTS);
  #count = 0;

  /** @returns Where three more amounts begin, all 0. */
  add(): number {
    const at = this.#count * AMOUNTS;
    this.#count += 1;
    if (at + AMOUNTS > this.column.length) {
      const wide = new BigInt64Array(this.column.length * 2);
      wide.set(this.column);
      this.column = wide;
    }
    return at;
  }
}

/** What one account holds of one asset, units of 1e-8. */
export class Balance {
  readonly #amounts: Amounts;
  /** Where its amounts begin in the column of all balances, for who moves many. */
  readonly at: number;

  constructor(amounts = new Amounts()) {
    this.#amounts = amounts;
    this.at = amounts.add();
  }

  get free(): bigint {
    return this.#amounts.column[this.at + FREE]!;
  }

  set free(amount: bigint) {
    this.#amounts.column[this.at + FREE] = amount;
  }

  get locked(): bigint {
    return this.#amounts.column[this.at + LOCKED]!;
  }

  set locked(amount: bigint) {
    this.#amounts.column[this.at + LOCKED] = amount;
  }

  get frozen(): bigint {
    return this.#amounts.column[this.at + FROZEN]!;
  }

  set frozen(amount: bigint) {
    this.#amounts.column[this.at + FROZEN] = amount;
  }
}

const NOTHING: Readonly<Balance> = new Balance();

export class Account {
  readonly address: string;
  /** The address bytes as 40 upper-case hex digits: what order ids begin with. */
  readonly hex: string;
  /** Handed out in the order in which accounts came to be, from 1. */
  readonly number: number;
  /** How many of its transactions were accepted. */
  sequence = 0;
  /** 33 bytes, compressed; undefined until its first signed transaction is accepted. */
  publicKey: Uint8Array | undefined = undefined;
  /** By asset. An asset stays in it once it was held, be its amounts zero. */
  readonly balances = new Map<string, Balance>();
  /** Its open orders by the number in their ids, once it had one. `OpenOrders` alone changes them. */
  openOrders: OrdersByNumber | undefined = undefined;
  /** What the running block notes about it; the chain's own. */
  ledger: Ledger | undefined = undefined;
  readonly #amounts: Amounts;
  #native: Balance | undefined = undefined;

  constructor(address: string, hex: string, number: number, amounts: Amounts) {
    this.address = address;
    this.hex = hex;
    this.number = number;
    this.#amounts = amounts;
  }

  /** To read: zeros for an asset that the account never held. */
  of(asset: string): Readonly<Balance> {
    return this.balances.get(asset) ?? NOTHING;
  }

  /** Free BNB, units of 1e-8, which most fees are paid out of. */
  get freeNative(): bigint {
    this.#native ??= this.balances.get('BNB');
    return this.#native === undefined ? 0n : this.#native.free;
  }

  /** Whether so much BNB is free: asked for each fee, and an amount that is returned would be made anew. */
  hasNative(amount: bigint): boolean {
    this.#native ??= this.balances.get('BNB');
    return this.#native === undefined ? amount <= 0n : this.#native.free >= amount;
  }

  /** Of BNB; to change. */
  get native(): Balance {
    this.#native ??= this.balance('BNB');
    return this.#native;
  }

  /** To change. */
  balance(asset: string): Balance {
    let balance = this.balances.get(asset);
    if (balance === undefined) {
      balance = new Balance(this.#amounts);
      this.balances.set(asset, balance);
    }
    return balance;
  }
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();

export class Accounts {
  readonly prefix: string;
  readonly #byAddress = new Map<string, Account>();
  readonly #amounts = new Amounts();

  /** @param prefix - Of the network's addresses: `bnb` or `tbnb`. */
  constructor(prefix: string) {
    this.prefix = prefix;
  }

  get(address: string): Account | undefined {
    return this.#byAddress.get(address);
  }

  /** The account of an address, which comes to be if it is new. @throws ValueError `ADDRESS_INVALID`. */
  open(address: string): Account {
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const { bytes } = decodeAddress(address);
    const written = encodeAddress(this.prefix, bytes);
    const same = this.#byAddress.get(written);
    if (same !== undefined) return same;
    const account = new Account(written, hexOf(bytes), this.#byAddress.size + 1, this.#amounts);
    this.#byAddress.set(written, account);
    return account;
  }

  /** The amounts of all balances, until another balance comes to be: units of 1e-8, as `FREE` and `LOCKED` say. */
  get amounts(): BigInt64Array {
    return this.#amounts.column;
  }

  /** In the order of their numbers. */
  [Symbol.iterator](): IterableIterator<Account> {
    return this.#byAddress.values();
  }

  get size(): number {
    return this.#byAddress.size;
  }
}
