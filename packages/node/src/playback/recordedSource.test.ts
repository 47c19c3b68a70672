import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accounts, blockheight, marketDepth, type Stream, trades } from '@dexwire/protocol';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { Frame, Turn } from '../gateway/source.ts';
import { openRecording, type Recording } from '../recording/recording.ts';
import { RecordingWriter } from '../recording/recordingWriter.ts';
import { VirtualClock } from '../virtualClock.ts';
import { type PlayOptions, RecordedSource, type Speed } from './recordedSource.ts';

const folder = mkdtempSync(join(tmpdir(), 'dexwire-player-'));
const opened: Recording[] = [];
const clocks: VirtualClock[] = [];
afterEach(() => {
  for (const clock of clocks.splice(0)) assert.equal(clock.pending, 0, 'no timer is left');
});
afterAll(() => {
  for (const recording of opened) recording.close();
  rmSync(folder, { recursive: true });
});

const START = Date.UTC(2026, 0, 1);
const ADDRESS = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';

const heightText = (height: number): string => `{"stream":"blockheight","data":{"h":${height}}}`;
const tickerText = (second: number): string =>
  `{"stream":"ticker","data":{"e":"24hrTicker","E":${second},"s":"AAA_BNB"}}`;
const depthText = (height: number): string =>
  `{"stream":"marketDepth","data":{"lastUpdateId":${height},"symbol":"AAA_BNB","bids":[],"asks":[]}}`;

let files = 0;
const paths: string[] = [];

/** A recording of what is written at the times that the clock is put to. */
const recordingOf = async (write: (writer: RecordingWriter, at: (ms: number) => void) => void): Promise<Recording> => {
  files += 1;
  const path = join(folder, `${files}.ndjson.gz`);
  paths.push(path);
  let now = START;
  const clock = new VirtualClock();
  const writer = await RecordingWriter.open({
    path,
    clock: {
      now: () => now,
      setTimeout: (call, ms) => clock.setTimeout(call, ms),
      clearTimeout: (handle) => clock.clearTimeout(handle as number),
    },
  });
  write(writer, (ms) => {
    now = START + ms;
  });
  await writer.close();
  const recording = openRecording(path);
  opened.push(recording);
  return recording;
};

/** Ten blocks, from 100 on, one each 400 ms; before each, 1.5 ms earlier, a frame that has no height. */
const tenBlocks = (): Promise<Recording> =>
  recordingOf((writer, at) => {
    for (let block = 0; block < 10; block += 1) {
      at(block * 400 + 98.5);
      writer.frame(1, tickerText(block));
      at(block * 400 + 100);
      writer.frame(1, heightText(100 + block));
    }
  });

/** Plays to somebody who wants everything, as long as he listens. */
const play = (recording: Recording, options: PlayOptions = {}) => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  clocks.push(clock);
  const began = clock.now();
  const heard: { readonly ms: number; readonly turn: Turn }[] = [];
  let listens = false;
  let [gaps, ends] = [0, 0];
  const waits: (() => void)[] = [];
  const source = new RecordedSource(recording, options, {
    onGap: () => {
      gaps += 1;
      listens = false;
    },
    onEnd: () => {
      ends += 1;
    },
    read: () => new Promise((resolve) => waits.push(resolve)),
  });
  source.start({ wants: () => listens, send: (turn) => heard.push({ ms: clock.now() - began, turn }) }, clock);
  return {
    source,
    clock,
    get gaps() {
      return gaps;
    },
    get ends() {
      return ends;
    },
    waits,
    subscribe: (stream: Stream = blockheight, subject = '$all') => {
      listens = true;
      return source.snapshot(stream, subject);
    },
    leave: () => {
      listens = false;
    },
    take: (): { ms: number; texts: string[] }[] =>
      heard.splice(0).map(({ ms, turn }) => ({
        ms,
        texts: turn.frames.map((frame) => ('text' in frame ? frame.text : '')),
      })),
    frames: (): Frame[] => heard.splice(0).flatMap(({ turn }) => turn.frames),
    texts: (): string[] =>
      heard.splice(0).flatMap(({ turn }) => turn.frames.map((one) => ('text' in one ? one.text : ''))),
  };
};

