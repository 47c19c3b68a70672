/**
 * Writes a recording, section by section, so that whatever ends the process takes no more than the last second with it.
 * In: what happens, as it happens. Out: a file, or one after another where it is to be rotated.
 *
 * A section is sealed half a second after its first line, or when it is large: packed on another thread, appended, and handed to
 * the disk before the next one. Half a second is left for that. Nothing is ever written over.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Height, Milliseconds } from '@dexwire/protocol';
import { type Clock, systemClock } from '../clock.ts';
import { NodeError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { factsOf } from './facts.ts';
import { FORMAT_VERSION, formatLine, type Happening, type Microseconds } from './line.ts';
import { type Entry, sealSection } from './section.ts';

const pack = promisify(gzip);

/** When a part is full. */
export interface Rotation {
  readonly bytes?: number;
  readonly ms?: Milliseconds;
}

export interface RecordingOptions {
  /** `market.ndjson.gz`. With a rotation its parts are `market.00001.ndjson.gz` and so on. */
  readonly path: string;
  readonly rotate?: Rotation;
  /** Where receive times come from. Fractions of a millisecond are kept, to the microsecond. */
  readonly clock?: Clock;
  /** Who records, for the first line. */
  readonly by?: string;
  /** How much may wait for the disk; frames beyond are left out, which the recording then says. In characters. */
  readonly mostWaiting?: number;
  /** The disk refused: once. Nothing is written from then on, and `close` rejects with the same. */
  readonly onError?: (error: NodeError) => void;
}

export interface RecordingStats {
  /** Written, or about to be. */
  readonly frames: number;
  /** Left out, as the disk was too slow. */
  readonly dropped: number;
  /** In all files, packed and written. */
  readonly bytes: number;
  /** Of what was packed into these. */
  readonly unpackedBytes: number;
  /** All files so far. */
  readonly paths: readonly string[];
  /** Latest block that was seen. */
  readonly height: Height;
}

const FLUSH_MS = 500;
/** Larger sections pack hardly better, and take longer to be reached into. */
const SECTION_CHARACTERS = 1_048_576;
const MOST_WAITING = 67_108_864;

/** Levels of gzip: two and a half times as fast, and a fifth larger, when more than so many characters wait. */
const HURRY = 4_194_304;
const FAST = 3;
const SMALL = 6;

const ENDING = '.ndjson.gz';

/** The file of a part. */
export const partPath = (path: string, part: number): string =>
  `${path.endsWith(ENDING) ? path.slice(0, -ENDING.length) : path}.${String(part).padStart(5, '0')}${ENDING}`;

/** Lines that are not yet packed. */
interface Pending {
  readonly lines: string[];
  readonly from: Microseconds;
  to: Microseconds;
  characters: number;
  frames: number;
  readonly heightBefore: Height;
  height: Height;
  readonly symbols: Set<string>;
  readonly addresses: Set<string>;
}

/** One file. */
interface Part {
  readonly file: FileHandle;
  readonly from: Microseconds;
  bytes: number;
  frames: number;
  readonly symbols: Set<string>;
  readonly addresses: Set<string>;
}

const failed = (path: string, cause: unknown): NodeError => {
  const { code, message } = cause as NodeJS.ErrnoException;
  const hint = code === 'EEXIST' ? 'it is there already; give another name' : message;
  return new NodeError('RECORDING_FAILED', `cannot write ${path}: ${hint}`, { cause });
};

export class RecordingWriter {
  readonly #options: RecordingOptions;
  readonly #clock: Clock;
  readonly #id = randomUUID();
  #part: Part;
  readonly #paths: string[];
  #pending: Pending | undefined;
  #timer: unknown;
  /** What is being packed and written. */
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #at: Microseconds = 0;
  #height: Height = 0;
  /** The same, of what is written. */
  #written: Height = 0;
  #frames = 0;
  #dropped = 0;
  /** Of these, those that the recording has not told yet. */
  #untold = 0;
  #bytes = 0;
  #unpackedBytes = 0;
  #failure: NodeError | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Opens the first file, which has its first line at once.
   *
   * @throws NodeError `RECORDING_FAILED` if it is there already, or cannot be written; then nothing is left of it.
   */
  static async open(options: RecordingOptions): Promise<RecordingWriter> {
    const path = options.rotate ? partPath(options.path, 1) : options.path;
    const file = await open(path, 'wx').catch((cause: unknown) => {
      throw failed(path, cause);
    });
    const writer = new RecordingWriter(options, path, file);
    try {
      await writer.#began();
    } catch (cause) {
      await file.close().catch(() => {});
      await rm(path, { force: true }).catch(() => {});
      throw failed(path, cause);
    }
    return writer;
  }

