/**
 * Symbols of tokens: which are well formed, in the chain's own words for those that are not (reference).
 * In: a symbol as a message has it. Out: what is wrong with it, or nothing. Whether a token exists is not asked here.
 *
 * A token's symbol is what its issuer chose, a dash, and three hex digits of the issuing transaction's hash; a mini
 * token's ends in `M` besides. Lengths are in bytes.
 */
import { NATIVE } from '../chain/ledger.ts';

const SHORTEST = 2;
const LONGEST = 8;
const SUFFIX = 3;
const MINI_SUFFIX = 4;
/** Ends the symbol of a token that is pegged to something on another chain: `BTC.B`. */
const PEGGED = '.B';

const ALPHANUMERIC = /^[\da-z]+$/i;
const HASH_DIGITS = /^[\dA-F]{3}$/;

const encoder = new TextEncoder();

export const bytesIn = (text: string): number => encoder.encode(text).length;

const isNative = (symbol: string): boolean => symbol === NATIVE || symbol === NATIVE + PEGGED;

const withoutPegged = (symbol: string): string => (symbol.endsWith(PEGGED) ? symbol.slice(0, -PEGGED.length) : symbol);

/** What the issuer chose, and the suffix; or what is wrong. */
const split = (symbol: string): readonly [chosen: string, suffix: string] | string => {
  const dash = symbol.indexOf('-');
  if (dash < 0) return "suffixed token symbol must contain a hyphen ('-')";
  const suffix = symbol.slice(dash + 1);
  if (suffix.includes('-')) return "suffixed token symbol must contain just one hyphen ('-')";
  return [symbol.slice(0, dash), suffix];
};

const chosenFault = (chosen: string, word: string): string | undefined => {
  const length = bytesIn(chosen);
  if (length < SHORTEST) return `${word} symbol part is too short, got ${length} chars`;
  if (length > LONGEST) return `${word} symbol part is too long, got ${length} chars`;
  if (!ALPHANUMERIC.test(chosen)) return `${word} symbol part should be alphanumeric`;
  return undefined;
};

/** What is wrong with the symbol of a token that is no mini token. `BNB` is right. */
export const symbolFault = (symbol: string): string | undefined => {
  if (symbol === '') return 'suffixed token symbol cannot be empty';
  if (isNative(symbol)) return undefined;
  const parts = split(symbol);
  if (typeof parts === 'string') return parts;
  const [chosen, suffix] = parts;
  if (isNative(chosen)) return 'native token symbol should not be suffixed with tx hash';
  const fault = chosenFault(withoutPegged(chosen), 'token');
  if (fault !== undefined) return fault;
  const length = bytesIn(suffix);
  if (length !== SUFFIX) return `token symbol tx hash suffix must be ${SUFFIX} chars in length, got ${length}`;
  if (!HASH_DIGITS.test(suffix)) return `token symbol tx hash suffix must be hex with a length of ${SUFFIX}`;
  return undefined;
};

/** What is wrong with the symbol of a mini or tiny token. */
export const miniSymbolFault = (symbol: string): string | undefined => {
  if (symbol === '') return 'suffixed token symbol cannot be empty';
  if (isNative(symbol)) return 'symbol cannot be the same as native token';
  const parts = split(symbol);
  if (typeof parts === 'string') return parts;
  const [chosen, suffix] = parts;
  const fault = chosenFault(chosen, 'mini-token');
  if (fault !== undefined) return fault;
  const length = bytesIn(suffix);
  if (length !== MINI_SUFFIX) return `mini-token symbol suffix must be ${MINI_SUFFIX} chars in length, got ${length}`;
  if (!suffix.endsWith('M')) return 'mini-token symbol suffix must end with M';
  if (!HASH_DIGITS.test(suffix.slice(0, SUFFIX)))
    return `mini-token symbol tx hash suffix must be hex with a length of ${SUFFIX}`;
  return undefined;
};

/** Whether rules for mini tokens apply to a symbol: its suffix has four characters and ends in `M` (reference). */
export const isMiniSymbol = (symbol: string): boolean => {
  const parts = split(symbol);
  return typeof parts !== 'string' && bytesIn(parts[1]) === MINI_SUFFIX && parts[1].endsWith('M');
};

/** What is wrong with a symbol that an issuer chose, without suffix. */
export const chosenSymbolFault = (symbol: string, isMini: boolean): string | undefined => {
  if (symbol === '') return 'token symbol cannot be empty';
  if (isMini && isNative(symbol)) return 'symbol cannot be the same as native token';
  const chosen = isMini ? symbol : withoutPegged(symbol);
  const length = bytesIn(chosen);
  if (length < SHORTEST || length > LONGEST) return `length of token symbol is limited to ${SHORTEST}~${LONGEST}`;
  if (!ALPHANUMERIC.test(chosen)) return 'token symbol should be alphanumeric';
  return undefined;
};
