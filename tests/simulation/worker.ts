/**
 * Runs seeds, one after the other, for a thread or for whoever imports it.
 * In: seeds as messages. Out: a verdict for each.
 */
import { parentPort } from 'node:worker_threads';
import { RestHost } from './host.ts';
import { runSeed, type Verdict } from './world.ts';

const restHost = new RestHost();
let stray: unknown[] = [];

process.on('unhandledRejection', (reason) => stray.push(reason));

export const judge = async (seed: number, show?: (line: string) => void): Promise<Verdict> => {
  stray = [];
  let verdict: Verdict;
  try {
    verdict = await runSeed(seed, restHost, show);
  } catch (error) {
    const text = error instanceof Error ? String(error.stack) : String(error);
    return { seed, violations: [`the run broke: ${text}`], coverage: {}, hash: '', blocks: 0, last: [] };
  }
  const rejections = stray.map((reason) => `a promise was rejected, and nobody cared: ${String(reason)}`);
  return { ...verdict, violations: [...verdict.violations, ...rejections] };
};

parentPort?.on('message', (seed: number) => {
  void judge(seed).then((verdict) => parentPort?.postMessage(verdict));
});