test('frames come to the millisecond as they came, faster, or slower', async () => {
  const recording = await tenBlocks();
  for (const speed of [1, 4, 0.5]) {
    const { source, clock, subscribe, take } = play(recording, { speed });
    clock.advance(1_000);
    assert.deepEqual(take(), [], 'time stands still while nobody is there');
    subscribe();
    clock.advance(100_000);
    const [first, ...rest] = take();
    assert.equal(first?.ms, 1_250, 'it begins a quarter of a second after the last subscription');
    for (const [place, { ms, texts }] of rest.entries()) {
      const recordedMs = Math.ceil((place + 1) / 2) * 400 - ((place + 1) % 2 === 1 ? 400 - 1.5 : 0);
      assert.ok(Math.abs(ms - 1_250 - recordedMs / speed) <= 1, `${texts} at ${ms}`);
    }
    assert.equal(rest.length, 19);
    source.stop();
  }
});

test('turns have the time and the block of the recording', async () => {
  const { source, clock, subscribe } = play(await tenBlocks());
  subscribe();
  clock.advance(250 + 400 + 2);
  assert.deepEqual(source.status, { state: 'playing', speed: 1, frame: 4, height: 101, time: START + 500 });
  source.stop();
});

test('it goes on from a frame, a block or a millisecond exactly, and ends with one', async () => {
  const recording = await tenBlocks();
  const cases: readonly [PlayOptions, first: string, last: string][] = [
    [{ from: { height: 104 }, to: { height: 105 } }, heightText(104), tickerText(6)],
    [{ from: { frame: 7 }, to: { frame: 8 } }, tickerText(3), heightText(103)],
    [{ from: { time: START + 99 }, to: { time: START + 499 } }, heightText(100), tickerText(1)],
    [{ from: { time: START + 98 }, to: { time: START + 98 } }, tickerText(0), tickerText(0)],
    [{}, tickerText(0), heightText(109)],
  ];
  for (const [options, first, last] of cases) {
    const player = play(recording, { ...options, speed: 1_000 });
    player.subscribe();
    player.clock.advance(5_000);
    const texts = player.texts();
    assert.deepEqual([texts[0], texts.at(-1)], [first, last]);
    assert.equal(player.source.status.state, 'ended');
    assert.equal(player.ends, 1);
    player.source.stop();
  }
});

