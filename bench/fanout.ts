/**
 * Fan-out: what a message costs the gateway's processor, against `ws.send` of a ready string for each message and socket;
 * and what an idle session keeps in memory, against `ws` alone. Readers are a process of their own that reads and forgets.
 * Out: rows by messages of a turn and sockets; then how the cost changes with the sockets, and memory.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Child } from './child.ts';
import type { MemorySample, ServerQuestion } from './fanOutServer.ts';
import { seeded } from './frames.ts';
import { machine, medianOf, type Result, type Row, ratioOfCosts, takeTurns } from './measure.ts';
import type { ReadersQuestion } from './readers.ts';
import { serverFrame } from './serverFrame.ts';
import { nameOf, textOf } from './texts.ts';

const CONTENDERS = ['dexwire', 'ws'] as const;
type Contender = (typeof CONTENDERS)[number];
const BAR = 'ws.send of a ready string, each message and socket';

/** Messages of a turn, and how many turns a sample has, so that it takes a tenth of a second or more. */
const BATCHES = [8, 1, 32] as const;
const TURNS = { dexwire: { 1: 20, 8: 10, 32: 6 }, ws: { 1: 20, 8: 3, 32: 1 } } as const;
const FRAME_BYTES = serverFrame(textOf('')).length;

/** Who wants what: paths of the sockets, and symbols by how many sockets want them. */
interface Crowd {
  readonly paths: readonly string[];
  readonly symbols: readonly string[];
}

/** Symbols that as many sockets want: names without a length of their own, so that all texts are of one size. */
const symbolsOf = (sockets: number): string[] =>
  Array.from({ length: 32 }, (_, place) => `S${sockets}${String(place).padStart(2, '0')}_BNB`);

const pathOf = (symbols: readonly string[]): string => `/api/stream?streams=${symbols.map(nameOf).join('/')}`;

/** Sockets that all want the 32 symbols of their number, and those of every smaller number they are among. */
const crowdOf = (...sizes: readonly number[]): Crowd => ({
  paths: Array.from({ length: Math.max(...sizes) }, (_, place) =>
    pathOf(sizes.filter((size) => place < size).flatMap(symbolsOf)),
  ),
  symbols: sizes.flatMap(symbolsOf),
});

/** A server and its readers. */
class Side {
  readonly contender: Contender;
  readonly server: Child<ServerQuestion>;
  readonly readers = new Child<ReadersQuestion>('readers');
  readonly #crowd: Crowd;
  #port = 0;

  constructor(contender: Contender, crowd: Crowd) {
    this.contender = contender;
    this.server = new Child('fanOutServer', [contender]);
    this.#crowd = crowd;
  }

  async open(): Promise<void> {
    const { symbols, paths } = this.#crowd;
    this.#port = await this.server.ask<number>({ kind: 'listen', symbols });
    await this.connect(paths);
  }

