import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encode, trades } from '@dexwire/protocol';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { VirtualClock } from '../virtualClock.ts';
import { type Happening, type Line, parseLine } from './line.ts';
import { openRecording, type Placed } from './recording.ts';
import { partPath, type RecordingOptions, RecordingWriter } from './recordingWriter.ts';
import { HEADER_BYTES } from './section.ts';

const folder = mkdtempSync(join(tmpdir(), 'dexwire-recording-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = (ending = '.ndjson.gz'): string => {
  files += 1;
  return join(folder, `${files}${ending}`);
};

const START = Date.UTC(2026, 0, 1);

const heightFrame = (height: number): string => `{"stream":"blockheight","data":{"h":${height}}}`;

/** Writes with a clock that stands still but for what `write` passes. */
const recorded = async (
  write: (writer: RecordingWriter, clock: VirtualClock) => void | Promise<void>,
  options: Partial<RecordingOptions> = {},
): Promise<{ path: string; paths: readonly string[] }> => {
  const clock = new VirtualClock(START);
  const path = newPath();
  const writer = await RecordingWriter.open({ path, clock, ...options });
  await write(writer, clock);
  await writer.close();
  expect(clock.pending).toBe(0);
  return { path, paths: writer.stats.paths };
};

/** Blocks 100 to 199, one each 0.4 s from the start on. */
const hundredBlocks = (writer: RecordingWriter, clock: VirtualClock): void => {
  for (let height = 100; height < 200; height += 1) {
    writer.frame(1, heightFrame(height));
    clock.advance(400);
  }
};

const read = (...paths: readonly string[]): Placed[] => {
  const recording = openRecording(...paths);
  const lines = [...recording.lines()];
  recording.close();
  return lines;
};

const textsOf = (lines: readonly Placed[]): string[] =>
  lines.flatMap(({ line }) => (line.kind === 'frame' ? line.text : []));

test('every text comes back to the letter, with its socket and its time to the microsecond', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.nat(9)), { maxLength: 20 }), async (said) => {
      let now = START;
      const clock = new VirtualClock(START);
      const path = newPath();
      const writer = await RecordingWriter.open({
        path,
        clock: {
          now: () => now,
          setTimeout: (call, ms) => clock.setTimeout(call, ms),
          clearTimeout: (handle) => clock.clearTimeout(handle as number),
        },
      });
      for (const [text, socket] of said) {
        now += 0.125;
        writer.frame(socket, text);
      }
      await writer.close();
      const lines = read(path).flatMap(({ line }) => (line.kind === 'frame' ? line : []));
      assert.deepEqual(
        lines.map(({ text, socket, at }) => [text, socket, at]),
        said.map(([text, socket], place) => [text, socket, START * 1_000 + (place + 1) * 125]),
      );
    }),
    { numRuns: 20 },
  );
});

test('a recording that is cut off at any byte opens, and has a beginning of what was written', async () => {
  const { path } = await recorded(async (writer, clock) => {
    writer.write({ kind: 'dial', socket: 1, url: 'ws://127.0.0.1/api/ws' });
    for (let height = 1; height <= 4; height += 1) {
      writer.frame(1, heightFrame(height));
      clock.advance(300);
      await writer.flushed();
    }
  });
  const bytes = readFileSync(path);
  const whole = textsOf(read(path));
  assert.equal(whole.length, 4);
  const cut = newPath();
  let longest = 0;
  for (let length = 0; length < bytes.length; length += 1) {
    writeFileSync(cut, bytes.subarray(0, length));
    try {
      const recording = openRecording(cut);
      const texts = textsOf([...recording.lines()]);
      assert.deepEqual(texts, whole.slice(0, texts.length));
      assert.equal(recording.frames, texts.length);
      assert.ok(texts.length >= longest, 'more bytes never have less in them');
      longest = texts.length;
      recording.close();
    } catch (error) {
      // Only before the first section is whole, which is written when a file is opened.
      expect(error).toMatchObject({ code: 'RECORDING_INVALID' });
      assert.equal(longest, 0);
      assert.ok(length < 400);
    }
  }
  assert.equal(longest, 4);
});

