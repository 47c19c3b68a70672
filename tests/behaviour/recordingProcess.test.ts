import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openRecording, type Served, serveSource } from '@dexwire/node';
import { blockheight } from '@dexwire/protocol';
import { afterEach, beforeEach, test } from 'vitest';
import { SpokenSource } from '../support/spokenSource.ts';

const COMMAND = fileURLToPath(new URL('../../packages/cli/dist/cli.js', import.meta.url));

/** One frame each. */
const EVERY_MS = 5;

let folder: string;
let source: SpokenSource;
let served: Served;
let child: ChildProcess;
/** When each height was said. */
let said: number[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dexwire-killed-'));
  source = new SpokenSource();
  served = await serveSource(source, { port: 0 });
  said = [];
});

afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  await served.close();
  rmSync(folder, { recursive: true });
});

/** Says a height every few milliseconds as soon as somebody listens, until so many were said. */
const sayUntil = async (count: number): Promise<void> => {
  while (!source.sink?.wants(blockheight, '$all')) await passed(EVERY_MS);
  while (said.length < count) {
    said[source.height + 1] = Date.now();
    source.say({ stream: blockheight, subject: '$all', event: { height: source.height + 1 } });
    await passed(EVERY_MS);
  }
};

const start = (...more: string[]): void => {
  child = spawn(process.execPath, [COMMAND, 'record', 'blockheight', '--network', served.ws, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
};

// Counts of frames, so that each falls elsewhere between two writes.
test.each([40, 260, 333])(
  'a recorder that is killed after %i frames leaves a file that opens, and lacks no more than the last second',
  async (count) => {
    const path = join(folder, 'killed.ndjson.gz');
    start('-o', path);
    await sayUntil(count);
    const killed = Date.now();
    child.kill('SIGKILL');
    await once(child, 'close');

    const recording = openRecording(path);
    const lines = [...recording.lines()].filter(({ line }) => line.kind === 'frame');
    recording.close();
    const first = lines[0]?.height ?? 1;
    assert.deepEqual(
      lines.map(({ height }) => height),
      lines.map((_, place) => first + place),
      'nothing is missing in between',
    );
    // Where two processes share a core, what was said has not come yet: that much the recorder cannot have lost.
    const last = lines.at(-1);
    const behind = last ? Math.max(last.line.at / 1_000 - said[last.height]!, 0) : 0;
    const lost = said.filter((at, height) => height > (last?.height ?? 0) && at + behind < killed - 1_000);
    assert.deepEqual(lost, []);
  },
);

test('SIGTERM ends a recording in order: it has its last line, and tells what is in it', async () => {
  const path = join(folder, 'ended.ndjson.gz');
  start('-o', path, '--json');
  await sayUntil(30);
  await served.written();
  let out = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  const recording = openRecording(path);
  assert.equal([...recording.lines()].at(-1)?.line.kind, 'end');
  const { files, frames, bytes } = JSON.parse(out);
  assert.deepEqual([files, frames, bytes], [[path], recording.frames, recording.bytes]);
  assert.ok(frames > 0);
  recording.close();
});
