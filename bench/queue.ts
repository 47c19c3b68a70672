/**
 * Queue: a consumer slower than its stream, taking one item of ten. What a frame costs and what is kept, against an array
 * that takes everything; and whether the cost of an item grows with the limit, on the queue alone.
 * Out: rows by policy and limit; then slopes over three limits, and how memory changes with the number of frames.
 */
import type { EventOf, QueuePolicy, trades } from 'dexwire';
import { EventQueue } from '../packages/client/src/eventQueue.ts';
import type { Events, Item } from '../packages/client/src/item.ts';
import { seeded } from './frames.ts';
import { machine, medianOf, type Result, type Row, ratioOfCosts, takeTurns } from './measure.ts';
import { openMemory } from './memoryDex.ts';
import type { MixName } from './mixes.ts';

const ROUNDS = 9;
const FRAMES = 20_000;
/** Items of a sample of the queue alone. */
const ITEMS = 20_000;
const BURST = 16;
/** A slow consumer takes an item for so many that come. */
const SLOWNESS = 10;
const LIMITS = [10_000, 1000, 100] as const;
const ARRAY = 'an array without a bound';

const rows: Row[] = [];

/** Microseconds of the processor for each unit of some work. */
const cpuOf = async (units: number, work: () => Promise<void> | void): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / units;
};

interface Side {
  /** More frames; one of `SLOWNESS` is consumed. */
  run(frames: number): Promise<void>;
  end(): Promise<void>;
}

const sideOf = async (
  mix: MixName,
  queue: { readonly policy: QueuePolicy; readonly limit: number } | undefined,
): Promise<Side> => {
  const waiting: Item<unknown>[] = [];
  let taken = 0;
  const { dex, subscriptions, speak } = await openMemory(
    mix,
    queue ? { queue } : { callback: (item) => waiting.push(item) },
  );
  const iterators = queue ? subscriptions.map((items) => items[Symbol.asyncIterator]()) : [];
  const take = async (): Promise<void> => {
    if (iterators.length === 0) await Promise.resolve(waiting[taken++]);
    for (const iterator of iterators) await iterator.next();
  };
  return {
    run: async (frames) => {
      for (let said = 0; said < frames; said += SLOWNESS * BURST) {
        await speak(SLOWNESS * BURST, BURST);
        for (let turn = 0; turn < BURST; turn++) await take();
      }
    },
    end: () => dex.close(),
  };
};

/** The whole line with a slow consumer. Each sample of the array begins with an empty one: it would not end otherwise. */
const whole = async (mix: MixName, policy: QueuePolicy, limit: number, name: string): Promise<void> => {
  const own = await sideOf(mix, { policy, limit });
  await own.run(1.5 * limit + FRAMES);
  const costs = { own: [] as number[], array: [] as number[] };
  await takeTurns(
    {
      own: () => cpuOf(FRAMES, () => own.run(FRAMES)),
      array: async () => {
        const array = await sideOf(mix, undefined);
        const cost = await cpuOf(FRAMES, () => array.run(FRAMES));
        await array.end();
        return cost;
      },
    },
    ROUNDS,
    costs,
  );
  await own.end();
  rows.push({
    contender: name,
    against: ARRAY,
    ratio: ratioOfCosts(costs.own, costs.array),
    figures: { 'CPU us/frame': medianOf(costs.own), 'of the bar': medianOf(costs.array) },
  });
};

const heapNow = (): number => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** What is kept after so many frames and after four times as many: a bounded queue keeps the same. */
const memory = async (limit: number, frames: number): Promise<void> => {
  const kept = async (queue: { policy: QueuePolicy; limit: number } | undefined): Promise<[number, number]> => {
    const before = heapNow();
    const side = await sideOf('trades', queue);
    await side.run(frames);
    const once = heapNow() - before;
    await side.run(3 * frames);
    const fourTimes = heapNow() - before;
    await side.end();
    return [once, fourTimes];
  };
  await kept({ policy: 'dropOldest', limit });
  const array = await kept(undefined);
  const own = await kept({ policy: 'dropOldest', limit });
  const row = (contender: string, against: string, ratio: number): void => {
    rows.push({
      contender,
      against,
      ratio: { median: ratio, min: ratio, max: ratio },
      figures: { MB: (contender.startsWith('dexwire') ? own[1] : array[1]) / 1e6 },
    });
  };
  row(`dexwire memory, limit ${limit}, ${4 * frames} frames`, ARRAY, array[1] / own[1]);
  row(`dexwire memory, limit ${limit}, ${4 * frames} frames`, `${frames} frames`, own[0] / own[1]);
  row(`array memory, ${4 * frames} frames`, `${frames} frames`, array[0] / array[1]);
};

type TradeEvents = Events<EventOf<typeof trades>>;

/**
 * A full queue alone, one item in, some out. `names`: how many stream names there are, coming in any order; as many as
 * there is room for is the worst case of a policy that looks for an older item of the same name.
 */
const slope = async (policy: QueuePolicy, names: (limit: number) => number, what: string): Promise<void> => {
  const item: TradeEvents = { kind: 'events', events: [], height: 1, repaired: false };
  const random = seeded(3);
  const samplers: Record<string, () => Promise<number>> = {};
  for (const limit of LIMITS) {
    const queue = new EventQueue<EventOf<typeof trades>>({ policy, limit }, true);
    const all = Array.from({ length: names(limit) }, (_, place) => `S${place}_BNB@trades`);
    const order = Array.from({ length: ITEMS }, () => all[Math.floor(random() * all.length)]!);
    const push = (): void => {
      for (let pushed = 0; pushed < ITEMS; pushed++) {
        queue.push(item, order[pushed]!);
        if (pushed % SLOWNESS === 0) queue.shift();
      }
    };
    push();
    push();
    samplers[limit] = () => cpuOf(ITEMS, push);
  }
  const costs = Object.fromEntries(LIMITS.map((limit) => [limit, [] as number[]]));
  await takeTurns(samplers, ROUNDS, costs);
  const least = LIMITS.at(-1)!;
  for (const limit of LIMITS.slice(0, -1)) {
    rows.push({
      contender: `dexwire queue, ${policy}, limit ${limit}${what}`,
      against: `limit ${least}`,
      ratio: ratioOfCosts(costs[limit]!, costs[least]!),
      figures: { 'CPU us/item': medianOf(costs[limit]!), 'of the bar': medianOf(costs[least]!) },
    });
  }
};

await whole('trades', 'dropOldest', 10_000, 'dexwire');
for (const limit of [1000, 100]) await whole('trades', 'dropOldest', limit, `dexwire dropOldest, limit ${limit}`);
await whole('trades', 'dropNewest', 1000, 'dexwire dropNewest, limit 1000');
for (const limit of LIMITS) await whole('tickers', 'conflate', limit, `dexwire conflate, tickers, limit ${limit}`);
await memory(1000, 20_000);
for (const policy of ['dropOldest', 'dropNewest'] as const) await slope(policy, () => 200, '');
await slope('conflate', () => 200, ', 200 names');
await slope('conflate', (limit) => limit, ', as many names as room');

const result: Result = { bench: 'queue', machine: machine(), rows };
console.log(JSON.stringify(result));