test('whatever stands behind the last whole section is left away, and counted', async () => {
  const { path } = await recorded(hundredBlocks);
  await fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (garbage) => {
      const spoilt = newPath();
      writeFileSync(spoilt, Buffer.concat([readFileSync(path), garbage]));
      const recording = openRecording(spoilt);
      assert.equal(recording.frames, 100);
      assert.equal(recording.cutBytes, garbage.length);
      recording.close();
    }),
    { numRuns: 30 },
  );
});

test('a damaged section is a gap, and what stands before and behind it is read', async () => {
  const { path } = await recorded(async (writer) => {
    for (const height of [1, 2, 3]) {
      writer.frame(1, heightFrame(height));
      await writer.flushed();
    }
  });
  const bytes = readFileSync(path);
  const sections: number[] = [];
  for (let place = 0; place < bytes.length; place += bytes.readUInt32LE(place + 16)) sections.push(place);
  // The first one has the first line, the second one block 1.
  const at = sections[2]! + HEADER_BYTES + 3;
  bytes[at] = bytes[at]! ^ 0xff;
  const spoilt = newPath();
  writeFileSync(spoilt, bytes);
  const lines = read(spoilt);
  assert.deepEqual(textsOf(lines), [heightFrame(1), heightFrame(3)]);
  assert.deepEqual(
    lines.flatMap(({ line, frame }) => (line.kind === 'gap' ? [[line.cause, frame]] : [])),
    [['damaged', 1]],
  );
  const recording = openRecording(spoilt);
  assert.equal(recording.frameAt({ height: 3 }), 3, 'frames behind it keep their numbers');
  recording.close();
});

test('whatever bit of a header is flipped, what stands before it and behind it is read, and nothing is lost without a gap', async () => {
  const { path } = await recorded(async (writer) => {
    for (const height of [1, 2, 3]) {
      writer.frame(1, heightFrame(height));
      await writer.flushed();
    }
  });
  const bytes = readFileSync(path);
  const sections: number[] = [];
  for (let place = 0; place < bytes.length; place += bytes.readUInt32LE(place + 16)) sections.push(place);
  const spoilt = newPath();
  for (let bit = 0; bit < HEADER_BYTES * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    const at = sections[2]! + (bit >> 3);
    flipped[at] = flipped[at]! ^ (1 << (bit & 7));
    writeFileSync(spoilt, flipped);
    const lines = read(spoilt);
    const texts = textsOf(lines);
    const isGap = lines.some(({ line }) => line.kind === 'gap');
    const expected = [1, ...(isGap ? [] : [2]), 3].map(heightFrame);
    assert.deepEqual(texts, expected, `bit ${bit}`);
    assert.equal(lines.at(-1)?.line.kind, 'end');
  }
});

test('recordings that were put one behind the other in one file are read as such, with a gap between', async () => {
  const one = await recorded((writer) => writer.frame(1, '{"stream":"ticker","data":{"e":"x","E":1,"s":"AAA_BNB"}}'));
  const other = await recorded((writer, clock) => {
    clock.advance(1_000);
    writer.frame(1, heightFrame(9));
  });
  const path = newPath();
  writeFileSync(path, Buffer.concat([one.path, other.path].map((from) => readFileSync(from))));
  const recording = openRecording(path);
  assert.deepEqual([recording.frames, recording.symbols], [2, ['AAA_BNB']]);
  const kinds = [...recording.lines()].map(({ line }) => line.kind);
  assert.deepEqual(kinds, ['recording', 'frame', 'end', 'gap', 'recording', 'frame', 'end']);
  recording.close();
});