  connect(paths: readonly string[]): Promise<void> {
    return this.readers.ask({ kind: 'connect', port: this.#port, paths });
  }

  /** @returns Microseconds of the server's processor for each message that arrived, and the digests if wished. */
  async send(
    symbols: readonly string[],
    deliveries: number,
    turns: number,
    digest = false,
  ): Promise<{ cost: number; digests: readonly string[] }> {
    const messages = deliveries * turns;
    await this.readers.ask({ kind: 'expect', bytes: messages * FRAME_BYTES, digest });
    await this.server.ask({ kind: 'send', symbols, turns });
    const digests = await this.readers.ask<string[]>({ kind: 'await' });
    const cpu = await this.server.ask<number>({ kind: 'end' });
    return { cost: cpu / messages, digests };
  }

  async end(): Promise<void> {
    await this.readers.end();
    await this.server.end();
  }
}

const rows: Row[] = [];

const opened = async (crowd: Crowd): Promise<Record<Contender, Side>> => {
  const sides = { dexwire: new Side('dexwire', crowd), ws: new Side('ws', crowd) };
  for (const side of Object.values(sides)) await side.open();
  return sides;
};

/** What one socket got is what was sent, to the byte, in order. */
const check = async (side: Side, wanted: readonly (readonly string[])[], symbols: readonly string[]): Promise<void> => {
  const deliveries = wanted.reduce((sum, { length }) => sum + length, 0);
  const { digests } = await side.send(symbols, deliveries, 2, true);
  wanted.forEach((list, place) => {
    const hash = createHash('sha1');
    const isWanted = new Set(list);
    for (let turn = 0; turn < 2; turn++) {
      for (const symbol of symbols) if (isWanted.has(symbol)) hash.update(serverFrame(textOf(symbol)));
    }
    if (digests[place] !== hash.digest('hex')) throw new Error(`${side.contender}: socket ${place} got something else`);
  });
};

const row = (contender: string, against: string, own: readonly number[], bar: readonly number[]): void => {
  rows.push({
    contender,
    against,
    ratio: ratioOfCosts(own, bar),
    figures: { 'CPU us/message': medianOf(own), 'of the bar': medianOf(bar) },
  });
};

/** 1, 8 and 32 messages a turn to the largest number of sockets; to smaller numbers 8, by the gateway only. */
const spread = async (rounds: number, ...sizes: readonly number[]): Promise<void> => {
  const size = Math.max(...sizes);
  const sides = await opened(crowdOf(...sizes));
  const samplers: Record<string, () => Promise<number>> = {};
  for (const contender of CONTENDERS) {
    const side = sides[contender];
    const all = symbolsOf(size);
    await check(side, Array<string[]>(size).fill(all), all);
    const scale = 1000 / size;
    for (const batch of BATCHES) {
      const symbols = all.slice(0, batch);
      const turns = Math.ceil(TURNS[contender][batch] * scale);
      samplers[`${contender} ${batch}`] = async () => (await side.send(symbols, batch * size, turns)).cost;
    }
  }
  for (const smaller of sizes.filter((one) => one < size)) {
    const symbols = symbolsOf(smaller).slice(0, 8);
    const turns = Math.ceil((TURNS.dexwire[8] * 1000) / smaller);
    samplers[`only ${smaller}`] = async () => (await sides.dexwire.send(symbols, 8 * smaller, turns)).cost;
  }
  const costs = Object.fromEntries(Object.keys(samplers).map((name) => [name, [] as number[]]));
  await takeTurns(samplers, rounds, costs);
  for (const batch of BATCHES) {
    const what = `dexwire ${batch} x 300 B, ${size} sockets`;
    if (rows.length === 0) row('dexwire', BAR, costs['dexwire 8']!, costs['ws 8']!);
    row(what, BAR, costs[`dexwire ${batch}`]!, costs[`ws ${batch}`]!);
  }
  for (const larger of sizes.slice(1)) {
    row(
      `dexwire 8 x 300 B, ${larger} sockets`,
      `dexwire, ${sizes[0]} of ${size} sockets`,
      costs[larger === size ? 'dexwire 8' : `only ${larger}`]!,
      costs[`only ${sizes[0]}`]!,
    );
  }
  for (const side of Object.values(sides)) await side.end();
};

/** Each session wants eight of 32 symbols, so that hardly two want the same. */
const spreadUnlike = async (rounds: number, size: number): Promise<void> => {
  const symbols = symbolsOf(size);
  const random = seeded(11);
  const wanted = Array.from({ length: size }, () =>
    symbols
      .map((symbol) => ({ symbol, place: random() }))
      .sort((a, b) => a.place - b.place)
      .slice(0, 8)
      .map(({ symbol }) => symbol),
  );
  const sides = await opened({ paths: wanted.map(pathOf), symbols });
  const samplers = {} as Record<Contender, () => Promise<number>>;
  for (const contender of CONTENDERS) {
    const side = sides[contender];
    await check(side, wanted, symbols);
    samplers[contender] = async () => (await side.send(symbols, 8 * size, TURNS[contender][8])).cost;
  }
  const costs: Record<Contender, number[]> = { dexwire: [], ws: [] };
  await takeTurns(samplers, rounds, costs);
  row(`dexwire 8 of 32 x 300 B, another 8 each, ${size} sockets`, BAR, costs.dexwire, costs.ws);
  for (const side of Object.values(sides)) await side.end();
};

/** What one more session keeps that only waits, subscribed to something, when a thousand are there already. */
const idle = async (rounds: number, sessions: number): Promise<void> => {
  const symbols = symbolsOf(1).slice(0, 1);
  const pathsOf = (count: number): string[] => Array<string>(count).fill(pathOf(symbols));
  const kept: Record<Contender, MemorySample[]> = { dexwire: [], ws: [] };
  for (let round = 0; round < rounds; round++) {
    const sides = await opened({ paths: pathsOf(1000), symbols });
    for (const contender of CONTENDERS) {
      const side = sides[contender];
      const before = await side.server.ask<MemorySample>({ kind: 'memory' });
      await side.connect(pathsOf(sessions));
      const after = await side.server.ask<MemorySample>({ kind: 'memory' });
      kept[contender].push({ rss: (after.rss - before.rss) / sessions, heap: (after.heap - before.heap) / sessions });
      await side.end();
    }
  }
  for (const what of ['rss', 'heap'] as const) {
    const own = kept.dexwire.map((sample) => sample[what]);
    const bar = kept.ws.map((sample) => sample[what]);
    rows.push({
      contender: `dexwire idle session, ${what === 'rss' ? 'resident memory' : 'heap and buffers'}`,
      against: `ws alone, of ${sessions} sockets each; above 0.83 is within 1.2 x`,
      ratio: ratioOfCosts(own, bar),
      figures: { 'bytes/session': medianOf(own), 'of the bar': medianOf(bar) },
    });
  }
};

const files = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout);
await spread(9, 1000);
if (files < 5200) console.error(`No rows for 5,000 sockets: a process may have no more than ${files} files open.`);
else await spread(7, 1000, 2500, 5000);
await spreadUnlike(7, 1000);
await idle(5, 3000);

const result: Result = { bench: 'fanout', machine: machine(), rows };
console.log(JSON.stringify(result));
