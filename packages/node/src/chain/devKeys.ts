/**
 * Keys of the accounts for development: the same ones on every machine, from their names. They are public: no secret.
 * In: a name, a network. Out: private key and address.
 */
import { addressOfPrivateKey } from '@dexwire/protocol/transactions';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

export interface DevKey {
  readonly name: string;
  readonly address: string;
  /** 64 hex digits. */
  readonly privateKey: string;
}

/** For people and their programs. */
export const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;

/** People for whom the traders of the node never act. */
export const IDLE: readonly string[] = ['dave', 'erin'] satisfies (typeof PEOPLE)[number][];

/** Those of the traders that have a part of their own. */
export const MAKER = 'maker';
export const WHALE = 'whale';

const TRADERS = [MAKER, 'taker', 'noise', 'trader1', 'trader2', WHALE] as const;

/** Proposes each block and gets its fees. */
export const VALIDATOR = 'validator';

/** Gives coins to accounts that have none. */
export const FAUCET = 'faucet';

const DEV_ACCOUNTS = [...PEOPLE, ...TRADERS, VALIDATOR, FAUCET] as const;

/** @param name - Any; the private key is SHA-256 of `dexwire dev account <name>`. */
export const devKey = (name: string, prefix = 'tbnb'): DevKey => {
  const privateKey = bytesToHex(sha256(utf8ToBytes(`dexwire dev account ${name}`)));
  return { name, address: addressOfPrivateKey(privateKey, prefix), privateKey };
};

/** The keys of all accounts that the default genesis has, in its order. */
export const devKeys = (prefix = 'tbnb'): DevKey[] => DEV_ACCOUNTS.map((name) => devKey(name, prefix));
