import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { onTestFinished, test } from 'vitest';
import { differences, parseCases } from './case.ts';
import { isSkipped, runCase } from './kinds.ts';

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));

const cases = files
  .flatMap((name) => parseCases(readFileSync(join(FIXTURES, name), 'utf8')))
  .filter((one) => !isSkipped(one));

test('every reference case has a name of its own', () => {
  assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
  assert(cases.length > 500);
});

for (const one of cases) {
  test(one.id, () => assert.deepEqual(runCase(one), []));
}

test('differences tell where a value is not as expected, and overlook what nobody expects', () => {
  assert.deepEqual(differences({ a: [1, { b: '2' }] }, { a: [1, { b: '2', c: 3 }], d: 4 }), []);
  assert.deepEqual(differences({ a: [1, { b: '2' }] }, { a: [1, { b: 2 }] }), ['a[1].b: expected "2", found 2']);
  assert.deepEqual(differences({ a: [1, 2], b: null }, { a: [1] }), [
    'a: expected 2 of them, found 1',
    'b: expected null, found nothing',
  ]);
});

/** What the runner says about a folder of these files. */
const run = (contents: Readonly<Record<string, string>> | undefined): { lines: string[]; code: number | null } => {
  const folder = mkdtempSync(join(tmpdir(), 'cases-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(contents ?? {})) writeFileSync(join(folder, name), text);
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  const args = ['--disable-warning=ExperimentalWarning', script, ...(contents === undefined ? [] : [folder])];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { lines: (stdout + stderr).trimEnd().split('\n'), code: status };
};

const file = (...list: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify({ schema: 1, cases: list });

const passing = {
  id: 'good',
  kind: 'engine.maxExec',
  engine: 'both',
  input: { exec: ['5', '7'] },
  expect: { value: '7' },
};

test('the runner tells a folder that passes by its counts and its exit code', () => {
  assert.deepEqual(run({ 'a.json': file(passing, { ...passing, id: 'early', engine: 'old' }), 'README.md': '' }), {
    lines: ['1 passed, 0 failed, 1 skipped'],
    code: 0,
  });
});

test('the runner tells each failure by its id, and counts an unknown kind and an unreadable file as such', () => {
  const { lines, code } = run({
    'a.json': file(passing, { ...passing, id: 'bad', expect: { value: '8', index: [1] } }),
    'b.json': file({ ...passing, id: 'strange', kind: 'engine.constructor' }, { ...passing, id: 'bare', input: {} }),
    'c.json': '{"cases":',
    'd.json': '{"schema":2,"cases":[]}',
  });
  assert.deepEqual(lines.slice(0, 5), [
    'FAILED bad',
    '  value: expected "8", found "7"',
    'FAILED strange',
    '  is of the unknown kind engine.constructor',
    'FAILED bare',
  ]);
  assert.deepEqual(lines.slice(-5), [
    'FAILED c.json',
    '  is no JSON',
    'FAILED d.json',
    '  has another schema than 1',
    '1 passed, 5 failed, 0 skipped',
  ]);
  assert.equal(code, 1);
});

test('the runner asks for a folder of case files when it gets none', () => {
  assert.equal(run(undefined).code, 2);
  const { lines, code } = run({});
  assert.match(lines.join(), /No \*\.json files in .* Usage: npm run cases -- <folder of case files>/);
  assert.equal(code, 2);
});
