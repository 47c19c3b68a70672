/**
 * `npm run bench -- <name> [--json] [--runtime node20|node22|node24|node26] [--save]`: runs one bench, or all of them.
 * In: the name of a bench beside this file. Out: a table; with `--json`, last of all one JSON line; with `--save`, a file
 * in `results/`.
 *
 * A bench is bundled first, so that a runtime that does not strip types runs the same code as the others.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { Result, Row } from './measure.ts';

const BENCHES = [
  'decode',
  'socket',
  'iterator',
  'fanout',
  'queue',
  'book',
  'matching',
  'block',
  'transactions',
  'size',
  'dashboard',
  'cli',
] as const;
/** What benches start as processes of their own; bundled beside them. */
const PROCESSES = ['blaster', 'socketClient', 'fanOutServer', 'readers'];
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const RUNTIMES: Readonly<Record<string, string>> = {
  node20: here('../tests/runtimes/node_modules/node20/bin/node'),
  node22: here('../tests/runtimes/node_modules/node22/bin/node'),
  node24: process.execPath,
  node26: here('../tests/runtimes/node_modules/node26/bin/node'),
};

const usage = (problem: string): never => {
  console.error(
    `${problem}\nUsage: npm run bench -- [${BENCHES.join('|')}]... [--json] [--save] [--runtime ${Object.keys(RUNTIMES).join('|')}]`,
  );
  process.exit(2);
};

const parse = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
        runtime: { type: 'string', default: 'node24' },
      },
    });
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
};

/** Bundles benches of this folder and their processes, what they compare with left outside. */
const bundle = async (names: readonly string[]): Promise<void> => {
  await build({
    entryPoints: [...names, ...PROCESSES].map((name) => here(`${name}.ts`)),
    outdir: here('node_modules/.cache'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    // What is measured is the project's own source, in the bundle; packages it depends on stay outside.
    alias: {
      '@dexwire/protocol/transactions': here('../packages/protocol/src/transactions/index.ts'),
      '@dexwire/protocol': here('../packages/protocol/src/index.ts'),
      '@dexwire/node/core': here('../packages/node/src/core.ts'),
      '@dexwire/node': here('../packages/node/src/index.ts'),
      dexwire: here('../packages/client/src/index.ts'),
      '#socket': here('../packages/client/src/socket.node.ts'),
      '#fetch': here('../packages/client/src/rest/fetchTrusting.node.ts'),
    },
    // The bars run on the release of `ws` that the packages depend on, not on the one that came with a contender.
    plugins: [
      {
        name: 'ws',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^ws$/ }, () => ({ path: here('../node_modules/ws/wrapper.mjs'), external: true })),
      },
    ],
  });
};

const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

const table = (rows: readonly Row[]): string => {
  const cells = rows.map(({ contender, against, ratio, figures = {} }) => [
    contender,
    against,
    `${figure(ratio.median)} (${figure(ratio.min)}-${figure(ratio.max)})`,
    Object.entries(figures)
      .map(([name, value]) => `${name} ${figure(value)}`)
      .join(', '),
  ]);
  const all = [['contender', 'against', 'ratio: median (min-max)', 'figures'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
};

const { values, positionals } = parse();
const runtime = RUNTIMES[values.runtime] ?? usage(`There is no runtime ${values.runtime}.`);
const names = positionals.length > 0 ? positionals : [...BENCHES];
for (const name of names) if (!BENCHES.some((bench) => bench === name)) usage(`There is no bench ${name}.`);
await bundle(names);
for (const name of names) {
  const { status, stdout } = spawnSync(runtime, ['--expose-gc', here(`node_modules/.cache/${name}.mjs`)], {
    cwd: here('.'),
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) {
    console.error(`The bench ${name} failed.`);
    process.exit(1);
  }
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result;
  const title = `${name}, ${Object.entries(result.machine)
    .map(([what, value]) => `${what} ${value}`)
    .join(', ')}`;
  console.log(`${title}\n${table(result.rows)}\n`);
  if (values.save) {
    const date = new Date().toISOString().slice(0, 10);
    mkdirSync(here('results'), { recursive: true });
    writeFileSync(here(`results/${date}-${name}-${values.runtime}.txt`), `${date}, ${title}\n${table(result.rows)}\n`);
  }
  if (values.json) console.log(JSON.stringify(result));
}
