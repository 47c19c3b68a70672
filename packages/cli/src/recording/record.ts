/**
 * `dexwire record`: from the names of streams to files.
 * In: words, options. Out: a recording, until enough came, or the program is asked to end; what is in it.
 */
import { rm } from 'node:fs/promises';
import { RecordingWriter } from '@dexwire/node';
import {
  allMiniTickers,
  allTickers,
  blockheight,
  kline,
  marketDepth,
  marketDiff,
  ticker,
  trades,
} from '@dexwire/protocol';
import type { Dex, Handle, Item } from 'dexwire';
import type { RecordOptions } from '../commands/record.ts';
import { dial } from '../dial.ts';
import { CliError } from '../errors.ts';
import { explained, listedSymbols } from '../listed.ts';
import { VERSION } from '../version.ts';
import { type Wanted, wantedOf } from '../watch/wanted.ts';
import type { World } from '../world.ts';
import { countText, progressOf, sizeText, spanText } from './progress.ts';
import { recordGaps } from './recordGaps.ts';
import { recordSockets, type Tap } from './recordSockets.ts';

const EVERYBODY: readonly Wanted[] = [allTickers, allMiniTickers, blockheight].map((stream) => ({
  stream,
  subjects: ['$all'],
}));

const LOOK_MS = 100;

/** All that the market has. Tickers of one symbol are in those of all. */
const wholeMarket = async (dex: Dex): Promise<Wanted[]> => {
  const symbols = await listedSymbols(dex);
  return [
    ...[trades, marketDiff, marketDepth(), kline('1m'), ticker].map((stream) => ({ stream, subjects: symbols })),
    ...EVERYBODY,
  ];
};

/** `dexwire-20261126T024500Z.ndjson.gz`. */
const nameAt = (time: number): string => `dexwire-${new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')}.ndjson.gz`;

const subscribe = (
  dex: Dex,
  { stream, subjects }: Wanted,
  callback: (item: Item<object>) => void,
  onEnd: (error?: unknown) => void,
): Handle => {
  const any = dex.subscribe as (
    stream: Wanted['stream'],
    wanted: object,
    callback: (item: Item<object>) => void,
  ) => Handle;
  const whom = stream.scope === 'address' ? { address: subjects[0] } : { symbols: subjects };
  return any(stream, { onEnd, ...whom }, callback);
};

/** Takes down so many frames and no more. */
const tapOf = (writer: RecordingWriter, count: number, onFull: () => void): Tap => ({
  write: (what) => writer.write(what),
  frame: (...frame) => {
    if (writer.stats.frames < count) writer.frame(...frame);
    if (writer.stats.frames >= count) onFull();
  },
});

/** @throws CliError `USAGE`, `GAP`, `FAILED`; NodeError `RECORDING_FAILED`; what a subscription ends with. */
export const record = async (world: World, words: readonly string[], options: RecordOptions): Promise<void> => {
  const { clock, signal, stdout } = world;
  const asked = words.length > 0 ? wantedOf(words) : undefined;
  let failure: unknown;
  let stop = (): void => {};
  const over = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const end = (error?: unknown): void => {
    failure ??= error;
    stop();
  };
  const began = clock.now();
  const writer = await RecordingWriter.open({
    path: options.out ?? nameAt(began),
    clock,
    by: `dexwire ${VERSION}`,
    ...(options.rotate && { rotate: options.rotate }),
    onError: end,
  });
  let gaps = 0;
  const tap = options.count === undefined ? writer : tapOf(writer, options.count, end);
  const dex = dial(world, options, { openSocket: recordSockets(tap) });
  const progress = progressOf(world);
  const show = (): void => {
    const { frames, bytes, height, paths } = writer.stats;
    const passed = clock.now() - began;
    const parts = [
      ...(options.for === undefined ? [] : [passed / options.for]),
      ...(options.count === undefined ? [] : [frames / options.count]),
    ];
    const text = `${spanText(passed)}  ${countText(frames)} frames  ${sizeText(bytes)}  block ${height}  ${gaps} gaps  ${paths.at(-1)}`;
    progress.show(parts.length > 0 ? Math.max(...parts) : undefined, text);
  };
  let timer: unknown;
  const look = (): void => {
    show();
    if (options.for !== undefined && clock.now() - began >= options.for) end();
    timer = clock.setTimeout(look, LOOK_MS);
  };
  const leave = (): void => end();
  signal.addEventListener('abort', leave);
  let wanted: readonly Wanted[] = [];
  try {
    wanted = asked ?? (await wholeMarket(dex));
    for (const one of wanted) {
      const note = recordGaps(writer);
      const take = (item: Item<object>): void => {
        note(item);
        if (item.kind !== 'gap' || item.cause === 'overflow') return;
        gaps += 1;
        if (options.strict) end(new CliError('GAP', `frames may have been missed: ${item.cause}`));
      };
      subscribe(dex, one, take, (error) => error !== undefined && end(error));
    }
    look();
    if (signal.aborted) leave();
    await over;
  } catch (error) {
    end(error);
  } finally {
    signal.removeEventListener('abort', leave);
    clock.clearTimeout(timer);
    progress.end();
    await dex.close();
    await writer.close().catch((error: unknown) => end(error));
  }
  const { frames, bytes, unpackedBytes, paths, dropped } = writer.stats;
  const isGap = failure instanceof CliError && failure.code === 'GAP';
  // Nobody was there: a file without a frame is of no use.
  if (failure !== undefined && frames === 0 && !isGap)
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  if (failure !== undefined) {
    const symbols = wanted.flatMap(({ stream, subjects }) => (stream.scope === 'symbol' ? subjects : []));
    throw await explained(failure, dex, symbols);
  }
  stdout.write(
    options.json
      ? `${JSON.stringify({ files: paths, frames, bytes, unpackedBytes, gaps, dropped })}\n`
      : `${countText(frames)} frames, ${sizeText(bytes)}, ${gaps} gaps: ${paths.join(' ')}\n`,
  );
  if (dropped > 0) throw new CliError('FAILED', `${countText(dropped)} frames came faster than the disk took them`);
};
