/**
 * Runs the simulator: `npm run simulate -- --seeds N [--seed S] [--threads T] [--trace]`.
 * In: how many seeds, from which one on. Out: each failure and how to replay it, how often each kind of thing was reached,
 * and last `N passed, M failed`.
 *
 * Exit code 0: nothing failed, and nothing that a run must reach was missed; 1: something did or was; 2: bad arguments.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { KINDS, LEAST_SEEDS, missing } from './coverage.ts';
import { runSeeds } from './pool.ts';
import type { judge as Judge } from './worker.ts';

const USAGE = 'Usage: npm run simulate -- --seeds N [--seed S] [--threads T] [--trace]';

/** Of many violations of a seed the first say enough. */
const SHOWN = 3;

const report = (seed: number, violations: readonly string[]): void => {
  console.log(`FAILED seed ${seed}: npm run simulate -- --seeds 1 --seed ${seed} --trace`);
  for (const text of violations.slice(0, SHOWN)) console.log(`  ${text}`);
  if (violations.length > SHOWN) console.log(`  and ${violations.length - SHOWN} more`);
};

const whole = (text: string | undefined, usual: number): number => {
  const value = text === undefined ? usual : Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN;
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      threads: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  const count = whole(values.seeds, 200);
  const first = whole(values.seed, 1);
  const threads = values.threads === undefined ? undefined : whole(values.threads, 1);
  if (Number.isNaN(count + first + (threads ?? 0)) || count === 0 || threads === 0) throw new TypeError('not a number');
  const file = await bundle();
  if (values.trace) {
    const { judge } = (await import(file)) as { readonly judge: typeof Judge };
    let failed = 0;
    for (let seed = first; seed < first + count; seed += 1) {
      const { violations } = await judge(seed, (line) => console.log(line));
      if (violations.length > 0) {
        failed += 1;
        report(seed, violations);
      }
    }
    console.log(`${count - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  }
  const { passed, failed, coverage } = await runSeeds(file, {
    first,
    count,
    ...(threads !== undefined && { threads }),
    onVerdict: ({ seed, violations }) => {
      if (violations.length > 0) report(seed, violations);
    },
  });
  const kinds = [...KINDS, ...Object.keys(coverage).filter((kind) => !KINDS.includes(kind))];
  console.log(kinds.map((kind) => `${kind} ${coverage[kind] ?? 0}`).join(', '));
  const missed = count >= LEAST_SEEDS ? missing(coverage) : [];
  if (missed.length > 0) console.log(`never reached: ${missed.join(', ')}`);
  console.log(`${passed} passed, ${failed.length} failed`);
  return failed.length + missed.length === 0 ? 0 : 1;
};

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(error.message);
  console.error(USAGE);
  process.exitCode = 2;
}
