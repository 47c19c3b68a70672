/**
 * `dexwire bench`: how many frames this machine reads from an endpoint, how late, at what cost.
 * In: streams, how long, how many sockets. Out: a line a second, and what it comes to.
 */
import { setMaxListeners } from 'node:events';
import process from 'node:process';
import { toJson } from '@dexwire/protocol';
import { type Dex, type Handle, lagHistogram, type Stream } from 'dexwire';
import type { BenchOptions } from '../commands/bench.ts';
import { dial } from '../dial.ts';
import { CliError } from '../errors.ts';
import { explained, listedSymbols } from '../listed.ts';
import { outputTo } from '../terminal/output.ts';
import { paintFor } from '../terminal/paint.ts';
import { roomOf, Table } from '../terminal/table.ts';
import { type Wanted, wantedOf } from '../watch/wanted.ts';
import type { World } from '../world.ts';

const EVERY_MS = 1000;
/** Later than at best, and a reader has fallen behind. */
const LATE_MS = 1000;
const OF_SYMBOLS = ['trades', 'marketDiff', 'marketDepth', 'kline_1m', 'ticker', 'miniTicker'];
const OF_ALL = ['blockheight', 'allTickers', 'allMiniTickers'];

/** What was counted up to a moment. */
interface Counts {
  readonly at: number;
  readonly frames: number;
  readonly events: number;
  readonly gaps: number;
  /** Milliseconds of CPU of this process. */
  readonly cpu: number;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** From one moment to another, a second. */
const rates = (from: Counts, to: Counts) => {
  const seconds = Math.max(to.at - from.at, 1) / 1000;
  const frames = to.frames - from.frames;
  const cpu = to.cpu - from.cpu;
  return {
    framesPerSecond: frames / seconds,
    eventsPerSecond: (to.events - from.events) / seconds,
    gaps: to.gaps - from.gaps,
    /** Of one core. */
    cpuShare: cpu / seconds / 1000,
    cpuMicrosPerFrame: frames === 0 ? 0 : (cpu * 1000) / frames,
  };
};

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const COLUMNS = [
  { head: 'SECOND', width: 6, isRight: true },
  { head: 'FRAMES/S', width: 9, isRight: true },
  { head: 'EVENTS/S', width: 9, isRight: true },
  { head: 'LAG P50', width: 8, isRight: true },
  { head: 'LAG P99', width: 8, isRight: true },
  { head: 'CPU', width: 5, isRight: true },
  { head: 'GAPS', width: 4, isRight: true },
];

/** @throws CliError `FAILED`, `USAGE`, `UNREACHABLE`; what a connection ends with; the signal's reason. */
export const bench = async (world: World, words: readonly string[], options: BenchOptions): Promise<void> => {
  const { line } = outputTo(world.stdout, world);
  const lags = lagHistogram();
  const { clock, signal } = world;
  setMaxListeners(0, signal);
  const sockets = Array.from({ length: options.sockets }, () => dial(world, options, { metrics: lags }));
  const [first] = sockets as [Dex, ...Dex[]];
  const paint = paintFor(world);
  const table = new Table(COLUMNS, { paint, room: roomOf(world.stdout) });
  let events = 0;
  let gaps = 0;
  let end: (error?: unknown) => void = () => {};
  const over = new Promise<unknown>((resolve) => {
    end = resolve;
  });
  const leave = (): void => end(signal.reason);
  signal.addEventListener('abort', leave);

  const counts = (): Counts => ({
    at: clock.now(),
    frames: sockets.reduce((sum, { stats }) => sum + stats.frames, 0),
    events,
    gaps,
    cpu: cpuMs(),
  });
  /** The worst of all topics. */
  const lagAt = (share: number): number =>
    Math.max(0, ...lags.lags.map(({ topic }) => lags.quantile(topic, share) ?? 0));

  const subscribeAll = (dex: Dex, { stream, subjects }: Wanted): Handle => {
    const subscribe = dex.subscribe as (stream: Stream, wanted: object, callback: object) => Handle;
    const whom = stream.scope === 'address' ? { address: subjects[0] } : { symbols: subjects };
    return subscribe(
      stream,
      { ...whom, onEnd: (error?: unknown) => error && end(error) },
      (item: { kind: string; events?: readonly unknown[] }) => {
        if (item.events) events += item.events.length;
        else if (item.kind === 'gap') gaps++;
      },
    );
  };

  const timers: unknown[] = [];
  let wanted: Wanted[] = [];
  try {
    signal.throwIfAborted();
    const names = words.length ? words : [...OF_ALL, ...(await everything(first))];
    wanted = wantedOf(names);
    // Dialled one after the other: a gateway may take a hundred handshakes at once for an attack.
    for (const dex of sockets) {
      await dex.ready(signal);
      for (const one of wanted) subscribeAll(dex, one);
    }
    const began = counts();
    let last = began;
    if (!options.json) await line(table.head());
    const second = async (): Promise<void> => {
      timers[0] = clock.setTimeout(() => void second().catch(end), EVERY_MS);
      const now = counts();
      const { framesPerSecond, eventsPerSecond, cpuShare, gaps: missed } = rates(last, now);
      last = now;
      const at = Math.round((now.at - began.at) / 1000);
      const [p50, p99] = [lagAt(0.5), lagAt(0.99)];
      if (options.json)
        return line(
          toJson({
            kind: 'second',
            ...{ at, framesPerSecond: rounded(framesPerSecond), eventsPerSecond: rounded(eventsPerSecond) },
            ...{ lagMs: { p50: rounded(p50), p99: rounded(p99) }, cpuShare: rounded(cpuShare), gaps: missed },
          }),
        );
      const figures = [framesPerSecond, eventsPerSecond].map((figure) => figure.toFixed(0));
      const lag = [p50, p99].map((figure): [string, 'red' | undefined] => [
        `${figure.toFixed(0)} ms`,
        figure > LATE_MS ? 'red' : undefined,
      ]);
      await line(table.row([String(at), ...figures, ...lag, `${(cpuShare * 100).toFixed(0)}%`, String(missed)]));
    };
    timers[0] = clock.setTimeout(() => void second().catch(end), EVERY_MS);
    timers[1] = clock.setTimeout(() => end(), options.for);
    const failure = await over;
    if (failure !== undefined) throw failure;
    const { framesPerSecond, eventsPerSecond, cpuShare, cpuMicrosPerFrame, gaps: missed } = rates(began, counts());
    const sustained = cpuMicrosPerFrame === 0 ? 0 : 1e6 / cpuMicrosPerFrame;
    const p99 = lagAt(0.99);
    const keepsUp = framesPerSecond > 0 && missed === 0 && p99 <= LATE_MS;
    if (options.json) {
      await line(
        toJson({
          kind: 'bench',
          ...{ sockets: options.sockets, keepsUp, sustained: Math.floor(sustained) },
          ...{ framesPerSecond: rounded(framesPerSecond), eventsPerSecond: rounded(eventsPerSecond), gaps: missed },
          ...{ lagMs: { p50: rounded(lagAt(0.5)), p99: rounded(p99), max: rounded(lagAt(1)) } },
          ...{ cpuShare: rounded(cpuShare), cpuMicrosPerFrame: rounded(cpuMicrosPerFrame) },
        }),
      );
    } else {
      await line(
        `\n${framesPerSecond.toFixed(0)} frames and ${eventsPerSecond.toFixed(0)} events a second, ${cpuMicrosPerFrame.toFixed(0)} µs of CPU a frame`,
      );
      await line(`one core would sustain about ${paint.bold(`${Math.floor(sustained)} frames a second`)} of this kind`);
    }
    if (framesPerSecond === 0) throw new CliError('FAILED', 'no frame came: run dexwire doctor');
    if (!keepsUp)
      throw new CliError(
        'FAILED',
        `this machine falls behind: ${missed} gaps, 99 % of events no later than ${p99.toFixed(0)} ms`,
      );
  } catch (error) {
    throw await explained(
      error,
      first,
      wanted.flatMap(({ stream, subjects }) => (stream.scope === 'symbol' ? subjects : [])),
    );
  } finally {
    for (const timer of timers) clock.clearTimeout(timer);
    signal.removeEventListener('abort', leave);
    await Promise.all(sockets.map((dex) => dex.close()));
  }
};

/** All that is told of all symbols, as words of the command line. */
const everything = async (dex: Dex): Promise<string[]> => {
  const symbols = await listedSymbols(dex);
  return symbols.length ? OF_SYMBOLS.flatMap((topic) => [topic, ...symbols]) : [];
};
