/**
 * A fuzz: so many inputs that all follow from one seed, which is told before the first and with whatever goes wrong.
 * In: a title, the file it stands in, what to do with chance. Out: a test. `DEXWIRE_FUZZ_SEED` sets the seed.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { test } from 'vitest';
import { Chance } from './chance.ts';

const SEEDS = 2 ** 32;

/** Not a promise about speed: the runs take seconds, and a loaded machine must not fail them. */
const TIMEOUT_MS = 600_000;

/** So much of an input stands in a failure. */
const SHOWN = 2_000;

export interface Fuzz {
  readonly chance: Chance;
  /** Counts an input and keeps it for the failure that it may bring. */
  next(input: unknown): void;
}

const chosenSeed = (): number => {
  const text = process.env.DEXWIRE_FUZZ_SEED;
  if (text === undefined || text === '') return randomInt(SEEDS);
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed < SEEDS) return seed;
  throw new Error(`DEXWIRE_FUZZ_SEED is ${JSON.stringify(text)}, expected a whole number below ${SEEDS}`);
};

const shown = (input: unknown): string => {
  const text = inspect(input, { depth: 8, maxArrayLength: 20, maxStringLength: SHOWN, breakLength: Infinity });
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
};

/** @param file - `import.meta.url` of the test. */
export const fuzz = (title: string, file: string, run: (fuzz: Fuzz) => void | Promise<void>): void => {
  test(title, { timeout: TIMEOUT_MS }, async () => {
    const seed = chosenSeed();
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const again = `DEXWIRE_FUZZ_SEED=${seed} npx vitest run ${fileURLToPath(file).replace(root, '')}`;
    console.log(again);
    let count = 0;
    let latest: unknown;
    const next = (input: unknown): void => {
      count += 1;
      latest = input;
    };
    try {
      await run({ chance: new Chance(seed), next });
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      const message = `${problem}\nat input ${count}: ${shown(latest)}\nto see it again: ${again}`;
      throw new Error(message, { cause });
    }
  });
};
