import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import { BncClient, requireSdk, SDK_NAME } from './officialSdk.ts';

const VERSION = '4.2.2';
/** Of the package as the registry gives it out. */
const INTEGRITY = 'sha512-WLYdnlLWzyAVOTO7oqBlrgh5MOlVBsNHqCh8rGkearxEKb1Q7YC7M2+u1dWO1s1UGA8TlhH16shaqhL+DhvYzA==';
/** Of the files in a package with that integrity: names and contents, in the order of names. */
const FILES_SHA256 = '91686f341e35b5a9dfe96dc96586649addf5591fb1a613cce3d6ccb393d7ec3d';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');
const sdk = join(modules, ...SDK_NAME.split('/'));

const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

const digestOf = (folder: string): string => {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll(sep, '/'))
    .sort();
  for (const name of names) {
    const content = readFileSync(join(folder, name));
    hash.update(`${name}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
};

test('the lock file names the official package, and what is installed is what it names', () => {
  for (const lock of [json(here, 'package-lock.json'), json(modules, '.package-lock.json')]) {
    const { version, integrity } = lock.packages[`node_modules/${SDK_NAME}`];
    assert.deepEqual([version, integrity], [VERSION, INTEGRITY]);
  }
});

test('each file of the SDK is as it was published', () => {
  assert.equal(digestOf(sdk), FILES_SHA256);
});

test('nothing else is installed or run that could change it', () => {
  const { dependencies, ...rest } = json(here, 'package.json');
  assert.deepEqual(dependencies, { [SDK_NAME]: VERSION });
  assert.deepEqual(Object.keys(rest).sort(), ['description', 'name', 'private', 'type']);
});

test('the tests trade by the code in these files', () => {
  assert.ok(requireSdk.resolve(SDK_NAME).startsWith(sdk + sep));
  const loaded = requireSdk.cache[join(sdk, 'lib', 'client', 'index.js')];
  assert.equal(loaded?.exports.BncClient, BncClient);
});
