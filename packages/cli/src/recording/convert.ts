/**
 * `dexwire convert`: from a recording to tables.
 * In: files, a folder. Out: a table for each topic, one of gaps, and one of texts that no reader takes.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import { Copies, factsOf, openRecording, type Placed, type Recording } from '@dexwire/node';
import { DexError, decode, type Stream } from '@dexwire/protocol';
import type { ConvertOptions } from '../commands/convert.ts';
import { CliError, messageOf } from '../errors.ts';
import type { World } from '../world.ts';
import { type Column, eventColumns, integerColumn, TooWide, textColumn, timeColumn } from './columns.ts';
import { countText, cutText, type Progress, progressOf } from './progress.ts';
import { Table } from './table.ts';

/** What stands in front of each event. */
const ORIGIN = [integerColumn('frame'), timeColumn('receivedAt'), integerColumn('socket')];
const GAPS = [
  integerColumn('frame'),
  timeColumn('at'),
  textColumn('kind'),
  textColumn('cause', 'OPTIONAL'),
  textColumn('streams', 'OPTIONAL'),
  integerColumn('from', 'OPTIONAL'),
  integerColumn('to', 'OPTIONAL'),
  textColumn('lost', 'OPTIONAL'),
  integerColumn('dropped', 'OPTIONAL'),
];
const UNREAD = [...ORIGIN, textColumn('text'), textColumn('problem')];

/** Values of all tables that wait for their groups: beyond that the fullest one is written, however many tables there are. */
const MOST_WAITING = 1_000_000;

interface TopicTable {
  readonly stream: Stream;
  readonly table: Table;
  readonly hasAddress: boolean;
  readonly members: ReturnType<typeof eventColumns>;
}

/** All tables of one go. */
class Tables {
  readonly all: Table[] = [];
  readonly #folder: string;
  readonly #wide: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #topics = new Map<string, TopicTable>();
  readonly #copies = new Copies();
  #gaps: Table | undefined;
  #unread: Table | undefined;

  /** @param wide - By topic. */
  constructor(folder: string, wide: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#folder = folder;
    this.#wide = wide;
  }

  add(placed: Placed): void {
    const { line, frame } = placed;
    if (line.kind === 'frame') this.#frame(frame, line);
    else if (line.kind === 'gap' || line.kind === 'gapClosed' || line.kind === 'dropped') this.#gap(frame, line);
    if (this.all.reduce((sum, { waiting }) => sum + waiting, 0) > MOST_WAITING) this.#fullest()?.flush();
  }

  #fullest(): Table | undefined {
    const [first, ...others] = this.all;
    return others.reduce((fullest, table) => (table.waiting > (fullest?.waiting ?? 0) ? table : fullest), first);
  }

  #gap(frame: number, line: Extract<Placed['line'], { kind: 'gap' | 'gapClosed' | 'dropped' }>): void {
    this.#gaps ??= this.#open('gaps', GAPS);
    const { at, kind, cause, streams, from, to, lost, frames }: Partial<Record<string, unknown>> = { ...line };
    const names = Array.isArray(streams) ? streams.join(' ') : undefined;
    addTo(this.#gaps, GAPS, [frame, at, kind, cause, names, from, to, lost, frames]);
  }

  #frame(frame: number, { at, socket, address, text }: Extract<Placed['line'], { kind: 'frame' }>): void {
    const facts = factsOf(text);
    const origin = [frame, at, socket];
    if (!facts) {
      this.#unreadable(origin, text, 'no frame of a stream');
      return;
    }
    const { stream } = facts;
    if (!this.#copies.isFirst(`${address ?? ''}@${stream.topic}`, socket, text, at)) return;
    let data: unknown;
    try {
      data = decode(stream, text);
    } catch (error) {
      if (!(error instanceof DexError)) throw error;
      this.#unreadable(origin, text, error.message);
      return;
    }
    const { table, members, hasAddress } = this.#topic(stream);
    const front = [BigInt(frame), BigInt(at), BigInt(socket), ...(hasAddress ? [address] : [])];
    for (const event of (Array.isArray(data) ? data : [data]) as readonly Readonly<Record<string, unknown>>[])
      table.add([...front, ...members.map(({ from, column }) => this.#valueOf(stream, column, event[from]))]);
  }

  #valueOf(stream: Stream, column: Column, value: unknown): unknown {
    try {
      return column.of(value);
    } catch (error) {
      if (error instanceof TooWide) throw new WideTopic(stream.topic, error.path);
      throw error;
    }
  }

  #topic(stream: Stream): TopicTable {
    const known = this.#topics.get(stream.topic);
    if (known) return known;
    const hasAddress = stream.scope === 'address';
    const members = eventColumns(stream, this.#wide.get(stream.topic) ?? new Set());
    const table = this.#open(stream.topic, [
      ...ORIGIN,
      ...(hasAddress ? [textColumn('address', 'OPTIONAL')] : []),
      ...members.map(({ column }) => column),
    ]);
    const topic = { stream, table, hasAddress, members };
    this.#topics.set(stream.topic, topic);
    return topic;
  }

  #unreadable(origin: readonly unknown[], text: string, problem: string): void {
    this.#unread ??= this.#open('unread', UNREAD);
    addTo(this.#unread, UNREAD, [...origin, text, problem]);
  }

  #open(name: string, columns: readonly Column[]): Table {
    const table = new Table(join(this.#folder, `${name}.parquet`), columns);
    this.all.push(table);
    return table;
  }
}

