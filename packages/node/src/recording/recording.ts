/**
 * A recording that is read: its index, and its lines from any frame on.
 * In: files. Out: where a frame, a block or a moment is; lines, unpacked section by section as they are taken.
 *
 * The index is what stands in the headers of the sections, so it is never missing and never that of another file. What follows the
 * last whole section was cut off when the recorder was killed, and is left away. A section whose bytes are damaged is a gap.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Height, Milliseconds } from '@dexwire/protocol';
import { NodeError } from '../errors.ts';
import type { Place } from '../gateway/source.ts';
import { factsOf } from './facts.ts';
import { FORMAT_VERSION, type Line, type Microseconds, parseLine } from './line.ts';
import { type Entry, findSection, HEADER_BYTES, readEntry, unpackSection } from './section.ts';

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

/** Why frames are missing where one recording ends and another begins. */
export const BETWEEN = 'recorder';

/** Lines that are read together. */
interface Section extends Entry {
  /** Frames of the recording before it. */
  readonly before: number;
  /** Of its file. */
  readonly isFirst: boolean;
  /** It is the first of a file that does not continue the one before. */
  readonly isApart: boolean;
  /** @throws what is wrong with its bytes. */
  readonly read: () => Line[];
}

type PartSection = Omit<Section, 'before' | 'isFirst' | 'isApart'>;

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

/** How much is looked through at once. */
const PIECE_BYTES = 1_048_576;

/** Where a whole section begins behind bytes that are none; `undefined` if there is no other, so that the file was cut off. */
const nextSection = (file: number, place: number, bytes: number): number | undefined => {
  for (let from = place + 1; from < bytes; from += PIECE_BYTES) {
    // As much more as a beginning has bytes, for it may stand across two pieces.
    const piece = readAt(file, from, Math.min(PIECE_BYTES + HEADER_BYTES, bytes - from));
    for (let found = findSection(piece, 0); found !== -1; found = findSection(piece, found + 1))
      if (wholeEntry(file, from + found, bytes)) return from + found;
  }
  return undefined;
};

const wholeEntry = (file: number, place: number, bytes: number): Entry | undefined => {
  const entry = readEntry(readAt(file, place, Math.min(HEADER_BYTES, bytes - place)));
  return entry && place + entry.bytes <= bytes ? entry : undefined;
};

const parseLines = (text: string): Line[] =>
  text.split('\n').flatMap((one) => (one === '' ? [] : (parseLine(one) ?? [])));

const packedPart = (file: number, bytes: number): Part => {
  const sections: PartSection[] = [];
  const add = (entry: Entry, from: number): void => {
    sections.push({ ...entry, read: () => parseLines(unpackSection(readAt(file, from, entry.bytes))) });
  };
  /** Where the latest one begins, and where it ends. */
  let [begin, place] = [0, 0];
  for (;;) {
    const entry = wholeEntry(file, place, bytes);
    if (entry) {
      add(entry, place);
      [begin, place] = [place, place + entry.bytes];
      continue;
    }
    const last = sections.at(-1);
    // From within the latest one on, for it may be its length that is wrong.
    const next = last && nextSection(file, begin, bytes);
    if (!last || next === undefined) break;
    if (next < place) {
      sections.pop();
      add({ ...last, bytes: next - begin }, begin);
    } else sections.push({ ...damagedAfter(last), bytes: next - place });
    place = next;
  }
  return { sections, bytes, cutBytes: bytes - place, close: () => closeSync(file) };
};

/** Stands for bytes behind a section of which nothing is known. */
const damagedAfter = ({ to, height }: PartSection): Omit<PartSection, 'bytes'> => ({
  ...{ frames: 0, from: to, to, heightBefore: height, height },
  read: () => {
    throw new Error('no section begins here');
  },
});

/** Between two frames that nobody wrote a time to. */
const PLAIN_STEP: Microseconds = 400_000;
/** A longer line is none of a recording's. */
const MOST_LINE_BYTES = 67_108_864;
const LINE_FEED = 10;

/** Lines as somebody wrote them down, with a time where they have none; gaps in place of what is no JSON. */
const plainLines = (text: string, after: Microseconds): Line[] => {
  let at = after;
  return text.split('\n').flatMap((one) => {
    if (one.trim() === '') return [];
    const line = plainLine(one, at);
    at = line?.at ?? at;
    return line ?? [];
  });
};

const plainLine = (text: string, at: Microseconds): Line | undefined => {
  try {
    const frame: Line = { at: at + PLAIN_STEP, kind: 'frame', socket: 1, text };
    return parseLine(text) ?? (factsOf(text) && frame);
  } catch {
    return gapAt(at, 'damaged');
  }
};

/** The lines that begin at a place, as many as a piece has, or one if it is longer; and where the next ones begin. */
const plainPiece = (file: number, place: number, bytes: number): { text: string; next: number; isCut: boolean } => {
  for (let length = PIECE_BYTES; ; length *= 2) {
    const piece = readAt(file, place, Math.min(length, bytes - place));
    const isLast = place + piece.length >= bytes;
    const end = piece.lastIndexOf(LINE_FEED) + 1;
    if (end > 0 || isLast || length >= MOST_LINE_BYTES) {
      // The last line of a file may lack its line feed.
      const isWhole = isLast && isJson(piece.subarray(end).toString());
      const used = isWhole ? piece.length : end;
      return { text: piece.subarray(0, used).toString(), next: place + used, isCut: used === 0 };
    }
  }
};

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
 * each 0.4 s, from 1970 on. It is looked through once, and its lines are read when they are wanted.
 */
