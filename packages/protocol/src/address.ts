/**
 * Account addresses: bech32 text, twenty bytes behind a prefix that names the network.
 * In: text, or a prefix and bytes. Out: the other; a `ValueError` for what is no address.
 */
import { bech32 } from '@scure/base';
import { ValueError } from './errors.ts';

/** Bytes of an address without its prefix: the hash of the owner's public key. */
export const ADDRESS_BYTES = 20;

export interface AddressParts {
  /** Network, lower case: `bnb` on mainnet, `tbnb` on testnet (recorded). */
  readonly prefix: string;
  readonly bytes: Uint8Array;
}

const invalid = (found: unknown, options?: ErrorOptions): ValueError =>
  new ValueError('ADDRESS_INVALID', found, `bech32 of ${ADDRESS_BYTES} bytes, such as bnb1...`, options);

/**
 * The parts of an address of any prefix. All capitals, which bech32 admits, are read too; write it anew for lower case.
 *
 * @throws ValueError `ADDRESS_INVALID`, its cause from the bech32 library.
 */
export const decodeAddress = (address: string): AddressParts => {
  let parts: AddressParts;
  try {
    parts = bech32.decodeToBytes(address);
  } catch (cause) {
    throw invalid(address, { cause });
  }
  if (parts.bytes.length !== ADDRESS_BYTES) throw invalid(address);
  return { prefix: parts.prefix, bytes: parts.bytes };
};

/**
 * The address of twenty bytes, in lower case.
 *
 * @throws ValueError `ADDRESS_INVALID` for another number of bytes, or a prefix that bech32 has no room for.
 */
export const encodeAddress = <const Prefix extends string>(
  prefix: Prefix,
  bytes: Uint8Array,
): `${Prefix}1${string}` => {
  if (bytes.length !== ADDRESS_BYTES) throw invalid(bytes);
  try {
    return bech32.encode(prefix, bech32.toWords(bytes)) as `${Prefix}1${string}`;
  } catch (cause) {
    throw invalid(prefix, { cause });
  }
};

/** Whether a value is an address, of the given prefix if there is one. */
export const isAddress = (value: unknown, prefix?: string): value is string => {
  if (typeof value !== 'string') return false;
  try {
    const found = decodeAddress(value).prefix;
    return prefix === undefined || found === prefix;
  } catch {
    return false;
  }
};
