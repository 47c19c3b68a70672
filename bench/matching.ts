/**
 * Matching: orders per second of the chain, with locks, auction, settlement, fees and order updates, against
 * `nodejs-order-book` on the same flow, which matches each order as it comes and keeps no accounts.
 * Out: first the geometric mean over flows and blocks of 100 and 10,000 orders on one pair; then each of them; more pairs;
 * how the cost changes with the orders that rest; memory of resting orders.
 */
import type { Transaction } from '@dexwire/protocol/transactions';
import { drive, freshChain, type Prepared, prepare } from './dexEngine.ts';
import {
  geometricMean,
  machine,
  medianOf,
  millisecondsOf,
  type Ratio,
  type Result,
  type Row,
  ratioOfCosts,
  type Sampler,
  sink,
  takeTurns,
} from './measure.ts';
import { FLOWS, type Flow, flowOf, type Step } from './orderFlow.ts';
import { PEER, peerRun } from './peerBook.ts';

const STEPS = 100_000;
const ROUNDS = 9;

const ours =
  (prepared: Prepared): Sampler =>
  async () => {
    const chain = freshChain(prepared);
    return millisecondsOf(() =>
      drive(chain, prepared.transactions, prepared.blockSize, (block) => {
        sink.value = block;
      }),
    );
  };

const rows: Row[] = [];
const perSecond = (milliseconds: number): number => (STEPS * 1000) / milliseconds;

/** One flow over so many pairs: a row for each size of block. */
const compare = async (flow: Flow, pairs: number, blockSizes: readonly number[], rounds: number): Promise<Ratio[]> => {
  const steps = flowOf(flow, STEPS, pairs);
  const run = peerRun(steps, pairs);
  const contenders: Record<string, Sampler> = { peer: async () => millisecondsOf(run) };
  for (const size of blockSizes) contenders[size] = ours(prepare(steps, pairs, size));
  for (const sample of Object.values(contenders)) await sample(); // warms up
  const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, [] as number[]]));
  await takeTurns(contenders, rounds, samples);
  return blockSizes.map((size) => {
    const ratio = ratioOfCosts(samples[size]!, samples.peer!);
    rows.push({
      contender: `dexwire ${flow}, blocks of ${size}, ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}`,
      against: PEER,
      ratio,
      figures: {
        'orders/s': perSecond(medianOf(samples[size]!)),
        'of the bar': perSecond(medianOf(samples.peer!)),
      },
    });
    return ratio;
  });
};

const BOOKS = [1_000, 10_000, 100_000] as const;

/** Orders far from the middle that nothing reaches, on levels of their own, so many on each side of one pair. */
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
    const resting = wall(size);
    const moved = flowOf('match', 20_000, 1).map(
      (step): Step => (step.kind === 'cancel' ? { ...step, of: step.of + size } : step),
    );
    const { genesis, transactions } = prepare([...resting, ...moved], 1, 100);
    const head: Transaction[] = transactions.slice(0, size);
    const tail: Transaction[] = transactions.slice(size);
    contenders[size] = async () => {
      const chain = freshChain({ genesis });
      drive(chain, head, 100, () => {});
      return millisecondsOf(() =>
        drive(chain, tail, 100, (block) => {
          sink.value = block;
        }),
      );
    };
  }
  for (const sample of Object.values(contenders)) await sample();
  const samples = Object.fromEntries(BOOKS.map((size) => [size, [] as number[]]));
  await takeTurns(contenders, rounds, samples);
  for (const size of BOOKS.slice(1)) {
    rows.push({
      contender: `dexwire match above ${size} resting orders`,
      against: `dexwire above ${BOOKS[0]}`,
      ratio: ratioOfCosts(samples[size]!, samples[BOOKS[0]]!),
    });
  }
};

/** Heap of orders that rest, with locks and levels, against the peer's. */
const memory = (): void => {
  const count = 100_000;
  const kept = (make: () => unknown): number => {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    sink.value = make();
    globalThis.gc?.();
    const after = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    return (after - before) / count;
  };
  const steps = wall(count);
  const prepared = prepare(steps, 1, 10_000);
  const own: number[] = [];
  const bar: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    own.push(
      kept(() => {
        const chain = freshChain(prepared);
        drive(chain, prepared.transactions, prepared.blockSize, () => {});
        return chain;
      }),
    );
    bar.push(kept(peerRun(steps, 1)));
  }
  rows.push({
    contender: `dexwire memory of ${count} resting orders`,
    against: 'nodejs-order-book; above 1 is less',
    ratio: ratioOfCosts(own, bar),
    figures: { 'bytes/order': medianOf(own), 'of the bar': medianOf(bar) },
  });
};

const main: Ratio[] = [];
for (const flow of FLOWS) main.push(...(await compare(flow, 1, [100, 10_000], ROUNDS)));
for (const pairs of [10, 100])
  for (const flow of ['rest', 'match'] as const) await compare(flow, pairs, [100, 10_000], 5);
await byBook(5);
memory();
rows.unshift({ contender: 'dexwire', against: PEER, ratio: geometricMean(main) });

const result: Result = { bench: 'matching', machine: machine(), rows };
console.log(JSON.stringify(result));