/** Begin again, with a text beside that member of the topic. */
class WideTopic extends Error {
  override readonly name = 'WideTopic';
  readonly topic: string;
  readonly path: string;

  constructor(topic: string, path: string) {
    super(`${topic}: ${path}`);
    this.topic = topic;
    this.path = path;
  }
}

const addTo = (table: Table, columns: readonly Column[], values: readonly unknown[]): void =>
  table.add(columns.map(({ of }, place) => of(values[place])));

/** How many lines are read before others have a turn. */
const ROUND_LINES = 2_000;

const writeAll = async (world: World, recording: Recording, tables: Tables, progress: Progress): Promise<void> => {
  let lines = 0;
  for (const placed of recording.lines()) {
    tables.add(placed);
    lines += 1;
    if (lines % ROUND_LINES !== 0) continue;
    progress.show(placed.frame / recording.frames, `frame ${countText(placed.frame)}  block ${placed.height}`);
    await nextRound();
    world.signal.throwIfAborted();
  }
};

/** @throws CliError `USAGE`, `FAILED`; NodeError `RECORDING_INVALID`; the signal's reason. */
export const convert = async (world: World, files: readonly string[], { out, json }: ConvertOptions): Promise<void> => {
  const recording = openRecording(...files);
  const progress = progressOf(world);
  const wide = new Map<string, Set<string>>();
  let tables = new Tables(out, wide);
  try {
    mkdirSync(out, { recursive: true });
    for (let isDone = false; !isDone; ) {
      tables = new Tables(out, wide);
      try {
        await writeAll(world, recording, tables, progress);
        isDone = true;
      } catch (error) {
        if (!(error instanceof WideTopic)) throw error;
        wide.set(error.topic, (wide.get(error.topic) ?? new Set()).add(error.path));
      }
    }
    for (const table of tables.all) table.close();
  } catch (error) {
    // A table without its end is read by nobody.
    for (const { path } of tables.all) rmSync(path, { force: true });
    if (error instanceof Error && 'syscall' in error)
      throw new CliError('FAILED', `cannot write to ${out}: ${messageOf(error)}`, { cause: error });
    throw error;
  } finally {
    progress.end();
    recording.close();
  }
  const written = tables.all.map(({ path, rows }) => ({ path, rows }));
  const { cutBytes } = recording;
  if (cutBytes > 0 && !json) world.stderr.write(`${cutText(cutBytes)}\n`);
  world.stdout.write(
    json
      ? `${JSON.stringify({ files: written, cutBytes })}\n`
      : written.map(({ path, rows }) => `${path}  ${countText(rows)} rows\n`).join(''),
  );
};
