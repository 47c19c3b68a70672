import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';

const DOCUMENT = new URL('../../docs/pains.md', import.meta.url);

interface Pain {
  readonly number: number;
  readonly proof: string;
  readonly tests: readonly { readonly path: string; readonly title: string }[];
}

/** Rows of all tables: `| number | pain | what we do | proof |`. */
const pains: readonly Pain[] = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^\| (\d+) \|.*\| ([^|]+) \|$/gm)].map(
  ([, number, proof = '']) => ({
    number: Number(number),
    proof,
    tests: [...proof.matchAll(/\[`[^`]+`\]\(([^)]+)\): \*([^*]+)\*/g)].map(([, path = '', title = '']) => ({
      path,
      title,
    })),
  }),
);

/** Whether a source has a test of this title that is run: one behind `skip`, `todo` or `only` is not found. */
const hasTest = (source: string, title: string): boolean =>
  ["'", '`', '"'].some((quote) => {
    const at = source.indexOf(`${quote}${title}${quote},`);
    return at >= 0 && /(\btest(\.concurrent)?|\))\(\s*$/.test(source.slice(0, at)) && !isLeftOut(source.slice(0, at));
  });

const isLeftOut = (before: string): boolean => /\.(skip|todo|only)\b[^;]*$/.test(before.slice(-200));

test('each of the 67 pains stands in the table once, with a test or the reason why it cannot reach us', () => {
  assert.deepEqual(
    pains.map(({ number }) => number).sort((one, other) => one - other),
    Array.from({ length: 67 }, (_, place) => place + 1),
  );
  for (const { number, proof, tests } of pains)
    assert.ok(tests.length > 0 !== proof.startsWith('Cannot reach us: '), `pain ${number}: ${proof}`);
});

test('every test that the table of pains names is there, by its title', () => {
  const missing = pains.flatMap(({ number, tests }) =>
    tests
      .filter(({ path, title }) => {
        const file = fileURLToPath(new URL(path, DOCUMENT));
        return !existsSync(file) || !hasTest(readFileSync(file, 'utf8'), title);
      })
      .map(({ path, title }) => `${number}: ${path}: ${title}`),
  );
  assert.deepEqual(missing, []);
});
