/**
 * A log without addresses.
 * In: lines in which addresses stand as they are. Out: copies of them, with a pseudonym in the place of each.
 *
 * An address stands in stream names, URLs, commands and errors, and its bytes in every order id of its owner: both get the
 * same pseudonym, so that a reader can still follow one account. What it did is not hidden: hashes, symbols, amounts and the
 * sequences in order ids stay, and whoever has the public chain can find them there.
 */
import { decodeAddress } from '@dexwire/protocol';
import type { Log, LogLine } from '../metrics.ts';

/**
 * The pseudonym of an account, always the same one for the same account.
 *
 * @param account - Its bytes, 40 upper-case hex digits; of an address that was cut or has a wrong letter, its text.
 */
export type Pseudonym = (account: string) => string;

/** So many accounts get a number of their own. */
const NUMBERS = 10_000;

/** `1`, `2`, ... in the order of their first line, which tells nothing of an account; from 10,000 accounts on `more`. */
const numbered = (): Pseudonym => {
  const numbers = new Map<string, string>();
  return (account) => {
    let number = numbers.get(account);
    if (number === undefined) {
      if (numbers.size >= NUMBERS) return 'more';
      number = String(numbers.size + 1);
      numbers.set(account, number);
    }
    return number;
  };
};

// One pass, so that no pseudonym is taken for an account. Also what is left of an address or an order id at the end of a text
// that was cut, as found values are in errors; a letter is asked for there, so that heights and nanoseconds stay.
const ACCOUNT = /([Tt]?(?:bnb|BNB))1[a-zA-Z\d]{6,}|\b[\dA-F]{40}\b|\b(?=\d*[A-F])[\dA-F]{8,39}(?=\.\.\.|…|"?$)/g;

/** A line is not nested deeper than this; what is, comes out of frames, and may be of any depth. */
const DEPTH = 16;

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What addresses and order ids have in common. */
const accountOf = (address: string): string => {
  try {
    return hexOf(decodeAddress(address).bytes).toUpperCase();
  } catch {
    return address.toLowerCase();
  }
};

/** Of an error also what it has no enumerable property for. */
const membersOf = (value: object): [key: string, held: unknown][] => {
  if (!(value instanceof Error)) return Object.entries(value);
  const { name, message, stack, cause } = value;
  return Object.entries(Object.assign({ name, message, stack, ...(cause !== undefined && { cause }) }, value));
};

/**
 * A log that gets every line with `tbnb1#1` in the place of an address, and `#1` in that of the bytes in an order id.
 *
 * Errors become plain objects, and so does whatever else has properties; lines that are given stay as they are.
 *
 * @param log - Takes the copies.
 * @param pseudonym - Default: numbers in the order of appearance, of this log and this process. For the same ones across
 * processes pass a keyed hash, with a key that is not in the log; a hash without a key reveals who is suspected.
 */
export const redactAddresses = (log: Log, pseudonym: Pseudonym = numbered()): Log => {
  const textOf = (text: string): string =>
    text.replace(ACCOUNT, (found, network?: string) =>
      network === undefined ? `#${pseudonym(found)}` : `${network.toLowerCase()}1#${pseudonym(accountOf(found))}`,
    );

  const copyOf = (value: unknown, above: readonly object[]): unknown => {
    if (typeof value === 'string') return textOf(value);
    if (typeof value === 'function' || typeof value === 'symbol') return textOf(String(value));
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof URL) return textOf(value.href);
    if (value instanceof Date || ArrayBuffer.isView(value)) return value;
    if (above.includes(value) || above.length >= DEPTH) return '...';
    const path = [...above, value];
    if (Array.isArray(value)) return value.map((element) => copyOf(element, path));
    if (value instanceof Map) return new Map([...value].map(([key, held]) => [copyOf(key, path), copyOf(held, path)]));
    if (value instanceof Set) return new Set([...value].map((held) => copyOf(held, path)));
    return Object.fromEntries(membersOf(value).map(([key, held]) => [textOf(key), copyOf(held, path)]));
  };

  return (line) => log(copyOf(line, []) as LogLine);
};