test('any gunzip reads a recording, line by line', async () => {
  const { path } = await recorded(hundredBlocks);
  const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n').map(parseLine);
  assert.equal(lines.filter((line) => line?.kind === 'frame').length, 100);
  assert.deepEqual([lines[0]?.kind, lines.at(-1)?.kind], ['recording', 'end']);
});

test('a frame, a block and a millisecond are found exactly', async () => {
  const trade = (height: number): string =>
    encode(trades, [
      {
        ...{ eventType: 'trade', height, symbol: 'AAA_BNB', tradeId: `${height}-0`, price: '1.0' as never },
        ...{ quantity: '1.0' as never, buyerOrderId: 'A-1', sellerOrderId: 'B-1', time: 1n },
        ...{ sellerAddress: 'a', buyerAddress: 'b' },
      },
    ]);
  const { path } = await recorded((writer, clock) => {
    for (let height = 100; height < 200; height += 2) {
      writer.frame(1, trade(height));
      clock.advance(3);
      writer.frame(1, heightFrame(height));
      clock.advance(397);
      writer.frame(1, '{"stream":"ticker","data":{"e":"24hrTicker","E":1,"s":"BBB_BNB"}}');
    }
  });
  const recording = openRecording(path);
  assert.equal(recording.frames, 150);
  assert.deepEqual(recording.heights, { from: 100, to: 198 });
  assert.deepEqual(recording.symbols, ['AAA_BNB', 'BBB_BNB']);
  for (let frame = 1; frame <= 150; frame += 7) {
    assert.equal(recording.frameAt({ frame }), frame);
    const [first] = recording.lines(frame);
    assert.equal(first?.frame, frame);
  }
  for (let height = 90; height < 199; height += 1) {
    const [first] = recording.lines(recording.frameAt({ height }));
    assert.ok(first?.line.kind === 'frame');
    assert.equal(first.line.text, trade(Math.max(100, height + (height % 2))), `block ${height}`);
  }
  for (const [ms, frame] of [
    [-5, 1],
    [0, 1],
    [1, 2],
    [3, 2],
    [4, 3],
    [400, 3],
    [401, 5],
    [403, 5],
  ] as const)
    assert.equal(recording.frameAt({ time: START + ms }), frame, `${ms} ms`);
  for (const place of [{ frame: 0 }, { frame: 151 }, { height: 199 }, { time: START + 20_001 }])
    expect(() => recording.frameAt(place)).toThrow(expect.objectContaining({ code: 'PLACE_UNKNOWN' }));
  recording.close();
});

test('a recording that was never closed tells the same symbols and addresses as a closed one', async () => {
  const address = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
  const { path } = await recorded((writer) => {
    writer.frame(1, '{"stream":"ticker","data":{"e":"24hrTicker","E":1,"s":"BBB_BNB"}}', address);
    writer.frame(1, '{"stream":"accounts","data":{"e":"outboundAccountInfo","E":7,"B":[]}}', address);
  });
  const bytes = readFileSync(path);
  let last = 0;
  for (let place = 0; place < bytes.length; place += bytes.readUInt32LE(place + 16)) last = place;
  const killed = newPath();
  writeFileSync(killed, bytes.subarray(0, last));
  for (const one of [path, killed]) {
    const recording = openRecording(one);
    assert.deepEqual([recording.symbols, recording.addresses], [['BBB_BNB'], [address]]);
    recording.close();
  }
});

test('parts follow one another by size or by time, and are read as the one recording that they are', async () => {
  for (const rotate of [{ ms: 4_000 }, { bytes: 2_500 }]) {
    const path = newPath();
    const { paths } = await recorded(
      async (writer, clock) => {
        for (let height = 1; height <= 100; height += 1) {
          writer.frame(1, heightFrame(height));
          clock.advance(400);
          await writer.flushed();
        }
      },
      { path, rotate },
    );
    assert.ok(paths.length > 3);
    assert.deepEqual(
      paths,
      paths.map((_, place) => partPath(path, place + 1)),
    );
    const mixed = [...paths].reverse();
    assert.deepEqual(
      textsOf(read(...mixed)),
      Array.from({ length: 100 }, (_, place) => heightFrame(place + 1)),
    );
    const recording = openRecording(...paths);
    assert.equal(recording.frameAt({ height: 77 }), 77);
    recording.close();
    for (const one of paths) assert.ok(read(one).some(({ line }) => line.kind === 'end'));
    if ('ms' in rotate) assert.equal(paths.length, 10);
  }
});