test('frame by frame: each step sends one and no other', async () => {
  const { source, clock, subscribe, texts } = play(await tenBlocks(), { speed: 'step', from: { height: 103 } });
  subscribe();
  clock.advance(60_000);
  assert.deepEqual(texts(), []);
  assert.equal(source.status.state, 'paused');
  assert.equal(source.step(), 1);
  assert.deepEqual(texts(), [heightText(103)]);
  assert.equal(source.step(3), 3);
  assert.deepEqual(texts(), [tickerText(4), heightText(104), tickerText(5)]);
  assert.equal(await source.advance({ height: 106 }), 4);
  assert.deepEqual(texts(), [heightText(105), tickerText(6), heightText(106), tickerText(7)]);
  assert.equal(source.step(100), 5);
  assert.equal(source.status.state, 'ended');
  expect(() => source.step(0)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  source.stop();
});

test('it can be paused, and goes on where it stood, at another speed too', async () => {
  const { source, clock, subscribe, texts } = play(await tenBlocks());
  subscribe();
  clock.advance(250 + 500);
  source.pause();
  assert.equal(texts().length, 4);
  clock.advance(3_600_000);
  assert.deepEqual(texts(), []);
  source.play(100);
  clock.advance(40);
  assert.equal(texts().length, 16);
  source.stop();
});

test('whoever comes back soon goes on where he was, and after a while it begins anew', async () => {
  const { source, clock, subscribe, leave, texts } = play(await tenBlocks());
  subscribe();
  clock.advance(250 + 500);
  assert.equal(texts().at(-1), heightText(101));
  leave();
  clock.advance(4_000);
  assert.deepEqual(texts(), []);
  subscribe();
  clock.advance(250 + 1);
  assert.deepEqual(texts(), [tickerText(2)]);
  leave();
  clock.advance(5_500);
  assert.deepEqual([source.status.state, source.status.frame], ['waiting', 0]);
  subscribe();
  clock.advance(251);
  assert.deepEqual(texts(), [tickerText(0)]);
  clock.advance(60_000);
  assert.equal(source.status.state, 'ended');
  leave();
  clock.advance(6_000);
  assert.equal(source.status.state, 'waiting', 'also from its end');
  source.stop();
});

test('where frames are missing it is lost, once, and goes on only when somebody is back', async () => {
  const recording = await recordingOf((writer) => {
    writer.write({ kind: 'gap', cause: 'disconnect', streams: [] });
    writer.frame(1, heightText(1));
    writer.write({ kind: 'gap', cause: 'disconnect', streams: ['$all@blockheight'] });
    writer.write({ kind: 'gap', cause: 'disconnect', streams: ['AAA_BNB@trades'] });
    writer.write({ kind: 'dropped', frames: 3 });
    writer.frame(2, heightText(5));
  });
  const player = play(recording);
  player.subscribe();
  player.clock.advance(1_000);
  assert.deepEqual(player.texts(), [heightText(1)]);
  assert.equal(player.gaps, 1);
  player.subscribe();
  player.clock.advance(1_000);
  assert.deepEqual(player.texts(), [heightText(5)]);
  assert.equal(player.gaps, 1);
  player.source.stop();

  const deaf = play(recording, { gaps: 'ignore' });
  deaf.subscribe();
  deaf.clock.advance(1_000);
  assert.deepEqual(deaf.texts(), [heightText(1), heightText(5)]);
  assert.equal(deaf.gaps, 0);
  deaf.source.stop();
});

test('a seek loses who listens, and is where it begins anew from then on', async () => {
  const player = play(await tenBlocks());
  player.subscribe();
  player.clock.advance(300);
  player.texts();
  player.source.seek({ height: 107 });
  assert.equal(player.gaps, 1);
  player.clock.advance(20_000);
  player.subscribe();
  player.clock.advance(251);
  assert.deepEqual(player.texts(), [heightText(107)]);
  expect(() => player.source.seek({ height: 110 })).toThrow(expect.objectContaining({ code: 'PLACE_UNKNOWN' }));
  player.source.stop();
});

test('what several sockets of the recorder brought comes once, what one said twice comes twice', async () => {
  const recording = await recordingOf((writer, at) => {
    for (const height of [1, 2, 3]) {
      at(height * 400);
      writer.frame(1, heightText(height));
      if (height === 2) writer.frame(1, heightText(height));
      at(height * 400 + 30);
      writer.frame(2, heightText(height));
    }
  });
  const cases: [PlayOptions, number[]][] = [
    [{}, [1, 2, 2, 3]],
    // Also where it begins between a frame and its copy.
    [{ from: { frame: 2 } }, [2, 2, 3]],
    [{ from: { time: START + 830 } }, [3]],
  ];
  for (const [options, heights] of cases) {
    const { source, clock, subscribe, texts } = play(recording, options);
    subscribe();
    clock.advance(10_000);
    assert.deepEqual(texts(), heights.map(heightText));
    source.stop();
  }
});

test('personal frames go to the address that their socket was asked for', async () => {
  const text = '{"stream":"accounts","data":{"e":"outboundAccountInfo","E":7,"B":[]}}';
  const recording = await recordingOf((writer) => {
    writer.frame(1, text, ADDRESS);
    writer.frame(2, text);
    writer.frame(2, 'not even JSON');
    writer.frame(2, '{"method":"subscribe","error":{"error":"Invalid symbol(s)"}}');
  });
  const { source, subscribe, frames } = play(recording, { speed: 'step' });
  subscribe();
  assert.equal(source.step(10), 4);
  assert.deepEqual(frames(), [{ stream: accounts, subject: ADDRESS, text }]);
  assert.deepEqual(source.accounts, [{ name: ADDRESS, address: ADDRESS }]);
  source.stop();
});

test('who subscribes later gets the book as it is at that place', async () => {
  const recording = await recordingOf((writer, at) => {
    writer.frame(1, depthText(1));
    at(1_000);
    writer.frame(1, depthText(2));
    at(2_000);
    writer.frame(1, heightText(3));
  });
  const { source, clock, subscribe } = play(recording);
  assert.equal(subscribe(marketDepth(), 'AAA_BNB'), undefined);
  clock.advance(1_300);
  assert.deepEqual(subscribe(marketDepth(), 'AAA_BNB'), {
    stream: marketDepth(),
    subject: 'AAA_BNB',
    text: depthText(2),
  });
  assert.equal(subscribe(trades, 'AAA_BNB'), undefined);
  source.seek({ height: 3 });
  assert.equal('text' in (subscribe(marketDepth(), 'AAA_BNB') ?? {}), true, 'also if he begins there');
  source.stop();
});

test('the book of a quiet market is known wherever it begins, and a later one is never replaced by it', async () => {
  const quiet = depthText(1).replace('AAA_BNB', 'BBB_BNB');
  const recording = await recordingOf((writer, at) => {
    for (const text of [depthText(1), quiet]) writer.frame(1, text);
    at(300_000);
    writer.frame(1, depthText(2));
    writer.frame(1, heightText(3));
    at(300_500);
    writer.frame(1, depthText(4));
    writer.frame(1, heightText(5));
  });
  const bookOf = (subject: string, { source }: ReturnType<typeof play>): unknown => {
    const frame = source.snapshot(marketDepth(), subject);
    return frame && 'text' in frame && frame.text;
  };
  const player = play(recording, { from: { height: 3 } });
  assert.deepEqual([bookOf('BBB_BNB', player), bookOf('AAA_BNB', player)], [quiet, depthText(2)]);
  player.source.stop();
  const later = play(recording, { from: { height: 3 }, speed: 'step' });
  later.subscribe();
  later.source.step(3);
  assert.deepEqual([bookOf('BBB_BNB', later), bookOf('AAA_BNB', later)], [quiet, depthText(4)]);
  later.source.seek({ frame: 1 });
  assert.equal(bookOf('BBB_BNB', later), undefined, 'nothing comes before the beginning');
  later.source.stop();
});

test('as fast as possible means as fast as it is read', async () => {
  const filler = 'x'.repeat(20_000);
  const recording = await recordingOf((writer) => {
    for (let height = 1; height <= 20; height += 1)
      writer.frame(1, `{"stream":"blockheight","data":{"h":${height}},"filler":"${filler}"}`);
  });
  const player = play(recording, { speed: 'max' });
  player.subscribe();
  player.clock.advance(10_000);
  let sent = player.texts().length;
  assert.ok(sent >= 4 && sent < 20, 'it waits for readers');
  while (player.ends === 0) {
    assert.equal(player.waits.length, 1);
    player.waits.pop()?.();
    await new Promise(setImmediate);
    sent += player.texts().length;
  }
  assert.equal(sent, 20);
  player.source.stop();
});

test('places and speeds that cannot be are refused', async () => {
  const recording = await tenBlocks();
  for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '10', [10], 'fast'] as Speed[])
    expect(() => play(recording, { speed })).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  const nowhere: PlayOptions[] = [
    { from: { frame: 21 } },
    { from: { time: 9e15 } },
    { from: { height: 105 }, to: { height: 104 } },
    { from: { frame: 3 }, to: { frame: 2 } },
    { from: { time: START + 500 }, to: { time: START + 400 } },
    { to: { frame: 0 } },
    { to: { time: START + 97 } },
  ];
  for (const options of nowhere)
    expect(() => play(recording, options)).toThrow(expect.objectContaining({ code: 'PLACE_UNKNOWN' }));
  const { source } = play(recording, { to: { height: 104 } });
  expect(() => source.seek({ height: 105 })).toThrow(expect.objectContaining({ code: 'PLACE_UNKNOWN' }));
  source.stop();
});

