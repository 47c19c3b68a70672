/**
 * A section of a recording: some lines, compressed by themselves, behind a header that says what is in them.
 * In: lines, and their entry of the index. Out: a member of a gzip file, so that every gunzip reads a recording; and back.
 *
 * gzip lets a member have a field of one's own in its header. Ours has the length of the whole member, so that a reader hops
 * from section to section without unpacking any, and sees at once where a file was cut off. Pure.
 */
import { gunzipSync } from 'node:zlib';
import type { Height } from '@dexwire/protocol';
import type { Microseconds } from './line.ts';

/** A section as the index has it. */
export interface Entry {
  /** Of the whole member. */
  readonly bytes: number;
  readonly frames: number;
  /** Of the first and the last line. */
  readonly from: Microseconds;
  readonly to: Microseconds;
  /** The highest block of the file before this one's lines, and behind them; 0 before any was seen. */
  readonly heightBefore: Height;
  readonly height: Height;
}

/** ID1, ID2, deflate, FEXTRA; then time, flags and system, of which nothing is said. */
const HEAD = Uint8Array.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255);
/** A gzip header without any field, which ours takes the place of. */
const PLAIN_HEAD_BYTES = 10;
/** `D`, `W`: the field's name. */
const NAME = Uint8Array.of(0x44, 0x57);
const FIELD_BYTES = 40;
/** What all sections begin with: the field's own length, and that of what is in it, are little-endian. */
const START = Buffer.of(...HEAD, NAME.length + 2 + FIELD_BYTES, 0, ...NAME, FIELD_BYTES, 0);
export const HEADER_BYTES = START.length + FIELD_BYTES;

/** Deflate makes no more than 1032 bytes of one, and the line of a frame has at least 43. */
const MOST_FRAMES_A_BYTE = 24;

/** What a section may unpack to: a damaged one shall not fill the memory. Writers begin a new one long before. */
const MOST_BYTES = 268_435_456;

/** @param packed - Lines as `gzip` gave them. */
export const sealSection = (packed: Uint8Array, entry: Omit<Entry, 'bytes'>): Buffer => {
  const bytes = HEADER_BYTES + packed.length - PLAIN_HEAD_BYTES;
  const header = Buffer.alloc(HEADER_BYTES);
  header.set(START, 0);
  header.writeUInt32LE(bytes, 16);
  header.writeUInt32LE(entry.frames, 20);
  header.writeBigUInt64LE(BigInt(entry.from), 24);
  header.writeBigUInt64LE(BigInt(entry.to), 32);
  header.writeBigUInt64LE(BigInt(entry.heightBefore), 40);
  header.writeBigUInt64LE(BigInt(entry.height), 48);
  return Buffer.concat([header, packed.subarray(PLAIN_HEAD_BYTES)], bytes);
};

/** @returns `undefined` if no section begins here, not all of its header is there, or what it says cannot be. */
export const readEntry = (header: Buffer): Entry | undefined => {
  if (header.length < HEADER_BYTES || !header.subarray(0, START.length).equals(START)) return undefined;
  const whole = (place: number): number => Number(header.readBigUInt64LE(place));
  const [bytes, frames] = [header.readUInt32LE(16), header.readUInt32LE(20)];
  const [from, to, heightBefore, height] = [whole(24), whole(32), whole(40), whole(48)];
  // No checksum covers a header. What a flipped bit makes of it is seen here, or when the lines are counted.
  if (bytes <= HEADER_BYTES || frames > bytes * MOST_FRAMES_A_BYTE || from > to || heightBefore > height)
    return undefined;
  if (!Number.isSafeInteger(to) || !Number.isSafeInteger(height)) return undefined;
  return { bytes, frames, from, to, heightBefore, height };
};

/** Where the next section may begin, if one does, in bytes that stand where one should: -1 if nowhere. */
export const findSection = (bytes: Buffer, place: number): number => bytes.indexOf(START, place);

/** The lines of a section. @throws Error of `node:zlib` if its bytes are not those that were written. */
export const unpackSection = (member: Uint8Array): string =>
  gunzipSync(member, { maxOutputLength: MOST_BYTES }).toString('utf8');