test('between two recordings there is a gap, between two parts of one there is none', async () => {
  const one = await recorded((writer) => writer.frame(1, heightFrame(1)));
  const other = await recorded((writer, clock) => {
    clock.advance(1_000);
    writer.frame(1, heightFrame(9));
  });
  const lines = read(other.path, one.path).filter(({ line }) => line.kind === 'frame' || line.kind === 'gap');
  assert.deepEqual(
    lines.map(({ line }) => (line.kind === 'gap' ? line.cause : line.kind)),
    ['frame', 'recorder', 'frame'],
  );
  const { paths } = await recorded(hundredBlocks, { rotate: { ms: 10_000 } });
  assert.ok(paths.length > 1);
  assert.ok(read(...paths).every(({ line }) => line.kind !== 'gap'));
});

test('a part that lacks its end is a gap before the next one, wherever it was cut off', async () => {
  const { paths } = await recorded(
    async (writer, clock) => {
      for (const height of [1, 2, 3, 4]) {
        writer.frame(1, heightFrame(height));
        clock.advance(400);
        await writer.flushed();
      }
    },
    { rotate: { ms: 800 } },
  );
  assert.equal(paths.length, 2);
  const bytes = readFileSync(paths[0]!);
  const cut = newPath();
  for (let place = bytes.readUInt32LE(16); place < bytes.length; place += 1) {
    writeFileSync(cut, bytes.subarray(0, place));
    const kinds = read(cut, paths[1]!).flatMap(({ line }) => ('cause' in line ? line.cause : line.kind));
    const next = kinds.lastIndexOf('recording');
    assert.equal(kinds[next - 1], 'recorder', `${place} bytes of it`);
  }
});

test('no more than half a second waits to be written', async () => {
  const clock = new VirtualClock(START);
  const path = newPath();
  const writer = await RecordingWriter.open({ path, clock });
  writer.frame(1, heightFrame(1));
  clock.advance(499);
  writer.frame(1, heightFrame(2));
  clock.advance(1);
  writer.frame(1, heightFrame(3));
  while (writer.stats.bytes < 300) await new Promise(setImmediate);
  assert.deepEqual(textsOf(read(path)), [heightFrame(1), heightFrame(2)]);
  await writer.close();
});

test('what a disk cannot keep up with is left out, and the recording says how much', async () => {
  const { path } = await recorded(
    async (writer) => {
      for (let height = 1; height <= 100; height += 1) writer.frame(1, heightFrame(height));
      await writer.flushed();
      writer.frame(1, heightFrame(101));
    },
    { mostWaiting: 1_000 },
  );
  const lines = read(path);
  const dropped = lines.findIndex(({ line }) => line.kind === 'dropped');
  const kept = textsOf(lines).length - 1;
  assert.ok(kept > 5 && kept < 20);
  const { line } = lines[dropped]!;
  assert.deepEqual(line.kind === 'dropped' && line.frames, 100 - kept);
  assert.deepEqual(textsOf(lines.slice(dropped)), [heightFrame(101)]);
});

test('a file that is there already is never written over', async () => {
  const path = newPath();
  writeFileSync(path, 'precious');
  await expect(RecordingWriter.open({ path })).rejects.toMatchObject({ code: 'RECORDING_FAILED' });
  assert.equal(readFileSync(path, 'utf8'), 'precious');
});

