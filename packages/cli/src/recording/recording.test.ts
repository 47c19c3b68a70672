import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Node, openRecording, startNode } from '@dexwire/node';
import { systemClock } from 'dexwire';
import { afterAll, afterEach, beforeEach, test } from 'vitest';
import { type FakeWorld, fakeWorld } from '../../../../tests/support/fakeWorld.ts';
import { RawClient } from '../../../../tests/support/rawClient.ts';

const folder = mkdtempSync(join(tmpdir(), 'dexwire-cli-recording-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = (): string => {
  files += 1;
  return join(folder, `${files}.ndjson.gz`);
};

let node: Node;
let world: FakeWorld;
beforeEach(async () => {
  node = await startNode({ port: 0, blockTime: 20, traders: false });
  world = fakeWorld({ clock: systemClock });
});
afterEach(() => node.close());

const record = (...words: string[]): Promise<number> => world.run('record', ...words, '--network', node.ws);

/** What `--json` printed: its last line. */
const told = (): Record<string, unknown> => JSON.parse(world.stdout.text.trimEnd().split('\n').at(-1) ?? '');

test('a recording ends after so many frames, and tells what it wrote', async () => {
  const path = newPath();
  assert.equal(await record('blockheight', '--count', '30', '-o', path, '--json'), 0, world.stderr.text);
  const recording = openRecording(path);
  const { files: written, frames, gaps, dropped } = told();
  assert.deepEqual([written, frames, gaps, dropped], [[path], recording.frames, 0, 0]);
  assert.equal(recording.frames, 30);
  recording.close();
});

test('without any stream named it takes all that the market has', async () => {
  await node.close();
  node = await startNode({ port: 0, blockTime: 200, warmUp: 5 });
  const path = newPath();
  assert.equal(await record('--count', '400', '-o', path), 0, world.stderr.text);
  const recording = openRecording(path);
  assert.deepEqual(recording.symbols, [...node.symbols].sort());
  const topics = new Set(
    [...recording.lines()].flatMap(({ line }) =>
      line.kind === 'frame' ? /"stream":"(\w+)"/.exec(line.text)?.[1] : [],
    ),
  );
  for (const topic of ['trades', 'marketDepth', 'kline_1m', 'ticker', 'allTickers', 'allMiniTickers', 'blockheight'])
    assert.ok(topics.has(topic), topic);
  recording.close();
});

test('Ctrl-C ends it in order, with code 0; on a terminal it shows how far it is, and wipes that away', async () => {
  const path = newPath();
  world = fakeWorld({ clock: systemClock, isTTY: true, columns: 100 });
  const running = record('trades', node.symbols[0]!, '--for', '1h', '-o', path);
  while (!/\d+ frames/.test(world.stderr.text)) await new Promise(setImmediate);
  world.end('SIGINT');
  assert.equal(await running, 0, world.stderr.text);
  assert.ok(world.stderr.text.includes('░'));
  assert.ok(world.stderr.text.endsWith('\r\u001b[2K'));
  const recording = openRecording(path);
  assert.equal([...recording.lines()].at(-1)?.line.kind, 'end');
  recording.close();
});

test('a gateway that goes is a gap in the recording, and with --strict its end with code 4', async () => {
  const path = newPath();
  const running = record('blockheight', '-o', path, '--strict');
  const isRecorded = (): boolean => node.control.sessions().some(({ subscriptions }) => subscriptions.length > 0);
  while (!isRecorded()) await new Promise(setImmediate);
  for (let rounds = 0; rounds < 50; rounds += 1) await new Promise(setImmediate);
  node.control.drop();
  assert.equal(await running, 4, world.stderr.text);
  const recording = openRecording(path);
  const kinds = [...recording.lines()].map(({ line }) => line.kind);
  assert.ok(kinds.includes('gap'));
  assert.ok(kinds.includes('close'));
  recording.close();
});

test('nobody there, a file that exists, and words that mean nothing end with their codes, and leave no file', async () => {
  const path = newPath();
  await node.close();
  assert.equal(await record('blockheight', '-o', path, '--connect-timeout', '200ms'), 3);
  assert.ok(!existsSync(path));
  assert.equal(await record('nonsense', '-o', path), 2);
  assert.ok(!existsSync(path));
  assert.equal(await world.run('record', 'blockheight', '--rotate', 'often'), 2);
});

test('what was recorded is played at the URLs of the venue, from a place on, and with --once to its end', async () => {
  const path = newPath();
  assert.equal(await record('blockheight', '--count', '40', '-o', path), 0, world.stderr.text);
  const recording = openRecording(path);
  const from = recording.heights.from + 10;
  const texts = [...recording.lines(recording.frameAt({ height: from }))].flatMap(({ line }) =>
    line.kind === 'frame' ? line.text : [],
  );
  recording.close();
  world = fakeWorld({ clock: systemClock });
  const args = ['--port', '0', '--from', String(from), '--speed', 'max', '--once', '--json'];
  const running = world.run('replay', path, ...args);
  while (!world.stdout.text.includes('\n')) await new Promise(setImmediate);
  const { ws, replay } = told();
  const client = await RawClient.open(`${ws}/$all@blockheight`);
  const status = await fetch(String(replay), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal((await status.json()).height, from);
  assert.equal((await client.closing).code, 1001);
  assert.deepEqual(client.texts, texts);
  assert.equal(await running, 0, world.stderr.text);
});

test('step by step: a line sends a frame, a number so many', async () => {
  const path = newPath();
  assert.equal(await record('blockheight', '--count', '10', '-o', path), 0, world.stderr.text);
  world = fakeWorld({ clock: systemClock });
  const running = world.run('replay', path, '--port', '0', '--speed', 'step', '--json');
  while (!world.stdout.text.includes('\n')) await new Promise(setImmediate);
  const client = await RawClient.open(`${told().ws}/$all@blockheight`);
  world.stdin.write('\n');
  await client.has(1);
  world.stdin.write('3\n');
  await client.has(4);
  assert.equal((await client.take()).length, 4);
  assert.match(world.stderr.text, /^frame 1, block \d+/);
  world.end('SIGINT');
  assert.equal(await running, 0, world.stderr.text);
  assert.equal((await client.closing).code, 1001);
});

test('whoever converts or plays a file that was cut off is told, and how much is left away', async () => {
  const path = newPath();
  assert.equal(await record('blockheight', '--count', '10', '-o', path), 0, world.stderr.text);
  const cutBytes = 7;
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(cutBytes)]));
  const out = join(folder, 'cut');
  world = fakeWorld({ clock: systemClock });
  assert.equal(await world.run('convert', path, '--out', out), 0);
  assert.match(world.stderr.text, /^A file is cut off: .* 7 bytes at the end are left away\.\n$/);
  assert.equal(await world.run('convert', path, '--out', out, '--json'), 0);
  assert.equal(told().cutBytes, cutBytes);
  world = fakeWorld({ clock: systemClock });
  const running = world.run('replay', path, '--port', '0', '--json');
  await world.stdout.has(1);
  assert.equal(told().cutBytes, cutBytes);
  world.end('SIGINT');
  assert.equal(await running, 0);
});

test('places and speeds that are none are refused, and files that are no recordings', async () => {
  const path = newPath();
  for (const args of [
    ['--from', 'noon'],
    ['--speed', 'fast'],
    ['--to', 'frame:x'],
  ])
    assert.equal(await world.run('replay', path, ...args), 2, args.join(' '));
  assert.equal(await world.run('replay', path, '--port', '0'), 1);
  assert.match(world.stderr.text, /RECORDING_INVALID/);
});
