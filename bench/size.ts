/**
 * Size: what a browser downloads of the client, for what a program imports; minified, gzip level 9.
 * Out: a row for each program, the budget over its size: 1 and more is within it.
 */

import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { machine, type Result } from './measure.ts';

/** A bench runs in this folder, bundled or not. */
const packages = new URL('../packages/', pathToFileURL(`${process.cwd()}/`));
const source = (path: string): string => fileURLToPath(new URL(path, packages));

const ALL =
  'accounts, allMiniTickers, allTickers, blockheight, kline, marketDepth, marketDiff, miniTicker, orders, ticker, trades, transfers';

/** Bytes are 1,000 a KB, as browsers count them. */
const PROGRAMS: readonly { name: string; imports: string; budget: number }[] = [
  { name: 'dexwire', imports: '{ connect, trades }', budget: 4000 },
  { name: 'dexwire, connect and kline', imports: '{ connect, kline }', budget: 4000 },
  { name: 'dexwire, connect and orders', imports: '{ connect, orders }', budget: 4000 },
  { name: 'dexwire, connect and all twelve streams', imports: `{ connect, ${ALL} }`, budget: 6000 },
  { name: 'dexwire, stream names', imports: '{ connect, subscribeName }', budget: 6000 },
  { name: 'dexwire, everything', imports: '*', budget: 12_000 },
];

const bytesOf = async (imports: string): Promise<{ minified: number; gzip: number }> => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export ${imports} from 'dexwire';`,
      resolveDir: source('client'),
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['browser'],
    alias: {
      dexwire: source('client/src/index.ts'),
      '@dexwire/protocol': source('protocol/src/index.ts'),
      '#socket': source('client/src/socket.ts'),
      '#fetch': source('client/src/rest/fetchTrusting.ts'),
    },
    logLevel: 'error',
  });
  const { contents } = outputFiles[0]!;
  return { minified: contents.length, gzip: gzipSync(contents, { level: 9 }).length };
};

const rows = [];
for (const { name, imports, budget } of PROGRAMS) {
  const { minified, gzip } = await bytesOf(imports);
  const ratio = budget / gzip;
  rows.push({
    contender: name,
    against: `${budget} bytes`,
    ratio: { median: ratio, min: ratio, max: ratio },
    figures: { 'gzip bytes': gzip, minified },
  });
}

const result: Result = { bench: 'size', machine: machine(), rows };
console.log(JSON.stringify(result));