test('what is no recording is refused, and the error says what it is', () => {
  const path = newPath();
  for (const content of ['', 'hello\n', Buffer.of(0x1f, 0x8b, 8, 0)]) {
    writeFileSync(path, content);
    expect(() => openRecording(path)).toThrow(expect.objectContaining({ code: 'RECORDING_INVALID' }));
  }
  for (const place of [join(folder, 'nowhere'), folder, '/dev/null'])
    expect(() => openRecording(place)).toThrow(expect.objectContaining({ code: 'RECORDING_INVALID' }));
  expect(() => openRecording()).toThrow(expect.objectContaining({ code: 'RECORDING_INVALID' }));
});

test('plain files are read too: an unpacked recording, and frames as somebody wrote them down', async () => {
  const { path } = await recorded(hundredBlocks);
  const plain = newPath('.ndjson');
  writeFileSync(plain, gunzipSync(readFileSync(path)));
  assert.deepEqual(read(plain), read(path));
  const frames = openRecording(new URL('../../recordings/trades.ndjson', import.meta.url).pathname);
  const lines = [...frames.lines()];
  assert.deepEqual(
    textsOf(lines),
    readFileSync(new URL('../../recordings/trades.ndjson', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n'),
  );
  assert.deepEqual(frames.symbols, ['100K-9BC_BNB', 'CBM-4B2_BNB']);
  assert.ok(lines.every(({ height }) => height > 0));
  frames.close();
});

test('a line of a plain file that is damaged is a gap, and the last one is left away if it was cut off', () => {
  const path = newPath('.ndjson');
  writeFileSync(path, `${heightFrame(1)}\n{"stream":"blockhei\n\n${heightFrame(3)}\n${heightFrame(4).slice(0, -3)}`);
  const recording = openRecording(path);
  assert.deepEqual(
    [...recording.lines()].map(({ line }) => (line.kind === 'frame' ? line.text : line.kind)),
    [heightFrame(1), 'gap', heightFrame(3)],
  );
  assert.deepEqual([recording.frames, recording.cutBytes], [2, heightFrame(4).length - 3]);
  recording.close();
});

test('a plain file of any size is read in pieces, with lines longer than a piece among them', () => {
  const path = newPath('.ndjson');
  const long = heightFrame(7).replace('}}', `,"filling":"${'ä'.repeat(800_000)}"}}`);
  const texts = Array.from({ length: 60_000 }, (_, place) =>
    place % 20_000 === 10_000 ? long : heightFrame(place + 1),
  );
  writeFileSync(path, texts.join('\n'));
  const recording = openRecording(path);
  assert.equal(recording.frames, texts.length);
  let place = 0;
  for (const { line, frame } of recording.lines()) {
    assert.ok(line.kind === 'frame' && line.text === texts[place], `line ${place}`);
    place += 1;
    assert.deepEqual([frame, line.at], [place, place * 400_000]);
  }
  assert.equal(place, texts.length);
  assert.equal(recording.frameAt({ height: 55_555 }), 55_555);
  recording.close();
});

test('a line is read back as it was written, and kinds of later versions are passed over', () => {
  const happenings: Happening[] = [
    { kind: 'recording', version: 1, id: 'x', part: 1, by: 'y' },
    { kind: 'error', socket: 1, reason: 'ECONNREFUSED' },
    { kind: 'close', socket: 1, code: 1006, reason: '' },
    { kind: 'gap', cause: 'disconnect', streams: ['$all@blockheight'], from: 7 },
    { kind: 'gapClosed', streams: [], lost: 'unknown', to: 9 },
    { kind: 'end', frames: 3, symbols: [], addresses: [] },
  ];
  for (const what of happenings) {
    const line: Line = { at: 1, ...what };
    assert.deepEqual(parseLine(JSON.stringify(line)), line);
  }
  for (const text of [
    '{}',
    'null',
    '[]',
    '{"at":1,"kind":"later"}',
    '{"at":1,"kind":"frame","socket":1}',
    '{"at":0.5,"kind":"open","socket":1}',
  ])
    assert.equal(parseLine(text), undefined);
});
