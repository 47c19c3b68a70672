import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
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

/** Says a height every few milliseconds as soon as somebody listens, as long as it is to go on. */
const sayWhile = async (goesOn: () => boolean): Promise<void> => {
  while (!source.sink?.wants(blockheight, '$all')) await passed(EVERY_MS);
  while (goesOn()) {
    said[source.height + 1] = Date.now();
    source.say({ stream: blockheight, subject: '$all', event: { height: source.height + 1 } });
    await passed(EVERY_MS);
  }
};

const sayUntil = (count: number): Promise<void> => sayWhile(() => said.length < count);

const words = (...more: string[]): string[] => [COMMAND, 'record', 'blockheight', '--network', served.ws, ...more];

const start = (...more: string[]): void => {
  child = spawn(process.execPath, words(...more), { stdio: ['ignore', 'pipe', 'inherit'] });
};

/** The same where no file may have more than so many kilobytes, which ends as a full disk does: the rest is not taken. */
const startWithin = (kilobytes: number, ...more: string[]): void => {
  const limited = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$@"`;
  child = spawn('bash', ['-c', limited, 'bash', process.execPath, ...words(...more)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};

/** What it told on stderr, and its code. */
const ending = async (): Promise<{ code: number; told: string }> => {
  let told = '';
  child.stderr?.on('data', (chunk) => {
    told += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, told };
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

test('a disk that takes no more ends a recording with code 1 and the reason, and the file has all that was taken', async () => {
  const path = join(folder, 'full.ndjson.gz');
  startWithin(4, '-o', path);
  const over = ending();
  await sayWhile(() => child.exitCode === null);
  const { code, told } = await over;
  assert.equal(code, 1);
  assert.match(told, /RECORDING_FAILED: cannot write .*full\.ndjson\.gz: EFBIG/);
  assert.equal(statSync(path).size, 4_096);
  const recording = openRecording(path);
  const heights = [...recording.lines()].flatMap(({ line, height }) => (line.kind === 'frame' ? height : []));
  assert.ok(heights.length > 0);
  assert.deepEqual(
    heights,
    heights.map((_, place) => heights[0]! + place),
  );
  recording.close();
});

test('a disk that takes nothing at all is told with its code, and no empty file is left', async () => {
  const path = join(folder, 'none.ndjson.gz');
  startWithin(0, '-o', path);
  const { code, told } = await ending();
  assert.equal(code, 1);
  assert.match(told, /RECORDING_FAILED: cannot write .*none\.ndjson\.gz: EFBIG/);
  assert.ok(!existsSync(path));
});

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
