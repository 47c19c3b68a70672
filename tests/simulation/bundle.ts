/**
 * The simulator as one file of JavaScript, with the client as it is or broken on purpose.
 * In: a mutation, perhaps. Out: the file; an error where the text to be replaced is not there exactly once.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

export interface Mutation {
  readonly name: string;
  /** From the root of the workspace. */
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'node_modules', '.cache', 'dexwire-simulation');

const SOURCES: Readonly<Record<string, string>> = {
  '@dexwire/protocol': 'packages/protocol/src/index.ts',
  '@dexwire/protocol/transactions': 'packages/protocol/src/transactions/index.ts',
  '#socket': 'packages/client/src/socket.ts',
  '#fetch': 'packages/client/src/rest/fetchTrusting.ts',
};

const mutate = ({ name, file, replace, by }: Mutation): Plugin => ({
  name,
  setup: ({ onLoad }) => {
    const path = join(root, file);
    onLoad({ filter: /\.ts$/ }, (args) => {
      if (args.path !== path) return undefined;
      const parts = readFileSync(path, 'utf8').split(replace);
      if (parts.length !== 2)
        throw new Error(`${file} has ${parts.length - 1} places of what ${name} replaces: ${replace}`);
      return { contents: parts.join(by), loader: 'ts' };
    });
  },
});

/** @returns Path of the file. */
export const bundle = async (mutation?: Mutation): Promise<string> => {
  mkdirSync(folder, { recursive: true });
  const outfile = join(
    folder,
    `${mutation === undefined ? 'whole' : mutation.name.replaceAll(/\W+/g, '-')}-${process.pid}.mjs`,
  );
  await build({
    entryPoints: [join(root, 'tests/simulation/worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'silent',
    alias: Object.fromEntries(Object.entries(SOURCES).map(([name, path]) => [name, join(root, path)])),
    plugins: mutation === undefined ? [] : [mutate(mutation)],
  });
  return outfile;
};
