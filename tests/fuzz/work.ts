/**
 * How much our own code does for an input, without a clock: V8 counts the blocks of code that are entered.
 * In: something to run. Out: a number, the same on every machine and at any load.
 */
import { type Profiler, Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';

const isOurs = ({ url }: Profiler.ScriptCoverage): boolean => /\/packages\/\w+\/src\//.test(url);

export class Work {
  readonly #inspector = new Session();

  static async open(): Promise<Work> {
    // Calls from optimized code are not counted, so there must be none.
    for (const flag of ['--no-opt', '--no-maglev']) setFlagsFromString(flag);
    const work = new Work();
    work.#inspector.connect();
    await work.#inspector.post('Profiler.enable');
    await work.#inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return work;
  }

  /** Blocks entered, calls of functions among them. What the engine does itself, such as sorting, is not counted. */
  async of(run: () => unknown): Promise<number> {
    await this.#take();
    await run();
    return this.#take();
  }

  async close(): Promise<void> {
    await this.#inspector.post('Profiler.stopPreciseCoverage');
    this.#inspector.disconnect();
  }

  async #take(): Promise<number> {
    const { result } = await this.#inspector.post('Profiler.takePreciseCoverage');
    let blocks = 0;
    for (const { functions } of result.filter(isOurs))
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
    return blocks;
  }
}