  private constructor(options: RecordingOptions, path: string, file: FileHandle) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#paths = [path];
    this.#part = this.#partOf(file, this.#now());
  }

  get stats(): RecordingStats {
    return {
      frames: this.#frames,
      dropped: this.#dropped,
      bytes: this.#bytes,
      unpackedBytes: this.#unpackedBytes,
      paths: [...this.#paths],
      height: this.#height,
    };
  }

  /** A text came. @param address - Whose personal streams the socket was asked for, if any. */
  frame(socket: number, text: string, address?: string): void {
    if (this.#failure || this.#closed) return;
    if (this.#waiting > (this.#options.mostWaiting ?? MOST_WAITING)) {
      this.#dropped += 1;
      this.#untold += 1;
      return;
    }
    this.#tellDropped();
    const facts = factsOf(text);
    const isPersonal = facts?.stream.scope === 'address' && address !== undefined;
    const pending = this.#add({ kind: 'frame', socket, ...(isPersonal && { address }), text });
    this.#frames += 1;
    pending.frames += 1;
    if (isPersonal) pending.addresses.add(address);
    if (facts?.stream.scope === 'symbol' && facts.subject !== undefined) pending.symbols.add(facts.subject);
    if (facts?.height !== undefined && facts.height > this.#height) this.#height = facts.height;
    pending.height = this.#height;
    if (pending.characters > SECTION_CHARACTERS) this.#seal();
  }

  /** Something else happened. */
  write(what: Happening): void {
    if (this.#failure || this.#closed) return;
    this.#tellDropped();
    this.#add(what);
  }

  /** Once all that was written so far is with the disk. @throws NodeError `RECORDING_FAILED`. */
  async flushed(): Promise<void> {
    this.#seal();
    await this.#writing;
    if (this.#failure) throw this.#failure;
  }

  /** Writes what is left, and the last line. Final. @throws NodeError `RECORDING_FAILED`. */
  close(): Promise<void> {
    if (this.#closed) return this.#closed;
    this.#tellDropped();
    this.#seal();
    this.#closed = this.#writing.then(async () => {
      const path = this.#paths.at(-1) ?? '';
      try {
        if (!this.#failure) await this.#end();
        else await this.#part.file.close();
      } catch (cause) {
        this.#failure ??= failed(path, cause);
      }
      if (this.#failure) throw this.#failure;
    });
    return this.#closed;
  }

  /** Never before what was written last, even if the clock is set back. */
  #now(): Microseconds {
    this.#at = Math.max(this.#at, Math.round(this.#clock.now() * 1_000));
    return this.#at;
  }

  #tellDropped(): void {
    if (this.#untold === 0 || this.#failure) return;
    const frames = this.#untold;
    this.#untold = 0;
    this.#add({ kind: 'dropped', frames });
  }

  #add(what: Happening): Pending {
    const at = this.#now();
    const line = formatLine(at, what);
    this.#pending ??= this.#begun(at);
    const pending = this.#pending;
    pending.lines.push(line);
    pending.to = at;
    pending.characters += line.length;
    this.#waiting += line.length;
    return pending;
  }

  #begun(at: Microseconds): Pending {
    this.#timer = this.#clock.setTimeout(() => this.#seal(), FLUSH_MS);
    const height = this.#height;
    return {
      ...{ lines: [], from: at, to: at, characters: 0, frames: 0, heightBefore: height, height },
      ...{ symbols: new Set<string>(), addresses: new Set<string>() },
    };
  }

  #seal(): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#clock.clearTimeout(this.#timer);
    this.#pending = undefined;
    this.#writing = this.#writing.then(async () => {
      if (this.#failure) return;
      try {
        await this.#rotate(pending.from);
        await this.#append(pending.lines.join(''), pending);
        for (const symbol of pending.symbols) this.#part.symbols.add(symbol);
        for (const address of pending.addresses) this.#part.addresses.add(address);
      } catch (cause) {
        this.#failure = failed(this.#paths.at(-1) ?? '', cause);
        this.#options.onError?.(this.#failure);
      } finally {
        this.#waiting -= pending.characters;
      }
    });
  }

  async #append(text: string, entry: Omit<Entry, 'bytes'>): Promise<void> {
    const part = this.#part;
    const lines = Buffer.from(text);
    const section = sealSection(await pack(lines, { level: this.#waiting > HURRY ? FAST : SMALL }), entry);
    await part.file.appendFile(section);
    await part.file.datasync();
    part.bytes += section.length;
    part.frames += entry.frames;
    this.#written = entry.height;
    this.#bytes += section.length;
    this.#unpackedBytes += lines.length;
  }

  /** Goes on in a new file if this one is full. */
  async #rotate(now: Microseconds): Promise<void> {
    const { rotate, path } = this.#options;
    const part = this.#part;
    if (!rotate || part.frames === 0) return;
    const { bytes = Number.POSITIVE_INFINITY, ms = Number.POSITIVE_INFINITY } = rotate;
    if (part.bytes < bytes && now - part.from < ms * 1_000) return;
    await this.#end(now);
    const next = partPath(path, this.#paths.length + 1);
    this.#paths.push(next);
    this.#part = this.#partOf(await open(next, 'wx'), now);
    await this.#began();
  }

  #partOf(file: FileHandle, from: Microseconds): Part {
    return { file, from, bytes: 0, frames: 0, symbols: new Set(), addresses: new Set() };
  }

  /** The first line of a file. */
  async #began(): Promise<void> {
    const { by = `dexwire ${VERSION}` } = this.#options;
    const part = this.#paths.length;
    const at = this.#part.from;
    await this.#append(formatLine(at, { kind: 'recording', version: FORMAT_VERSION, id: this.#id, part, by }), {
      ...{ frames: 0, from: at, to: at, heightBefore: this.#written, height: this.#written },
    });
  }

  /** The last line of a file, which is closed then. */
  async #end(at: Microseconds = this.#at): Promise<void> {
    const { file, frames, symbols, addresses } = this.#part;
    const line = formatLine(at, { kind: 'end', frames, symbols: [...symbols], addresses: [...addresses] });
    const height = this.#written;
    await this.#append(line, { frames: 0, from: at, to: at, heightBefore: height, height });
    await file.close();
  }
}
