/**
 * The one table of messages: for each its prefix on the wire, and its fields in wire order, with the name that each has in
 * what is signed. Writing, reading and signing follow from it.
 * In: nothing. Out: a `MessageShape` for each type of message.
 * Source: the chain's types, their order of fields and their names in JSON (reference; recorded for all but tiny tokens).
 */
import { utf8 } from '@scure/base';
import { ADDRESS_BYTES, decodeAddress, encodeAddress } from '../address.ts';
import { shown, TransactionError } from '../errors.ts';
import { type AminoReader, AminoWriter } from './amino.ts';
import type {
  CancelOrder,
  ChangeTokens,
  CoinUnits,
  IssueMiniToken,
  IssueToken,
  ListMiniPair,
  ListPair,
  Message,
  NewOrder,
  Send,
  TransferSide,
} from './message.ts';

/** What a value is: how it stands on the wire, and in what is signed. A path is its place, for errors. */
interface Kind<Value> {
  write(writer: AminoWriter, field: number, value: Value, path: string): void;
  /** @param prefix - Network of addresses. */
  read(reader: AminoReader, field: number, path: string, prefix: string): Value;
  /** JSON text. */
  sign(value: Value, path: string): string;
}

const refuse = (path: string, found: unknown, expected: string, options?: ErrorOptions): never => {
  throw new TransactionError(path, `found ${shown(found)}, expected ${expected}`, options);
};

/** @throws TransactionError for what is no int64. */
export const checkInt64 = (value: bigint, path: string): bigint =>
  typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? value : refuse(path, value, 'a bigint of 64 bits');

/** Halves of a character, which UTF-8 has no bytes for. */
const HALF = /\p{Surrogate}/u;

const checkText = (value: string, path: string): string =>
  typeof value === 'string' && !HALF.test(value) ? value : refuse(path, value, 'text without halves of characters');

/** @throws TransactionError for text that UTF-8 cannot carry. */
export const jsonText = (value: string, path: string): string => JSON.stringify(checkText(value, path));

/** Text, as UTF-8. */
export const text: Kind<string> = {
  write: (writer, field, value, path) => {
    writer.bytes(field, utf8.decode(checkText(value, path)));
  },
  read: (reader, field, path) => {
    const bytes = reader.bytes(field, path);
    try {
      return utf8.encode(bytes);
    } catch {
      return reader.refuse(path, 'found bytes that are no UTF-8');
    }
  },
  sign: jsonText,
};

export const int64: Kind<bigint> = {
  write: (writer, field, value, path) => {
    writer.integer(field, checkInt64(value, path));
  },
  read: (reader, field, path) => reader.integer(field, path),
  sign: (value, path) => String(checkInt64(value, path)),
};

const checkInt8 = (value: number, path: string): number =>
  Number.isInteger(value) && value >= -128 && value <= 127
    ? value
    : refuse(path, value, 'a whole number from -128 to 127');

/** The kind of an order's codes. What is outside is none in the original either: such a transaction does not parse. */
const int8: Kind<number> = {
  write: (writer, field, value, path) => {
    writer.integer(field, BigInt(checkInt8(value, path)));
  },
  read: (reader, field, path) => {
    const value = reader.integer(field, path);
    return BigInt.asIntN(8, value) === value ? Number(value) : reader.refuse(path, `found ${value}, expected 8 bits`);
  },
  sign: (value, path) => String(checkInt8(value, path)),
};

const checkFlag = (value: boolean, path: string): boolean =>
  typeof value === 'boolean' ? value : refuse(path, value, 'true or false');

const flag: Kind<boolean> = {
  write: (writer, field, value, path) => {
    writer.integer(field, checkFlag(value, path) ? 1n : 0n);
  },
  read: (reader, field, path) => {
    const value = reader.integer(field, path);
    return value === 0n || value === 1n ? value === 1n : reader.refuse(path, `found ${value}, expected 1`);
  },
  sign: (value, path) => String(checkFlag(value, path)),
};

const addressParts = (value: string, path: string): { readonly prefix: string; readonly bytes: Uint8Array } => {
  try {
    return decodeAddress(value);
  } catch (cause) {
    return refuse(path, value, 'an address such as bnb1...', { cause });
  }
};

/** Twenty bytes; or none, which is the empty text, and which the chain refuses after it has read it (reference). */
const address: Kind<string> = {
  write: (writer, field, value, path) => {
    if (value !== '') writer.bytes(field, addressParts(value, path).bytes);
  },
  read: (reader, field, path, prefix) => {
    const bytes = reader.bytes(field, path);
    if (bytes.length === 0) return '';
    return bytes.length === ADDRESS_BYTES
      ? encodeAddress(prefix, bytes)
      : reader.refuse(path, `found ${bytes.length} bytes, expected ${ADDRESS_BYTES}`);
  },
  // In the form the chain makes of the bytes, which is lower case.
  sign: (value, path) => {
    if (value === '') return '""';
    const { prefix, bytes } = addressParts(value, path);
    return JSON.stringify(encodeAddress(prefix, bytes));
  },
};

/** @throws TransactionError for what is no list. */
export const checkList = <Value>(values: readonly Value[], path: string): readonly Value[] =>
  Array.isArray(values) ? values : refuse(path, values, 'a list');

const checkObject = (value: object, path: string): object =>
  typeof value === 'object' && value !== null ? value : refuse(path, value, 'an object');