const DAY_MS = 86_400_000;

test('what lies between two recordings is not waited for', async () => {
  const monday = (writer: RecordingWriter): void => writer.frame(1, heightText(1));
  const recordings = [
    await recordingOf(monday),
    await recordingOf((writer, at) => {
      at(40 * DAY_MS);
      writer.frame(1, heightText(2));
      at(40 * DAY_MS + 1_000);
      writer.frame(1, heightText(3));
    }),
  ];
  const both = openRecording(...paths.slice(-recordings.length));
  opened.push(both);
  const { source, clock, subscribe, texts } = play(both, { gaps: 'ignore' });
  subscribe();
  clock.advance(250 + 999);
  assert.deepEqual(texts(), [heightText(1), heightText(2)]);
  clock.advance(1);
  assert.deepEqual(texts(), [heightText(3)]);
  source.stop();
});

test('a silence of months within a recording is as long as it was', async () => {
  const recording = await recordingOf((writer, at) => {
    writer.frame(1, heightText(1));
    at(40 * DAY_MS);
    writer.frame(1, heightText(2));
  });
  const { source, clock, subscribe, texts } = play(recording);
  const waits = vi.spyOn(clock, 'setTimeout');
  subscribe();
  clock.advance(251);
  assert.deepEqual(texts(), [heightText(1)]);
  const longest = Math.max(...waits.mock.calls.map(([, ms]) => ms));
  assert.equal(longest, 2 ** 31 - 1, 'timers of the runtime wait no longer');
  source.stop();
});
