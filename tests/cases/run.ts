/**
 * Runs reference cases: `npm run cases -- <folder>`, all `*.json` files in it.
 * In: a folder of case files (`fixtures/README.md`). Out: each failure by id, and last `N passed, M failed, K skipped`.
 *
 * Exit code 0: nothing failed; 1: something did; 2: no folder of case files was named.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { CaseFileError, parseCases } from './case.ts';
import { isSkipped, runCase } from './kinds.ts';

const USAGE = 'Usage: npm run cases -- <folder of case files>';

/** Of a long list of differences the first say enough. */
const SHOWN = 10;

const filesOf = (folder: string): string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return [];
  }
};

const run = (folder: string, files: readonly string[]): number => {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const fail = (id: string, lines: readonly string[]): void => {
    failed += 1;
    console.log(`FAILED ${id}`);
    for (const line of lines.slice(0, SHOWN)) console.log(`  ${line}`);
    if (lines.length > SHOWN) console.log(`  and ${lines.length - SHOWN} more`);
  };
  for (const file of files) {
    try {
      for (const one of parseCases(readFileSync(join(folder, file), 'utf8'))) {
        if (isSkipped(one)) {
          skipped += 1;
          continue;
        }
        const lines = runCase(one);
        if (lines.length === 0) passed += 1;
        else fail(one.id, lines);
      }
    } catch (error) {
      if (!(error instanceof CaseFileError)) throw error;
      fail(file, [error.message]);
    }
  }
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
};

const [folder, ...more] = process.argv.slice(2);
const files = folder === undefined || more.length > 0 ? [] : filesOf(folder);
if (folder === undefined || files.length === 0) {
  console.error(folder === undefined || more.length > 0 ? USAGE : `No *.json files in ${folder}. ${USAGE}`);
  process.exitCode = 2;
} else process.exitCode = run(folder, files);
