/**
 * Private keys from words that people can write down: BIP-39 in English, and the chain's path of BIP-44.
 * In: chance as bytes, or words. Out: words, or the private key of one of their accounts; a `KeyError` for what is neither.
 *
 * An error never shows words, a passphrase or a key, nor any part of them.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { HDKey } from '@scure/bip32';
import { entropyToMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { KeyError } from '../errors.ts';

/** For 12 and 24 words. */
const ENTROPY_BYTES = [16, 32];
/** Of BNB in the list of coins (SLIP-44). */
const COIN = 714;
/** Steps of a path are below it. */
const PATH_END = 2 ** 31;

const WORDS = '12 to 24 words of the English list of BIP-39, spelled and ordered as they were given out';

/**
 * The words of some entropy.
 *
 * @param entropy - 16 bytes for 12 words, 32 for 24. They have to come from a source fit for keys, such as
 *   `crypto.getRandomValues`: whoever knows them has the accounts.
 * @throws KeyError `KEY_INVALID` for another number of bytes.
 */
export const generateMnemonic = (entropy: Uint8Array): string => {
  if (!(entropy instanceof Uint8Array) || !ENTROPY_BYTES.includes(entropy.length))
    throw new KeyError('16 or 32 bytes of entropy');
  return entropyToMnemonic(entropy, wordlist);
};

const seedOf = (mnemonic: string, passphrase: string): Uint8Array => {
  if (typeof mnemonic !== 'string') throw new KeyError(WORDS);
  const words = mnemonic.trim().split(/\s+/).join(' ');
  if (!validateMnemonic(words, wordlist)) throw new KeyError(WORDS);
  try {
    return mnemonicToSeedSync(words, passphrase);
  } catch {
    // The library's own error would be a cause that may tell of the words.
    throw new KeyError('a passphrase that is text without halves of characters');
  }
};

const checkStep = (value: number): number => {
  if (Number.isInteger(value) && value >= 0 && value < PATH_END) return value;
  throw new KeyError(`an account and an index that are whole numbers from 0 to ${PATH_END - 1}`);
};

/**
 * The private key at `m/44'/714'/account'/0/index`, as the chain's wallets have it. It takes tens of milliseconds: the way
 * from words to keys is made slow on purpose.
 *
 * @param mnemonic - Words with any white space between them.
 * @param options - `account` and `index` are 0 unless given, `passphrase` is empty: BIP-39's, not that of a key file.
 * @returns 64 lower-case hex digits.
 * @throws KeyError `KEY_INVALID` for words, steps or a passphrase that there are none of.
 */
export const privateKeyOfMnemonic = (
  mnemonic: string,
  options: { readonly account?: number; readonly index?: number; readonly passphrase?: string } = {},
): string => {
  const { account = 0, index = 0, passphrase = '' } = options;
  const path = `m/44'/${COIN}'/${checkStep(account)}'/0/${checkStep(index)}`;
  const { privateKey } = HDKey.fromMasterSeed(seedOf(mnemonic, passphrase)).derive(path);
  if (privateKey === null) throw new KeyError('words whose path has a key');
  return bytesToHex(privateKey);
};
