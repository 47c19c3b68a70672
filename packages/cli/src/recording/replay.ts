/**
 * `dexwire replay`: from files to a gateway.
 * In: files, options. Out: the URLs once clients may come; the recording, as it was, until the program is asked to end.
 */
import { createInterface } from 'node:readline';
import { openRecording, type RecordedPlace, type Recording, type Replay, startReplay } from '@dexwire/node';
import type { PlaceOption, ReplayVerbOptions } from '../commands/replay.ts';
import { paintFor } from '../terminal/paint.ts';
import type { World } from '../world.ts';
import { countText, cutText, progressOf, sizeText, spanText } from './progress.ts';

const LOOK_MS = 200;

const placeOf = (place: PlaceOption, from: number): RecordedPlace =>
  'after' in place ? { time: from + place.after } : place;

const timeText = (microseconds: number): string => new Date(microseconds / 1_000).toISOString();

const readyLine = ({ ws, stream, rest, symbols, accounts, port }: Replay, recording: Recording): string =>
  JSON.stringify({
    ...{ ws, stream, rest, symbols, accounts, replay: `http://127.0.0.1:${port}/replay` },
    frames: recording.frames,
    ...{ from: recording.from / 1_000, to: recording.to / 1_000, heights: recording.heights },
    cutBytes: recording.cutBytes,
  });

const greeting = (world: World, replay: Replay, recording: Recording): string[] => {
  const { bold, dim } = paintFor(world);
  const { frames, bytes, from, to, heights, cutBytes } = recording;
  return [
    `The recording is played at ${bold(replay.ws)} once somebody subscribes`,
    dim(`${countText(frames)} frames in ${sizeText(bytes)}, ${timeText(from)} to ${timeText(to)}`),
    dim(`blocks    ${heights.from} to ${heights.to}`),
    dim(`symbols   ${replay.symbols.join(' ')}`),
    ...(replay.accounts.length > 0
      ? [dim(`addresses ${replay.accounts.map(({ address }) => address).join(' ')}`)]
      : []),
    ...(cutBytes > 0 ? [cutText(cutBytes)] : []),
    `In another terminal: dexwire watch blockheight${replay.port === 27_100 ? '' : ` --network ${replay.ws}`}`,
    'Ctrl-C ends it.',
  ];
};

/** Enter sends a frame, a number so many. */
const stepByLine = ({ stdin, stderr }: World, replay: Replay): (() => void) => {
  const lines = createInterface({ input: stdin });
  lines.on('line', (line) => {
    const frames = line.trim() === '' ? 1 : Number(line);
    if (!Number.isSafeInteger(frames) || frames < 1) return;
    replay.step(frames);
    const { frame, height, time } = replay.status;
    stderr.write(`frame ${frame}, block ${height}, ${new Date(time).toISOString()}\n`);
  });
  return () => lines.close();
};

/** @throws NodeError `RECORDING_INVALID`, `PLACE_UNKNOWN`, `LISTEN_FAILED`. */
export const replay = async (world: World, files: readonly string[], options: ReplayVerbOptions): Promise<void> => {
  const { clock, signal, stdout } = world;
  const recording = openRecording(...files);
  const progress = progressOf(world);
  let timer: unknown;
  let played: Replay | undefined;
  let close = (): void => {};
  try {
    const begin = recording.from / 1_000;
    played = await startReplay(recording, {
      ...(options.port !== undefined && { port: options.port }),
      ...(options.from && { from: placeOf(options.from, begin) }),
      ...(options.to && { to: placeOf(options.to, begin) }),
      speed: options.speed,
      gaps: options.ignoreGaps ? 'ignore' : 'lose',
      ...(options.control && { control: true }),
    });
    const running = played;
    const lines = options.json ? [readyLine(running, recording)] : greeting(world, running, recording);
    stdout.write(`${lines.join('\n')}\n`);
    if (options.speed === 'step') close = stepByLine(world, running);
    const look = (): void => {
      const { state, frame, height, time } = running.status;
      progress.show(
        frame / recording.frames,
        `${state}  frame ${countText(frame)}  block ${height}  ${spanText(time - begin)}`,
      );
      timer = clock.setTimeout(look, LOOK_MS);
    };
    look();
    const left = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race(options.once ? [left, running.ended] : [left]);
  } finally {
    clock.clearTimeout(timer);
    progress.end();
    close();
    await played?.close();
    recording.close();
  }
};
