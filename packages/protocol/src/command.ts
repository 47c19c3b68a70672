/**
 * Commands: all that a client may say, and how a server refuses one.
 * In: a command to write, or text to read with what the server knows of symbols and addresses. Out: text, or a command
 * or its refusal. No sockets, and no limits but what the server passes.
 */
import { streamForTopic } from './topics.ts';

/** A market topic goes with `symbols`, a topic for everybody with the symbol `$all`, a personal one with an `address`. */
export type Command =
  | {
      readonly method: 'subscribe';
      readonly topic: string;
      readonly symbols?: readonly string[];
      readonly address?: string;
    }
  /** No symbols: the whole topic. No topic: all market topics of the symbols (assumed). The address means nothing. */
  | {
      readonly method: 'unsubscribe';
      readonly topic?: string;
      readonly symbols?: readonly string[];
      readonly address?: string;
    }
  | { readonly method: 'keepAlive' | 'close' };

/** Why a command is refused. Only the text about symbols was recorded; the others are of our choice. */
export type RefusalText =
  | 'Invalid message'
  | 'Invalid method'
  | 'Invalid topic'
  | 'Invalid symbol(s)'
  | 'Invalid address'
  // Texts for the limits of a gateway; that of a real one is not known (assumed).
  | 'Too many symbols'
  | 'Too many streams'
  | 'Compression required';

/** A refused command: nothing of it was done, the connection stays open. */
export interface CommandRefusal {
  /** The command's method as it was sent; empty if it could not be read or is longer than 100 characters. */
  readonly method: string;
  readonly error: RefusalText;
}

/** The text of a command, keys in their documented order, other keys left out. */
export const formatCommand = (command: Command): string =>
  JSON.stringify(command, ['method', 'topic', 'symbols', 'address']);

/** The text of a refusal: `{"method":"subscribe","error":{"error":"Invalid symbol(s)"}}` (recorded). */
export const formatRefusal = ({ method, error }: CommandRefusal): string =>
  JSON.stringify({ method, error: { error } });

type Ask = (text: string) => boolean;
type Keys = Partial<Record<'method' | 'topic' | 'symbols' | 'address' | 'useraddress', unknown>>;

/** The known keys of a message, in any case of letters; of two that differ in case only, the later. `null` is absent. */
const readKeys = (text: string): Keys | undefined => {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
  const keys: Keys = {};
  for (const [key, value] of Object.entries(message)) {
    const name = key.length > 11 ? '' : key.toLowerCase();
    if (name === 'method' || name === 'topic' || name === 'symbols' || name === 'address' || name === 'useraddress')
      keys[name] = value ?? undefined;
  }
  return keys;
};

// ASCII only: to upper case in general, letters such as the long s would turn into the symbol's own.
const upper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

/** A list of one symbol or more, all of them known, in upper case; or why it is none. */
const readSymbols = (value: unknown, isKnown: Ask, most: number): string[] | RefusalText => {
  const invalid = 'Invalid symbol(s)';
  if (!Array.isArray(value) || value.length === 0) return invalid;
  if (value.length > most) return 'Too many symbols'; // before a look at any of them
  const symbols: string[] = [];
  for (const symbol of value as readonly unknown[]) {
    if (typeof symbol !== 'string') return invalid;
    const folded = symbol === '$all' ? symbol : upper(symbol);
    if (!isKnown(folded)) return invalid;
    symbols.push(folded);
  }
  return symbols;
};

const isAll: Ask = (symbol) => symbol === '$all';

const readSubscribe = (
  { topic, ...keys }: Keys,
  isKnownSymbol: Ask,
  isAddress: Ask,
  most: number,
): Command | RefusalText => {
  const scope = typeof topic === 'string' ? streamForTopic(topic)?.scope : undefined;
  if (typeof topic !== 'string' || scope === undefined) return 'Invalid topic';
  if (scope === 'address') {
    const address = keys.address ?? keys.useraddress;
    if (typeof address !== 'string' || !isAddress(address)) return 'Invalid address';
    return { method: 'subscribe', topic, address: address.toLowerCase() };
  }
  const symbols = readSymbols(keys.symbols, scope === 'all' ? isAll : isKnownSymbol, most);
  return typeof symbols === 'string' ? symbols : { method: 'subscribe', topic, symbols };
};

const readUnsubscribe = ({ topic, symbols: asked }: Keys, isKnownSymbol: Ask, most: number): Command | RefusalText => {
  if (topic === undefined && asked !== undefined) {
    const symbols = readSymbols(asked, isKnownSymbol, most);
    return typeof symbols === 'string' ? symbols : { method: 'unsubscribe', symbols };
  }
  const scope = typeof topic === 'string' ? streamForTopic(topic)?.scope : undefined;
  if (typeof topic !== 'string' || scope === undefined) return 'Invalid topic';
  if (scope === 'address' || asked === undefined) return { method: 'unsubscribe', topic };
  const symbols = readSymbols(asked, scope === 'all' ? isAll : isKnownSymbol, most);
  return typeof symbols === 'string' ? symbols : { method: 'unsubscribe', topic, symbols };
};

/**
 * Reads what a client says. Keys may stand in any case of letters, unknown ones mean nothing, `userAddress` is an old
 * word for `address`, and symbols in lower case are read as upper case. One bad symbol refuses the whole list.
 *
 * @param isKnownSymbol - Asked about symbols in upper case, one after the other, until it denies one.
 * @param isAddress - Asked about the address of a personal subscription.
 * @param mostSymbols - A longer list is refused before any of its symbols is looked at.
 * @returns A command with only the keys that mean something for it, the address in lower case; or a refusal, known by
 *   its `error`.
 */
export const parseCommand = (
  text: string,
  isKnownSymbol: (symbol: string) => boolean,
  isAddress: (text: string) => boolean,
  mostSymbols = Infinity,
): Command | CommandRefusal => {
  const keys = readKeys(text);
  if (!keys) return { method: '', error: 'Invalid message' };
  const { method } = keys;
  if (method === 'keepAlive' || method === 'close') return { method };
  if (method !== 'subscribe' && method !== 'unsubscribe')
    return { method: typeof method === 'string' && method.length <= 100 ? method : '', error: 'Invalid method' };
  const read =
    method === 'subscribe'
      ? readSubscribe(keys, isKnownSymbol, isAddress, mostSymbols)
      : readUnsubscribe(keys, isKnownSymbol, mostSymbols);
  return typeof read === 'string' ? { method, error: read } : read;
};