const plainPart = (file: number, bytes: number): Part => {
  const sections: PartSection[] = [];
  let [place, at, height]: [number, Microseconds, Height] = [0, 0, 0];
  let isRecording = false;
  while (place < bytes) {
    const { text, next, isCut } = plainPiece(file, place, bytes);
    if (isCut) break;
    const [from, after, heightBefore] = [place, at, height];
    const lines = plainLines(text, after);
    let frames = 0;
    for (const line of lines) {
      at = line.at;
      isRecording ||= line.kind !== 'gap' || line.cause !== 'damaged';
      if (line.kind !== 'frame') continue;
      frames += 1;
      height = Math.max(height, factsOf(line.text)?.height ?? 0);
    }
    const read = (): Line[] => plainLines(readAt(file, from, next - from).toString(), after);
    const [first] = lines;
    if (first) sections.push({ bytes: next - from, frames, from: first.at, to: at, heightBefore, height, read });
    place = next;
  }
  return { sections: isRecording ? sections : [], bytes, cutBytes: bytes - place, close: () => closeSync(file) };
};

const openPart = (path: string): Part => {
  let file: number | undefined;
  let part: Part;
  try {
    file = openSync(path, 'r');
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error('it is no file');
    const isPacked = readAt(file, 0, 2).equals(Buffer.of(0x1f, 0x8b));
    part = isPacked ? packedPart(file, stat.size) : plainPart(file, stat.size);
  } catch (cause) {
    if (file !== undefined) closeSync(file);
    throw invalid(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (part.sections.length > 0) return part;
  part.close();
  throw invalid(path, 'there is no whole section in it; it is no recording, or its recorder ended at once');
};

const framesOf = (sections: readonly PartSection[]): number => sections.reduce((sum, { frames }) => sum + frames, 0);

/** Symbols and addresses, from the last line of a file that was closed in order, else from all of its frames. */
const subjectsOf = ({ sections }: Part, last: Line | undefined, symbols: Set<string>, addresses: Set<string>): void => {
  // Of fewer frames than there are it speaks where files were put one behind the other, as gzip allows.
  if (last?.kind === 'end' && last.frames === framesOf(sections)) {
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
const linesOf = (section: Pick<Section, 'read' | 'from' | 'frames'> | undefined): Line[] => {
  if (section === undefined) return [];
  try {
    const lines = section.read();
    if (lines.filter(isFrame).length === section.frames) return lines;
  } catch {
    // What is wrong with its bytes is nobody's concern: they cannot be mended.
  }
  return [gapAt(section.from, 'damaged')];
};

const isFrame = ({ kind }: Line): boolean => kind === 'frame';

const gapAt = (at: Microseconds, cause: string): Line => ({ at, kind: 'gap', cause, streams: [] });

/** The first line of a file and the last. */
interface Edges {
  readonly first: Line | undefined;
  readonly last: Line | undefined;
}

const edgesOf = ({ sections }: Part): Edges => ({
  first: linesOf(sections[0])[0],
  last: linesOf(sections.at(-1)).at(-1),
});

/** Whether one file goes on where another ended, of which nothing was cut off; of plain frames nobody knows, so it is supposed. */
const isContinued = (one: Edges, { first }: Edges): boolean =>
  one.first?.kind === 'recording' && first?.kind === 'recording'
    ? one.last?.kind === 'end' && one.first.id === first.id && one.first.part + 1 === first.part
    : one.first?.kind !== 'recording' && first?.kind !== 'recording';

class Files implements Recording {
  readonly #parts: readonly Part[];
  readonly #sections: readonly Section[];
  readonly frames: number;
  readonly symbols: readonly string[];
  readonly addresses: readonly string[];

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    let before = 0;
    let former: Edges | undefined;
    const symbols = new Set<string>();
    const addresses = new Set<string>();
    this.#sections = parts.flatMap((part) => {
      const edges = edgesOf(part);
      const isApart = former !== undefined && !isContinued(former, edges);
      former = edges;
      subjectsOf(part, edges.last, symbols, addresses);
      return part.sections.map((section, place) => {
        const isFirst = place === 0;
        const placed = { ...section, before, isFirst, isApart: isApart && isFirst };
        before += section.frames;
        return placed;
      });
    });
    this.frames = before;
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
    if (section.isApart) yield { line: gapAt(section.from, BETWEEN), frame, height };
    for (const line of linesOf(section)) {
      // Another recording, where files were put one behind the other.
      if (line.kind === 'recording' && line.part === 1 && !section.isFirst)
        yield { line: gapAt(line.at, BETWEEN), frame, height };
      if (line.kind === 'frame') {
        frame += 1;
        height = Math.max(height, factsOf(line.text)?.height ?? 0);
      }
      yield { line, frame, height };
    }
  }
}

/** Dates end 8.64e15 milliseconds after the epoch. */
const timeText = (time: Milliseconds): string => {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? `${time} ms` : date.toISOString();
};

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
