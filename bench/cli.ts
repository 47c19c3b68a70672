/**
 * The command: what `dexwire watch`, bundled as it is published, takes of the processor up to its first line and its end, against
 * the bar of 0.35 s; and what Node.js alone takes, which is part of it.
 * Out: a row for each, the bar over its CPU: 1 and more is within it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startNode } from '@dexwire/node';
import { machine, type Result, ratioOf } from './measure.ts';

const BAR_S = 0.35;
const ROUNDS = 15;

/** A bench runs in this folder, bundled or not. */
const home = new URL('../packages/cli/', pathToFileURL(`${process.cwd()}/`));
const path = (name: string): string => fileURLToPath(new URL(name, home));

/** Tells of a process, at its end, what it has used from its very start. */
const PROBE =
  "import { writeSync } from 'node:fs'; process.on('exit', () => { const { user, system } = process.cpuUsage(); writeSync(3, String(user + system)); });";

/** Seconds. */
const cpuOf = async (args: readonly string[]): Promise<number> => {
  const probe = `data:text/javascript,${encodeURIComponent(PROBE)}`;
  const child = spawn(process.execPath, ['--import', probe, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let told = '';
  child.stdio[3]!.on('data', (text) => {
    told += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0 || told === '') throw new Error(`${args.join(' ')} ended with ${code}`);
  return Number(told) / 1e6;
};

execFileSync(process.execPath, [path('bundle.mjs')], { cwd: path('.') });
const node = await startNode({ port: 0, blockTime: 50 });
const contenders = {
  'dexwire watch': [path('dist/bin/dexwire.js'), 'watch', 'blockheight', '--count', '1', '--network', node.ws],
  'Node.js alone': ['-e', '0'],
};
const samples = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++)
  for (const [name, args] of Object.entries(contenders)) samples.get(name)!.push(await cpuOf(args));
await node.close();

const result: Result = {
  bench: 'cli',
  machine: machine(),
  rows: [...samples].map(([contender, seconds]) => ({
    contender,
    against: `${BAR_S} s of CPU`,
    ratio: ratioOf(seconds.map((cpu) => BAR_S / cpu)),
    figures: { 'CPU ms': ratioOf(seconds).median * 1000 },
  })),
};
console.log(JSON.stringify(result));
