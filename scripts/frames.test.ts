import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const frames = (...files: string[]): Promise<{ code: number | string | null | undefined; lines: string[] }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['--unhandled-rejections=strict', here('dist/frames.js'), ...files], (error, stdout) => {
      resolve({ code: error ? error.code : 0, lines: stdout.trimEnd().split('\n') });
    });
  });

test('recorded files pass, and the last line counts them', async () => {
  const { code, lines } = await frames(
    here('../packages/protocol/fixtures/trades.ndjson'),
    here('../packages/protocol/fixtures/errors.ndjson'),
  );
  assert.deepEqual(lines, ['3 passed, 0 failed']);
  assert.equal(code, 0);
});

test('what is no frame fails, and each difference is told with its place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dexwire-frames-'));
  const file = join(folder, 'mixed.ndjson');
  writeFileSync(
    file,
    [
      '{"stream":"blockheight","data":{"h":7}}',
      '{"stream":"blockheight","data":{"h": 7}}',
      '{"stream":"nonsense","data":{}}',
      '{"method":"subscribe","error":{"error":"Invalid symbol(s)"}}',
      '{"method":"keepAlive"}',
      '{"stream":"blockheight","data":{"h":"7"}}',
      'no JSON',
    ].join('\n'),
  );
  const { code, lines } = await frames(file, join(folder, 'missing.ndjson'));
  rmSync(folder, { recursive: true });
  assert.equal(code, 1);
  assert.equal(lines.at(-1), '2 passed, 6 failed');
  assert.ok(lines.some((line) => line.startsWith(`${file}:2: written back as`)));
  assert.ok(lines.some((line) => line.startsWith(`${file}:6: FRAME_BAD_FIELD at data.h`)));
});
