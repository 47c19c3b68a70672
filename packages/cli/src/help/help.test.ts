import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { fakeWorld } from '../../../../tests/support/fakeWorld.ts';
import { EXIT_MEANINGS } from '../exit.ts';
import { programOf } from '../program.ts';
import { VERSION } from '../version.ts';
import { completion, SHELLS } from './completion.ts';
import { optionsOf, verbsOf } from './definitions.ts';
import { manPage } from './manPage.ts';

const program = () => programOf(fakeWorld().world);
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the version is that of the manifest', async () => {
  const { version } = JSON.parse(read('../../package.json')) as { version: string };
  assert.equal(VERSION, version);
  const { run, stdout } = fakeWorld();
  assert.equal(await run('--version'), 0);
  assert.equal(stdout.text, `${version}\n`);
});

test('the man page that is published is the one that the definitions make: dexwire man > packages/cli/man/dexwire.1', () => {
  assert.equal(read('../../man/dexwire.1'), manPage(program()));
});

test('no line of the man page begins with what man would take for a command of its own', () => {
  const commands = /^\.(TH|SH|SS|TP|PP|nf|fi)\b/;
  for (const line of manPage(program()).split('\n')) if (/^[.']/.test(line)) assert.match(line, commands);
});

test('docs/cli.md tells every verb, every option and every exit code', () => {
  const page = read('../../../../docs/cli.md');
  for (const { name, options } of verbsOf(program())) {
    assert.ok(page.includes(`## \`dexwire ${name}`), name);
    for (const { names } of options)
      if (!names.includes('--help')) assert.ok(page.includes(`\`${names.at(-1)}`), `${name} ${names.at(-1)}`);
  }
  for (const [code] of EXIT_MEANINGS) assert.ok(page.includes(`| ${code} |`), String(code));
});

test('every verb has help with an example, and takes no more than it can use', async () => {
  for (const { name, more, arguments: args } of verbsOf(program())) {
    const { run, stdout } = fakeWorld();
    assert.equal(await run(name, '--help'), 0);
    assert.ok(stdout.text.includes('Usage: dexwire'));
    assert.ok(more.includes(`dexwire ${name}`), name);
    if (args.length) continue;
    const excess = fakeWorld();
    assert.equal(await excess.run(name, 'stray'), 2);
    assert.match(excess.stderr.text, /has no use for stray/);
  }
});

test.each([[], ['help']])('a misspelled verb is told which one is like it %s', async (...before) => {
  const { run, stderr } = fakeWorld();
  assert.equal(await run(...before, 'wach'), 2);
  assert.match(stderr.text, /^error: unknown command 'wach'\n\(Did you mean watch\?\)/);
});

test('no verb shows help and ends with 2', async () => {
  const { run, stderr } = fakeWorld();
  assert.equal(await run(), 2);
  assert.match(stderr.text, /Usage: dexwire/);
});

test('a network in the environment is the default, and a wrong one is told when it is used', async () => {
  const { run, stderr } = fakeWorld({ env: { DEXWIRE_NETWORK: 'http://x' } });
  assert.equal(await run('watch', 'blockheight'), 2);
  assert.match(stderr.text, /^dexwire: DEXWIRE_NETWORK is local, testnet, mainnet/);
});

test.each(SHELLS)('completion for %s knows every verb and option, and every topic', async (shell) => {
  const { run, stdout } = fakeWorld();
  assert.equal(await run('completion', shell), 0);
  for (const { name, options } of verbsOf(program())) {
    assert.ok(stdout.text.includes(name), name);
    for (const { names } of options) {
      const long = names.at(-1)!;
      assert.ok(stdout.text.includes(shell === 'fish' ? `-l ${long.slice(2)}` : long), `${name} ${long}`);
    }
  }
  assert.ok(stdout.text.includes('marketDepth1000'));
  assert.ok(optionsOf(program()).length > 0);
});

/** What bash would offer behind these words. */
const offered = (...words: string[]): string[] => {
  const script = `${completion(program(), 'bash')}
COMP_WORDS=(dexwire "$@"); COMP_CWORD=$#; _dexwire; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
};

test('bash completes verbs, options of the verb, topics, networks and choices', () => {
  assert.deepEqual(offered('wa'), ['watch']);
  assert.deepEqual(offered('watch', '--c'), ['--count', '--ca', '--connect-timeout']);
  assert.deepEqual(offered('watch', 'tr'), ['transfers', 'trades']);
  assert.deepEqual(offered('watch', 'trades', '--network', ''), ['local', 'testnet', 'mainnet']);
  assert.deepEqual(offered('order', 's'), ['sell']);
  assert.deepEqual(offered('node', '--log-level', 'd'), ['debug']);
  assert.deepEqual(offered('nope', ''), []);
});

test('bash completes values behind a sign of equality, and those of the verb alone', () => {
  assert.deepEqual(offered('watch', '--network', '=', 'l'), ['local']);
  assert.deepEqual(offered('watch', '--network', '='), ['local', 'testnet', 'mainnet']);
  assert.deepEqual(offered('convert', '--to', ''), ['parquet']);
  assert.deepEqual(offered('replay', '--to', ''), []);
  assert.deepEqual(offered('watch', 'BNB_BTCB-1DE', '@', 'tra'), ['transfers', 'trades']); // as bash takes it apart
});

test.each([
  ['bash', /^ +convert\) case (.*\n){1,3} +--out\) compopt -o dirnames .*\n(.*\n){0,3} +\*\) compopt -o default /m],
  ['zsh', /^ +convert\) .*'--out=\[[^\]]+\]:value:_files -\/'.* '\*:word:_files' ;;$/m],
  [
    'fish',
    /-n '__dexwire_verb convert' -l out -r -f -a '\(__fish_complete_directories\)' .*\n(.*\n)*.*'__dexwire_verb convert' -F$/m,
  ],
] as const)('%s completes files and folders where they are due', (shell, pattern) => {
  assert.match(completion(program(), shell), pattern);
});

test('zsh completes at the first try, whether it has loaded the file by its name or by source', () => {
  assert.match(
    completion(program(), 'zsh'),
    /\nif .*funcstack\[1\]" == _dexwire .*\n {2}_dexwire "\$@"\nelse\n {2}compdef /,
  );
});
