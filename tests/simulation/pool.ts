/**
 * Seeds spread over threads, one for each core.
 * In: the simulator's file, seeds. Out: verdicts as they come, and what was reached in all.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Coverage, sum } from './coverage.ts';
import type { Verdict } from './world.ts';

export interface Tally {
  readonly passed: number;
  readonly failed: readonly Verdict[];
  readonly coverage: Coverage;
}

export interface PoolOptions {
  readonly first: number;
  readonly count: number;
  /** One for each core unless given. */
  readonly threads?: number;
  /** Stops at so many failures. */
  readonly mostFailures?: number;
  readonly onVerdict?: (verdict: Verdict) => void;
}

export const runSeeds = async (
  file: string,
  { first, count, threads = availableParallelism(), mostFailures = Number.POSITIVE_INFINITY, onVerdict }: PoolOptions,
): Promise<Tally> => {
  let next = first;
  let passed = 0;
  let coverage: Coverage = {};
  const failed: Verdict[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(file);
      const give = (): void => {
        if (next < first + count && failed.length < mostFailures) {
          worker.postMessage(next);
          next += 1;
        } else void worker.terminate().then(() => resolve(), reject);
      };
      worker.on('error', reject);
      worker.on('message', (verdict: Verdict) => {
        coverage = sum(coverage, verdict.coverage);
        if (verdict.violations.length === 0) passed += 1;
        else failed.push(verdict);
        onVerdict?.(verdict);
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(threads, count) }, work));
  return { passed, failed, coverage };
};
