import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startNode } from '@dexwire/node';
import { test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);

/** The first program of a page, as a reader would copy it. */
const programOf = (page: string): string => {
  const [, program = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(new URL(page, ROOT), 'utf8')) ?? [];
  return program;
};

test.each(['README.md', 'docs/orderBook.md'])('the first program of %s runs as it stands, and ends', async (page) => {
  const node = await startNode({ port: 0 });
  const program = programOf(page).replace("'local'", `'${node.ws}'`);
  assert.ok(program.includes(node.ws));
  const flags = ['--no-warnings', '--unhandled-rejections=strict', '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, flags, { cwd: fileURLToPath(ROOT), stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close'),
  ]);
  assert.deepEqual([errors, code], ['', 0]);
  assert.match(output, /\d+\.\d{8}/);
  await node.close();
});
