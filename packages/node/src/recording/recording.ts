/**
 * A recording that is read: its index, and its lines from any frame on.
 * In: files. Out: where a frame, a block or a moment is; lines, unpacked section by section as they are taken.
 *
 * The index is what stands in the headers of the sections, so it is never missing and never wrong. What follows the last whole
 * section was cut off when the recorder was killed, and is left away. A section whose bytes are damaged is a gap.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Height, Milliseconds } from '@dexwire/protocol';
import { NodeError } from '../errors.ts';
import type { Place } from '../gateway/source.ts';
import { factsOf } from './facts.ts';
import { FORMAT_VERSION, type Line, type Microseconds, parseLine } from './line.ts';
import { type Entry, HEADER_BYTES, readEntry, unpackSection } from './section.ts';

/** A place in a recording: a frame, counted from 1; the first frame of a block or of a later one; the first at a time or after. */
export type RecordedPlace = Place | { readonly frame: number };

/** A line, and where it stands. */
export interface Placed {
  readonly line: Line;
  /** How many frames there are up to here: of a frame, its number. */
  readonly frame: number;
  /** The highest block up to here. */
  readonly height: Height;
}

export interface Recording {
  readonly frames: number;
  /** Of the first line and the last. */
  readonly from: Microseconds;
  readonly to: Microseconds;
  readonly heights: { readonly from: Height; readonly to: Height };
  readonly symbols: readonly string[];
  readonly addresses: readonly string[];
  readonly bytes: number;
  /** Of these, what stands behind the last whole section of its file. */
  readonly cutBytes: number;
  /**
   * All of them; or those from a frame on, that one first. Where one recording ends and the next begins, and where bytes are
   * damaged, there is a gap.
   */
  lines(frame?: number): Iterable<Placed>;
  /**
   * The number of the frame at a place.
   *
   * @throws NodeError `PLACE_UNKNOWN` behind the last frame.
   */
  frameAt(place: RecordedPlace): number;
  close(): void;
}

/** Lines that are read together. */
interface Section extends Entry {
  /** Frames of the recording before it. */
  readonly before: number;
  /** It is the first of a file that does not continue the one before. */
  readonly isApart: boolean;
  /** @throws what is wrong with its bytes. */
  readonly read: () => string;
}

type PartSection = Omit<Section, 'before' | 'isApart'>;

/** One file. */
interface Part {
  readonly sections: readonly PartSection[];
  readonly bytes: number;
  readonly cutBytes: number;
  readonly close: () => void;
}

const invalid = (path: string, problem: string, cause?: unknown): NodeError =>
  new NodeError('RECORDING_INVALID', `cannot read ${path}: ${problem}`, { cause });

const readAt = (file: number, place: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = readSync(file, bytes, read, length - read, place + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
};

const packedPart = (file: number, bytes: number): Part => {
  const sections: PartSection[] = [];
  let place = 0;
  for (;;) {
    const entry = readEntry(readAt(file, place, Math.min(HEADER_BYTES, bytes - place)));
    if (entry === undefined || place + entry.bytes > bytes) break;
    const from = place;
    sections.push({ ...entry, read: () => unpackSection(readAt(file, from, entry.bytes)) });
    place += entry.bytes;
  }
  return { sections, bytes, cutBytes: bytes - place, close: () => closeSync(file) };
};

/** Between two frames that nobody wrote a time to. */
const PLAIN_STEP: Microseconds = 400_000;
const PLAIN_LINES = 1_000;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * A file of plain lines: those of a recording, unpacked; or frames as they are, one a line. These have no times, and get one
 * each 0.4 s, from 1970 on.
 */
const plainPart = (text: string): Part => {
  const found = text.split('\n');
  const last = found.at(-1) ?? '';
  const isCut = last !== '' && !isJson(last);
  if (isCut) found.pop();
  const lines: string[] = [];
  let at: Microseconds = 0;
  for (const one of found.filter(isJson)) {
    let line = parseLine(one);
    if (line === undefined) {
      if (factsOf(one) === undefined) continue;
      line = { at: at + PLAIN_STEP, kind: 'frame', socket: 1, text: one };
    }
    at = line.at;
    lines.push(JSON.stringify(line));
  }
  const sections: PartSection[] = [];
  let height: Height = 0;
  for (let place = 0; place < lines.length; place += PLAIN_LINES) {
    const some = lines.slice(place, place + PLAIN_LINES);
    const joined = some.join('\n');
    const heightBefore = height;
    let frames = 0;
    let [from, to] = [Number.NaN, 0];
    for (const one of some) {
      const line = parseLine(one);
      if (!line) continue;
      if (Number.isNaN(from)) from = line.at;
      to = line.at;
      if (line.kind !== 'frame') continue;
      frames += 1;
      height = Math.max(height, factsOf(line.text)?.height ?? 0);
    }
    sections.push({ bytes: joined.length, frames, from, to, heightBefore, height, read: () => joined });
  }
  return { sections, bytes: Buffer.byteLength(text), cutBytes: isCut ? Buffer.byteLength(last) : 0, close: () => {} };
};

const openPart = (path: string): Part => {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw invalid(path, String(cause), cause);
  }
  const isPacked = readAt(file, 0, 2).equals(Buffer.of(0x1f, 0x8b));
  const part = isPacked ? packedPart(file, fstatSync(file).size) : plainPart(readFileSync(file, 'utf8'));
  if (!isPacked) closeSync(file);
  if (part.sections.length > 0) return part;
  part.close();
  throw invalid(path, 'there is no whole section in it; it is no recording, or its recorder ended at once');
};

