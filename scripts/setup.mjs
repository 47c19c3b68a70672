// What a fresh clone needs before anything runs: the locked packages and the build. It is plain JavaScript,
// since it runs before a compiler, or a Node.js that strips types, is there.
// In: --tests, --bench, --sdk: also what all tests, the benches, or those with the official SDK need; --run NAME ...: a
// script to run afterwards, in this process, so that signals reach it whatever shell npm has. Out: node_modules, dist.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const run = (command, args, cwd) => {
  // stdout belongs to the command that comes after: what npm and the compiler say goes to stderr.
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', process.stderr.fd, 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} failed in ${cwd}${error ? `: ${error.message}` : ''}`);
    process.exit(1);
  }
};

const EVERYTHING = ['--include=dev', '--include=optional'];
// The official SDK's optional parts are native code for USB devices, and scripts build it; without them it is JavaScript.
const PLAIN = ['--ignore-scripts', '--omit=optional'];

const install = (folder, what = EVERYTHING) => {
  const stamp = join(folder, 'node_modules', '.installed');
  const locked = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === locked) return;
  console.error(`Installing the locked packages in ${folder} ...`);
  run('npm', ['ci', ...what, '--no-audit', '--no-fund'], folder);
  writeFileSync(stamp, locked);
};

install(root);
if (process.argv.includes('--tests')) {
  install(join(root, 'tests', 'runtimes'));
  install(join(root, 'tests', 'parquet'));
}
if (['--tests', '--bench', '--sdk'].some((what) => process.argv.includes(what)))
  install(join(root, 'tests', 'sdk'), PLAIN);
if (process.argv.includes('--bench')) {
  install(join(root, 'tests', 'runtimes'));
  install(join(root, 'bench'));
}
// Types of the page are checked with the tests, against what is built of it.
const built = process.argv.includes('--tests') ? ['scripts', 'packages/dashboard'] : ['scripts'];
run('npx', ['--no-install', 'tsc', '-b', ...built], root);
// The page that a node serves is made of what was just compiled; it is built again only if something has changed.
const serves = process.argv[3] === 'start' || process.argv.includes('--dashboard');
if (serves || process.argv.includes('--tests')) run('node', [join('packages', 'dashboard', 'build.mjs')], root);

if (process.argv[2] === '--run') {
  const script = join(root, 'scripts', 'dist', `${process.argv[3]}.js`);
  process.argv.splice(1, 3, script);
  await import(pathToFileURL(script).href);
}
