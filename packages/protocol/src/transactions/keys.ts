/**
 * Keys of accounts: ECDSA on secp256k1, addresses from the hash of the public key.
 * In: a private key, as 32 bytes or 64 hex digits. Out: its public key, its address; a `KeyError` for what is no key.
 *
 * An error never shows a private key, nor any part of it.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { encodeAddress } from '../address.ts';
import { KeyError } from '../errors.ts';

const PRIVATE_KEY = '32 bytes or 64 hex digits, above zero and below the order of secp256k1';
const PUBLIC_KEY = '33 bytes, a compressed point of secp256k1';

const HEX = /^[\da-f]{64}$/i;

/**
 * The 32 bytes of a private key.
 *
 * @throws KeyError `KEY_INVALID`.
 */
export const secretBytes = (privateKey: string | Uint8Array): Uint8Array => {
  if (typeof privateKey === 'string' && !HEX.test(privateKey)) throw new KeyError(PRIVATE_KEY);
  const bytes = typeof privateKey === 'string' ? hexToBytes(privateKey) : privateKey;
  // The library's own error would be a cause that may tell of the key.
  if (!secp256k1.utils.isValidSecretKey(bytes)) throw new KeyError(PRIVATE_KEY);
  return bytes;
};

/**
 * The public key of a private key: 33 bytes, compressed.
 *
 * @throws KeyError `KEY_INVALID`.
 */
export const publicKeyOf = (privateKey: string | Uint8Array): Uint8Array =>
  secp256k1.getPublicKey(secretBytes(privateKey), true);

/**
 * The address of a public key: RIPEMD-160 of SHA-256 of its 33 bytes (reference).
 *
 * @param prefix - Network of the address: `bnb`, `tbnb`.
 * @throws KeyError `KEY_INVALID`.
 */
export const addressOfPublicKey = <const Prefix extends string>(
  publicKey: Uint8Array,
  prefix: Prefix,
): `${Prefix}1${string}` => {
  if (!secp256k1.utils.isValidPublicKey(publicKey, true)) throw new KeyError(PUBLIC_KEY);
  return encodeAddress(prefix, ripemd160(sha256(publicKey)));
};

/**
 * The address of a private key.
 *
 * @param prefix - Network of the address: `bnb`, `tbnb`.
 * @throws KeyError `KEY_INVALID`.
 */
export const addressOfPrivateKey = <const Prefix extends string>(
  privateKey: string | Uint8Array,
  prefix: Prefix,
): `${Prefix}1${string}` => addressOfPublicKey(publicKeyOf(privateKey), prefix);
