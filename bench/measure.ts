/**
 * Ratios of contenders that take turns: the machine's speed swings, so only what ran side by side is compared.
 * In: contenders, one of them the bar. Out: per contender the median, least and greatest ratio to the bar.
 */
import { arch, cpus, loadavg, platform } from 'node:os';

export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Row {
  readonly contender: string;
  readonly against: string;
  /** How many times the bar's speed; more is better. */
  readonly ratio: Ratio;
  /** Figures of this run that are no ratios, with their units in the names. */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Result {
  readonly bench: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly rows: readonly Row[];
}

export const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

export const ratioOf = (samples: readonly number[]): Ratio => ({
  median: medianOf(samples),
  min: Math.min(...samples),
  max: Math.max(...samples),
});

export const machine = (): Result['machine'] => ({
  runtime: `Node.js ${process.version}`,
  v8: process.versions.v8,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  system: `${platform()} ${arch()}`,
  load: Math.round(loadavg()[0]! * 100) / 100,
});

/** What the timed code made: kept, so that no engine may leave the work out. */
export const sink: { value: unknown } = { value: undefined };

const timed = (work: () => void, forMs: number): number => {
  const start = performance.now();
  let rounds = 0;
  let elapsed = 0;
  do {
    work();
    rounds++;
    elapsed = performance.now() - start;
  } while (elapsed < forMs);
  return (rounds / elapsed) * 1000;
};

/**
 * Runs `contender` right beside `bar`, `pairs` times, and says how many times faster it is.
 *
 * @returns The ratio, and the bar's median runs per second.
 */
export const besides = (
  contender: () => void,
  bar: () => void,
  { pairs = 15, forMs = 30, warmUpMs = 60 } = {},
): { ratio: Ratio; barPerSecond: number; perSecond: number } => {
  timed(bar, warmUpMs);
  timed(contender, warmUpMs);
  const ratios: number[] = [];
  const bars: number[] = [];
  const own: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // The order changes from pair to pair: whoever comes second may find the collector's work of the first.
    const first = pair % 2 === 0 ? timed(bar, forMs) : timed(contender, forMs);
    const second = pair % 2 === 0 ? timed(contender, forMs) : timed(bar, forMs);
    const [barSpeed, speed] = pair % 2 === 0 ? [first, second] : [second, first];
    bars.push(barSpeed);
    own.push(speed);
    ratios.push(speed / barSpeed);
  }
  return { ratio: ratioOf(ratios), barPerSecond: medianOf(bars), perSecond: medianOf(own) };
};

/** One sample of a contender by its own measure, such as CPU per frame: less is better. */
export type Sampler = () => Promise<number>;

/**
 * Every contender once a round. Each round begins with another one, so that what one leaves behind for the next, such as
 * work for the kernel, falls on all of them.
 *
 * @param samples - Where the samples go, one a round; pass it again and more rounds are added.
 */
export const takeTurns = async <Name extends string>(
  contenders: Readonly<Record<Name, Sampler>>,
  rounds: number,
  samples: Record<Name, number[]>,
): Promise<void> => {
  const names = Object.keys(contenders) as Name[];
  for (let round = 0; round < rounds; round++) {
    const start = (samples[names[0]!]?.length ?? 0) % names.length;
    for (const name of [...names.slice(start), ...names.slice(0, start)]) samples[name].push(await contenders[name]());
  }
};

/** How many times the bar's speed a contender has, of samples taken side by side. */
export const ratioOfCosts = (own: readonly number[], bar: readonly number[]): Ratio =>
  ratioOf(own.map((cost, round) => bar[round]! / cost));

/** Of medians, of leasts and of greatests. */
export const geometricMean = (ratios: readonly Ratio[]): Ratio => {
  const mean = (pick: (ratio: Ratio) => number): number =>
    Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(pick(ratio)), 0) / ratios.length);
  return { median: mean((ratio) => ratio.median), min: mean((ratio) => ratio.min), max: mean((ratio) => ratio.max) };
};