/** Values of an object, member by member in wire order; the first is field 1. */
interface Shape {
  write(writer: AminoWriter, value: object, path: string): void;
  read(reader: AminoReader, path: string, prefix: string): object;
  sign(value: object, path: string): string;
}

/** Each member with its name in what is signed, and what it is. */
type Members<Value> = { readonly [Name in Exclude<keyof Value, 'type'>]: readonly [string, Kind<Value[Name]>] };

const shapeOf = <Value extends object>(members: Members<Value>): Shape => {
  const fields: readonly [string, readonly [string, Kind<unknown>]][] = Object.entries(members);
  const sorted = [...fields].sort(([, [a]], [, [b]]) => (a < b ? -1 : 1));
  return {
    write: (writer, value, path) => {
      for (const [index, [name, [, kind]]] of fields.entries())
        kind.write(writer, index + 1, Reflect.get(checkObject(value, path), name), `${path}.${name}`);
    },
    read: (reader, path, prefix) => {
      const value: Record<string, unknown> = {};
      // By place: a transfer may have tens of thousands of these, and an iterator would cost more than the reading.
      for (let index = 0; index < fields.length; index += 1) {
        const [name, [, kind]] = fields[index]!;
        value[name] = kind.read(reader, index + 1, `${path}.${name}`, prefix);
      }
      reader.end(path);
      return value;
    },
    sign: (value, path) => {
      const texts = sorted.map(
        ([name, [key, kind]]) =>
          `"${key}":${kind.sign(Reflect.get(checkObject(value, path), name), `${path}.${name}`)}`,
      );
      return `{${texts.join(',')}}`;
    },
  };
};

const listOf = <Value extends object>(members: Members<Value>): Kind<readonly Value[]> => {
  const shape = shapeOf(members);
  return {
    write: (writer, field, values, path) => {
      for (const [index, value] of checkList(values, path).entries()) {
        const element = new AminoWriter();
        shape.write(element, value, `${path}[${index}]`);
        writer.element(field, element.finish());
      }
    },
    read: (reader, field, path, prefix) => {
      const values: Value[] = [];
      for (;;) {
        const place = `${path}[${values.length}]`;
        const element = reader.element(field, place);
        if (element === undefined) return values;
        values.push(shape.read(element, place, prefix) as Value);
      }
    },
    sign: (values, path) => {
      const texts = checkList(values, path).map((value, index) => shape.sign(value, `${path}[${index}]`));
      return `[${texts.join(',')}]`;
    },
  };
};

const coins = listOf<CoinUnits>({ asset: ['denom', text], amount: ['amount', int64] });
const sides = listOf<TransferSide>({ address: ['address', address], coins: ['coins', coins] });

const ISSUE: Members<IssueToken> = {
  from: ['from', address],
  name: ['name', text],
  symbol: ['symbol', text],
  totalSupply: ['total_supply', int64],
  mintable: ['mintable', flag],
};
const issueMini: Shape = shapeOf<IssueMiniToken>({ ...ISSUE, tokenUri: ['token_uri', text] });
/** The same for four messages, and so are the bytes to sign: only the prefix tells them apart, and it is not signed. */
const change: Shape = shapeOf<ChangeTokens>({
  from: ['from', address],
  symbol: ['symbol', text],
  amount: ['amount', int64],
});

export interface MessageShape extends Shape {
  /** Four bytes, the first of a hash of the type's name (reference). */
  readonly typePrefix: number;
}

/** Shapes of messages by their type. */
export const MESSAGES: { readonly [Type in Message['type']]: MessageShape } = {
  newOrder: {
    typePrefix: 0xce6dc043,
    ...shapeOf<NewOrder>({
      sender: ['sender', address],
      id: ['id', text],
      symbol: ['symbol', text],
      orderType: ['ordertype', int8],
      side: ['side', int8],
      price: ['price', int64],
      quantity: ['quantity', int64],
      timeInForce: ['timeinforce', int8],
    }),
  },
  cancelOrder: {
    typePrefix: 0x166e681b,
    ...shapeOf<CancelOrder>({ sender: ['sender', address], symbol: ['symbol', text], refId: ['refid', text] }),
  },
  send: { typePrefix: 0x2a2c87fa, ...shapeOf<Send>({ inputs: ['inputs', sides], outputs: ['outputs', sides] }) },
  issue: { typePrefix: 0x17efab80, ...shapeOf<IssueToken>(ISSUE) },
  issueMini: { typePrefix: 0xa3f16c41, ...issueMini },
  issueTiny: { typePrefix: 0xed2832d4, ...issueMini },
  mint: { typePrefix: 0x467e0829, ...change },
  burn: { typePrefix: 0x7ed2d2a0, ...change },
  freeze: { typePrefix: 0xe774b32d, ...change },
  unfreeze: { typePrefix: 0x6515ff0d, ...change },
  list: {
    typePrefix: 0xb41de13f,
    ...shapeOf<ListPair>({
      from: ['from', address],
      proposalId: ['proposal_id', int64],
      baseAsset: ['base_asset_symbol', text],
      quoteAsset: ['quote_asset_symbol', text],
      initPrice: ['init_price', int64],
    }),
  },
  listMini: {
    typePrefix: 0x4c264019,
    ...shapeOf<ListMiniPair>({
      from: ['from', address],
      baseAsset: ['base_asset_symbol', text],
      quoteAsset: ['quote_asset_symbol', text],
      initPrice: ['init_price', int64],
    }),
  },
};