/** Symbols and addresses, from the last line of a file that was closed in order, else from all of its frames. */
const subjectsOf = ({ sections }: Part, symbols: Set<string>, addresses: Set<string>): void => {
  const last = linesOf(sections.at(-1)).at(-1);
  if (last?.kind === 'end') {
    for (const symbol of last.symbols) symbols.add(symbol);
    for (const address of last.addresses) addresses.add(address);
    return;
  }
  for (const section of sections) {
    for (const line of linesOf(section)) {
      if (line.kind !== 'frame') continue;
      if (line.address !== undefined) addresses.add(line.address);
      const facts = factsOf(line.text);
      if (facts?.stream.scope === 'symbol' && facts.subject !== undefined) symbols.add(facts.subject);
    }
  }
};

/** The lines of a section; a gap in place of a damaged one. */
const linesOf = (section: Pick<Section, 'read' | 'from'> | undefined): Line[] => {
  if (section === undefined) return [];
  try {
    return section
      .read()
      .split('\n')
      .flatMap((text) => (text === '' ? [] : (parseLine(text) ?? [])));
  } catch {
    return [gapAt(section.from, 'damaged')];
  }
};

const gapAt = (at: Microseconds, cause: string): Line => ({ at, kind: 'gap', cause, streams: [] });

/** Whether one file goes on where another ended, by their first lines; of plain frames nobody knows, so it is supposed. */
const isContinued = (one: Line, other: Line | undefined): boolean =>
  one.kind === 'recording' && other?.kind === 'recording'
    ? one.id === other.id && one.part + 1 === other.part
    : one.kind !== 'recording' && other?.kind !== 'recording';

class Files implements Recording {
  readonly #parts: readonly Part[];
  readonly #sections: readonly Section[];
  readonly frames: number;
  readonly symbols: readonly string[];
  readonly addresses: readonly string[];

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    let before = 0;
    let last: Line | undefined;
    this.#sections = parts.flatMap(({ sections }) => {
      const [first] = linesOf(sections[0]);
      const isApart = last !== undefined && !isContinued(last, first);
      last = first;
      return sections.map((section, place) => {
        const placed = { ...section, before, isApart: isApart && place === 0 };
        before += section.frames;
        return placed;
      });
    });
    this.frames = before;
    const symbols = new Set<string>();
    const addresses = new Set<string>();
    for (const part of parts) subjectsOf(part, symbols, addresses);
    this.symbols = [...symbols].sort();
    this.addresses = [...addresses].sort();
  }

  get from(): Microseconds {
    return this.#sections[0]?.from ?? 0;
  }

  get to(): Microseconds {
    return this.#sections.at(-1)?.to ?? 0;
  }

  get heights(): { from: Height; to: Height } {
    const first = this.#sections.find(({ height }) => height > 0);
    for (const { height } of first ? this.#placed(first) : [])
      if (height > 0) return { from: height, to: this.#sections.at(-1)?.height ?? height };
    return { from: 0, to: 0 };
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get cutBytes(): number {
    return this.#parts.reduce((sum, { cutBytes }) => sum + cutBytes, 0);
  }

  *lines(frame = 0): Generator<Placed> {
    for (const section of this.#sections) {
      if (section.before + section.frames < frame) continue;
      for (const placed of this.#placed(section)) if (placed.frame >= frame) yield placed;
    }
  }

  frameAt(place: RecordedPlace): number {
    if ('frame' in place) {
      if (Number.isSafeInteger(place.frame) && place.frame >= 1 && place.frame <= this.frames) return place.frame;
      throw unknown(`there is no frame ${place.frame}; they are counted from 1 to ${this.frames}`);
    }
    const isThere =
      'height' in place
        ? (_: Microseconds, height: Height) => height >= place.height
        : (at: Microseconds) => at >= place.time * 1_000;
    for (const section of this.#sections) {
      if (section.frames === 0 || !isThere(section.to, section.height)) continue;
      for (const { line, frame, height } of this.#placed(section))
        if (line.kind === 'frame' && isThere(line.at, height)) return frame;
    }
    const { heights } = this;
    throw 'height' in place
      ? unknown(`there is no block ${place.height}; the last one is ${heights.to}`)
      : unknown(`nothing comes at ${timeText(place.time)} or after it; the end is at ${timeText(this.to / 1_000)}`);
  }

  close(): void {
    for (const part of this.#parts) part.close();
  }

  *#placed(section: Section): Generator<Placed> {
    let frame = section.before;
    let height = section.heightBefore;
    if (section.isApart) yield { line: gapAt(section.from, 'recorder'), frame, height };
    for (const line of linesOf(section)) {
      if (line.kind === 'frame') {
        frame += 1;
        height = Math.max(height, factsOf(line.text)?.height ?? 0);
      }
      yield { line, frame, height };
    }
  }
}

const timeText = (time: Milliseconds): string => new Date(time).toISOString();

const unknown = (problem: string): NodeError => new NodeError('PLACE_UNKNOWN', problem);

/**
 * Opens the files of a recording, or of several, as one: in the order of their times.
 *
 * @throws NodeError `RECORDING_INVALID`.
 */
export const openRecording = (...paths: readonly string[]): Recording => {
  const parts: Part[] = [];
  try {
    if (paths.length === 0) throw invalid('nothing', 'no file was given');
    for (const path of paths) {
      const part = openPart(path);
      parts.push(part);
      const [first] = linesOf(part.sections[0]);
      if (first?.kind === 'recording' && first.version > FORMAT_VERSION)
        throw invalid(
          path,
          `it has version ${first.version} of the format, of which this program knows ${FORMAT_VERSION}`,
        );
    }
    return new Files(parts.sort((one, other) => (one.sections[0]?.from ?? 0) - (other.sections[0]?.from ?? 0)));
  } catch (error) {
    for (const part of parts) part.close();
    throw error;
  }
};
