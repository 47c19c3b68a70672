/**
 * The part of amino, the chain's binary form, that transactions need: fields with a number each, in rising order, of two
 * kinds: integers, and bytes with their length before them. Zero and empty values are left out.
 * In: values, or bytes. Out: the other; a `TransactionError` for bytes that no transaction of ours would be.
 *
 * Integers are unsigned LEB128 of 64 bits, so a negative one takes ten bytes (reference). There is one encoding of a value,
 * and the reader takes no other, because a transaction's hash covers its bytes: whoever could write it in a second way
 * could give it a second hash (ADR 0026). It goes over the bytes once, and takes out parts without copying them.
 */
import { shown, TransactionError } from '../errors.ts';

const INTEGER = 0;
const BYTES = 2;
type WireType = typeof INTEGER | typeof BYTES;

/** Of 64 bits, seven to a byte. */
const MAX_INTEGER_BYTES = 10;

/** An integer as LEB128; of a negative one its two's complement of 64 bits. */
const leb128 = (value: bigint): Uint8Array => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
};

/** Writes fields one after the other. Whoever calls it keeps their order. */
export class AminoWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Bytes as they are: a prefix, or what another writer made. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  /** A length and as many bytes, without the number of a field. */
  sized(bytes: Uint8Array): this {
    return this.raw(leb128(BigInt(bytes.length))).raw(bytes);
  }

  /** @param value - An int64; zero leaves no trace. */
  integer(field: number, value: bigint): this {
    return value === 0n ? this : this.#key(field, INTEGER).raw(leb128(value));
  }

  /** @param value - If empty it leaves no trace. */
  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.element(field, value);
  }

  /** One element of a field that has a list of them: written even if it is empty. */
  element(field: number, value: Uint8Array): this {
    return this.#key(field, BYTES).sized(value);
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #key(field: number, type: WireType): this {
    return this.raw(leb128(BigInt((field << 3) | type)));
  }
}

/**
 * Reads fields, asked for in rising order. A field that is not there is zero or empty. One that is out of order, unknown or
 * there once more is met by none of the questions, and so it is what `end` finds.
 */
export class AminoReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  /** Reads `bytes` from `at` to `end`; places in errors count from the first of all bytes. */
  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** @returns Never: throws. */
  refuse(path: string, problem: string): never {
    throw new TransactionError(path, `${problem}, before byte ${this.#at}`);
  }

  /** As many bytes, without a copy. */
  take(count: number, path: string): Uint8Array {
    if (count > this.left) this.refuse(path, `found ${this.left} bytes, expected ${count}`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A length and as many bytes, as a reader of their own. */
  sized(path: string): AminoReader {
    const length = this.#leb128(path);
    if (length > BigInt(this.left)) this.refuse(path, `found ${this.left} bytes, expected ${length}`);
    const start = this.#at;
    this.#at += Number(length);
    return new AminoReader(this.#bytes, start, this.#at);
  }

  /** An int64. */
  integer(field: number, path: string): bigint {
    if (!this.#has(field, INTEGER, path)) return 0n;
    const value = BigInt.asIntN(64, this.#leb128(path));
    return value === 0n ? this.refuse(path, 'found a zero, expected it to be left out') : value;
  }

  /** Bytes, without a copy. */
  bytes(field: number, path: string): Uint8Array {
    const element = this.element(field, path);
    if (element === undefined) return new Uint8Array();
    if (element.left === 0) this.refuse(path, 'found an empty value, expected it to be left out');
    return element.take(element.left, path);
  }

  /** The next element of a field that has a list of them, if there is one more. It may be empty. */
  element(field: number, path: string): AminoReader | undefined {
    return this.#has(field, BYTES, path) ? this.sized(path) : undefined;
  }

  /** All has been read. */
  end(path: string): void {
    if (this.left === 0) return;
    const key = shown(this.#bytes[this.#at]);
    this.refuse(path, `found one more field (key ${key}), expected known ones only, each once, in rising order`);
  }

  /** Whether the next field is this one. Numbers of fields are below 16, so a key is one byte. */
  #has(field: number, type: WireType, path: string): boolean {
    const key = this.left > 0 ? this.#bytes[this.#at]! : 0;
    if (key >> 3 !== field) return false;
    if ((key & 7) !== type) this.refuse(path, `found wire type ${key & 7}, expected ${type}`);
    this.#at += 1;
    return true;
  }

  /** Of 64 bits without a sign. */
  #leb128(path: string): bigint {
    const first = this.left > 0 ? this.#bytes[this.#at]! : 0x80;
    // Most are short, lengths above all.
    if (first < 0x80) {
      this.#at += 1;
      return BigInt(first);
    }
    let value = 0n;
    for (let count = 0; count < MAX_INTEGER_BYTES && this.left > 0; count += 1) {
      const byte = this.#bytes[this.#at]!;
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte >= 0x80) continue;
      if (byte === 0 && count > 0)
        this.refuse(path, 'found an integer with needless bytes, expected its shortest form');
      return BigInt.asUintN(64, value) === value ? value : this.refuse(path, 'found an integer of more than 64 bits');
    }
    if (this.left === 0) this.refuse(path, 'found the end, expected an integer');
    return this.refuse(path, `found an integer of more than ${MAX_INTEGER_BYTES} bytes`);
  }
}
