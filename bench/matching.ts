/**
 * Matching: orders per second of the chain, with locks, auction, settlement, fees and order updates, against
 * `nodejs-order-book` on the same flow, which matches each order as it comes and keeps no accounts.
 * Out: first the geometric mean over flows and blocks of 100 and 10,000 orders on one pair; then each of them; more pairs;
 * each report read besides; how the cost changes with the orders that rest; memory of resting orders.
 */
import type { Block } from '@dexwire/node/core';
import { drive, freshChain, type Prepared, prepare } from './dexEngine.ts';
import {
  geometricMean,
  machine,
  medianOf,
  type Ratio,
  type Result,
  type Row,
  ratioOfCosts,
  type Sampler,
  sink,
  takeTurns,
} from './measure.ts';
import { FLOWS, type Flow, flowOf, type Step } from './orderFlow.ts';
import { drivePeer, PEER } from './peerBook.ts';

const STEPS = 200_000;
const BLOCKS = [100, 10_000] as const;
const ROUNDS = 7;
const rows: Row[] = [];

const keep = (value: unknown): void => {
  sink.value = value;
};

/** Makes each report of a block an object, as whoever publishes it does. */
const read = ({ updates, trades }: Block): void => {
  sink.value = [updates, trades];
};

const ours =
  (prepared: Prepared, from = 0, onBlock: (block: Block) => void = keep): Sampler =>
  async () => {
    const chain = freshChain(prepared);
    drive(chain, prepared, onBlock, 0, from);
    return drive(chain, prepared, onBlock, from);
  };

const run = async (
  contenders: Readonly<Record<string, Sampler>>,
  rounds: number,
): Promise<Record<string, number[]>> => {
  for (const sample of Object.values(contenders)) await sample(); // warms up
  const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, [] as number[]]));
  await takeTurns(contenders, rounds, samples);
  return samples;
};

/** One flow over so many pairs: a row for each size of block. */
const compare = async (flow: Flow, pairs: number, rounds: number): Promise<Ratio[]> => {
  const steps = flowOf(flow, STEPS, pairs);
  const contenders: Record<string, Sampler> = { peer: async () => drivePeer(steps, pairs).spent };
  for (const size of BLOCKS) contenders[size] = ours(prepare(steps, pairs, size));
  const samples = await run(contenders, rounds);
  const perSecond = (name: string | number): number => (STEPS * 1000) / medianOf(samples[name]!);
  return BLOCKS.map((size) => {
    const ratio = ratioOfCosts(samples[size]!, samples.peer!);
    rows.push({
      contender: `dexwire ${flow}, blocks of ${size}, ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}`,
      against: PEER,
      ratio,
      figures: { 'orders/s': perSecond(size), 'of the bar': perSecond('peer') },
    });
    return ratio;
  });
};

/** The flow with most reports, and each of them read: the chain itself only writes them down. */
const byReports = async (rounds: number): Promise<void> => {
  const steps = flowOf('match', STEPS, 1);
  const contenders: Record<string, Sampler> = { peer: async () => drivePeer(steps, 1).spent };
  for (const size of BLOCKS) contenders[size] = ours(prepare(steps, 1, size), 0, read);
  const samples = await run(contenders, rounds);
  for (const size of BLOCKS) {
    rows.push({
      contender: `dexwire match, blocks of ${size}, 1 pair, each report read`,
      against: PEER,
      ratio: ratioOfCosts(samples[size]!, samples.peer!),
    });
  }
};

const BOOKS = [1_000, 10_000, 100_000] as const;

/** Orders that nothing reaches, on levels of their own, half of them on each side. */
const wall = (count: number): Step[] =>
  Array.from({ length: count }, (_, place) => ({
    kind: 'add',
    pair: 0,
    side: place % 2 === 0 ? 'buy' : 'sell',
    price: place % 2 === 0 ? 9_000 - ((place >> 1) % 8_000) : 11_000 + (place >> 1),
    quantity: 1,
    owner: place % 50,
  }));

/** The same trading above books of three sizes: what it costs must not depend on what rests. */
const byBook = async (rounds: number): Promise<void> => {
  const contenders: Record<string, Sampler> = {};
  for (const size of BOOKS) {
    const moved = flowOf('match', 50_000, 1).map((step) =>
      step.kind === 'cancel' ? { ...step, of: step.of + size } : step,
    );
    contenders[size] = ours(prepare([...wall(size), ...moved], 1, 100), size);
  }
  const samples = await run(contenders, rounds);
  for (const size of BOOKS.slice(1)) {
    rows.push({
      contender: `dexwire match above ${size} resting orders`,
      against: `dexwire match above ${BOOKS[0]}; 1 is the same cost`,
      ratio: ratioOfCosts(samples[size]!, samples[BOOKS[0]]!),
    });
  }
};

/** Heap of orders that rest, with accounts, locks and levels, against the peer's. */
const memory = (): void => {
  const count = 100_000;
  const steps = wall(count);
  const prepared = prepare(steps, 1, 10_000);
  const used = (): number => {
    // The thorough kind, twice: what the flows before have left behind must not go while this is measured.
    for (let time = 0; time < 2; time += 1)
      globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const kept = (make: () => unknown): number => {
    sink.value = undefined;
    const before = used();
    const made = make();
    sink.value = undefined;
    const after = used();
    sink.value = made;
    return (after - before) / count;
  };
  const samples: Record<'own' | 'bar', number[]> = { own: [], bar: [] };
  for (let round = 0; round < 3; round += 1) {
    samples.own.push(
      kept(() => {
        const chain = freshChain(prepared);
        drive(chain, prepared, () => {});
        return chain;
      }),
    );
    samples.bar.push(kept(() => drivePeer(steps, 1).books));
  }
  rows.push({
    contender: `dexwire memory of ${count} resting orders`,
    against: 'nodejs-order-book; above 1 is less',
    ratio: ratioOfCosts(samples.own, samples.bar),
    figures: { 'bytes/order': medianOf(samples.own), 'of the bar': medianOf(samples.bar) },
  });
};

const main: Ratio[] = [];
for (const flow of FLOWS) main.push(...(await compare(flow, 1, ROUNDS)));
for (const pairs of [10, 100]) for (const flow of ['rest', 'match'] as const) await compare(flow, pairs, 3);
await byReports(5);
await byBook(5);
memory();
rows.unshift({ contender: 'dexwire', against: PEER, ratio: geometricMean(main) });

const result: Result = { bench: 'matching', machine: machine(), rows };
console.log(JSON.stringify(result));
