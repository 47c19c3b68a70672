/**
 * Iterator: what a frame costs in a `for await` loop, against the same frame handed to a callback. Frames come as a
 * socket brings them, several in one turn of the event loop: from a socket in memory, and over a real one.
 * Out: a row for each size of the bursts, and for each mix over a real socket.
 */

import { machine, medianOf, type Result, type Row, ratioOfCosts, sink, takeTurns } from './measure.ts';
import { type MemoryDex, openMemory } from './memoryDex.ts';
import type { MixName } from './mixes.ts';
import { Wire } from './wire.ts';

const ROUNDS = 11;
const FRAMES = 20_000;
const SOCKET_FRAMES = 60_000;
/** Frames of one turn. A full read of a socket holds about 90 of `trades`. */
const BURSTS = [16, 1, 90] as const;
const AGAINST = 'dexwire with a callback';

const rows: Row[] = [];
const row = (contender: string, own: readonly number[], bar: readonly number[]): void => {
  rows.push({
    contender,
    against: AGAINST,
    ratio: ratioOfCosts(own, bar),
    figures: { 'CPU us/frame': medianOf(own), 'of the bar': medianOf(bar) },
  });
};

let seen = 0;

/** Microseconds of the processor for a frame. */
const cost = async ({ speak }: MemoryDex, burst: number): Promise<number> => {
  seen = 0;
  globalThis.gc?.();
  const before = process.cpuUsage();
  await speak(FRAMES, burst);
  const { user, system } = process.cpuUsage(before);
  if (seen !== FRAMES) throw new Error(`${seen} frames came of ${FRAMES}`);
  return (user + system) / FRAMES;
};

const loop = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const item of items) {
    sink.value = item;
    seen++;
  }
};

const fromMemory = async (mix: MixName, bursts: readonly number[], name: (burst: number) => string): Promise<void> => {
  const called = await openMemory(mix, {
    callback: (item) => {
      sink.value = item;
      seen++;
    },
  });
  const iterated = await openMemory(mix);
  const loops = iterated.subscriptions.map(loop);
  for (const burst of bursts) {
    const costs = { callback: [] as number[], iterator: [] as number[] };
    const samplers = { callback: () => cost(called, burst), iterator: () => cost(iterated, burst) };
    await takeTurns(samplers, 2, { callback: [], iterator: [] });
    await takeTurns(samplers, ROUNDS, costs);
    row(name(burst), costs.iterator, costs.callback);
  }
  await called.dex.close();
  await iterated.dex.close();
  await Promise.all(loops);
};

const overSocket = async (mix: MixName): Promise<void> => {
  const wire = new Wire();
  await wire.open();
  const clients = { callback: wire.client('dexwire'), iterator: wire.client('dexwire iterator') };
  await wire.run(clients.iterator, 'trades', 1000, 'check');
  const costs = { callback: [] as number[], iterator: [] as number[] };
  const sampler = (name: keyof typeof clients) => async () => (await wire.run(clients[name], mix, SOCKET_FRAMES)).cpu;
  const samplers = { callback: sampler('callback'), iterator: sampler('iterator') };
  await takeTurns(samplers, 1, { callback: [], iterator: [] });
  await takeTurns(samplers, ROUNDS, costs);
  row(`dexwire over a socket, ${mix}`, costs.iterator, costs.callback);
  await clients.callback.end();
  await clients.iterator.end();
  await wire.end();
};

await fromMemory('trades', BURSTS, (burst) =>
  burst === BURSTS[0] ? 'dexwire' : `dexwire, ${burst === 1 ? 'one frame' : `${burst} frames`} a turn`,
);
await fromMemory('mixed', [16], (burst) => `dexwire, ${burst} frames a turn, mixed`);
await overSocket('trades');
await overSocket('mixed');

const result: Result = { bench: 'iterator', machine: machine(), rows };
console.log(JSON.stringify(result));
